#include "register_renewal.hpp"

#include "samtal/consent/register_in_force.hpp"
#include "samtal/ops/log.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/use_future.hpp>

namespace samtal::app {

bool RegisterRenewal::renew(std::string const& path) {
    auto const next = processing::load(path);
    if (next.digest == notices_.in_force()->digest) return false;
    // Recorded first: a change that the audit trail does not know is not made.
    auto const recorded =
        boost::asio::co_spawn(executor_, record(next.digest, consent::Notices{notices_.brands(), next}.purposes()),
                              boost::asio::use_future)
            .get();
    if (!recorded) throw Unavailable{"the change of the register cannot be recorded now"};
    notices_.renew(next);
    return true;
}

Task<Result<void>> RegisterRenewal::record(std::string digest, std::vector<consent::PurposeText> purposes) {
    auto const permit = permits_.permit_machine<purpose::RightsAndEvidence>(OrganisationId::nil());
    co_return co_await db_.run(permit, [&](storage::Tx& tx) -> Result<void> {
        consent::put_terms_in_force(tx, purposes, system_now());
        consent::note_register_in_force(tx, digest, system_now());
        return {};
    });
}

Task<Result<void>> RegisterRenewal::announce() {
    auto const permit = permits_.permit_machine<purpose::RightsAndEvidence>(OrganisationId::nil());
    auto const purposes = notices_.purposes();
    std::string const digest = notices_.in_force()->digest;
    co_return co_await db_.run(permit, [&](storage::Tx& tx) -> Result<void> {
        consent::put_terms_in_force(tx, purposes, system_now());
        consent::note_register_in_force(tx, digest, system_now());
        return {};
    });
}

void RegisterRenewal::start() {
    try {
        if (boost::asio::co_spawn(executor_, announce(), boost::asio::use_future).get()) return;
    } catch (std::exception const& e) {
        ops::write_log(ops::Level::warning, "register.not_announced", ops::field("what", e.what()));
    }
    boost::asio::co_spawn(executor_, keep_announcing(*this), boost::asio::detached);
}

Task<void> RegisterRenewal::keep_announcing(RegisterRenewal& self) {
    while (!self.stopping_) {
        self.timer_.expires_after(std::chrono::seconds{1});
        co_await self.timer_.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
        if (self.stopping_) co_return;
        try {
            if (co_await self.announce()) co_return;
        } catch (std::exception const&) {
            continue;  // the database is away: /readyz says so
        }
    }
}

void RegisterRenewal::stop() {
    stopping_ = true;
    boost::asio::post(executor_, [this] { timer_.cancel(); });
}

void warn_of_expired_agreements(std::string const& path) {
    for (auto const& problem : processing::expired_agreements(path, system_now()))
        ops::write_log(ops::Level::warning, "register.agreement_expired", ops::field("key", problem.key));
}

}  // namespace samtal::app
