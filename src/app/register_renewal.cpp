#include "register_renewal.hpp"

#include "samtal/ops/log.hpp"
#include "samtal/storage/audit_leaf.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>

namespace samtal::app {

bool RegisterRenewal::renew(std::string const& path) {
    auto const next = processing::load(path);
    if (next.digest == notices_.register_digest()) return false;
    // Recorded first: a change that the audit trail does not know is not made.
    auto const recorded = boost::asio::co_spawn(executor_, record(next.digest), boost::asio::use_future).get();
    if (!recorded) throw Unavailable{"the change of the register cannot be recorded now"};
    notices_.renew(next);
    return true;
}

Task<Result<void>> RegisterRenewal::record(std::string digest) {
    auto const permit = permits_.permit_machine<purpose::RightsAndEvidence>(OrganisationId::nil());
    co_return co_await db_.run(permit, [&digest](storage::Tx& tx) -> Result<void> {
        storage::append_audit_leaf(tx, {.act = "register.renewed",
                                        .actor = ActorKind::operator_,
                                        .actor_pseudonym = {},
                                        .subject = {},
                                        .purpose = purpose::RightsAndEvidence::name,
                                        .reference = digest,
                                        .code = {},
                                        .at = system_now()});
        return {};
    });
}

void warn_of_expired_agreements(std::string const& path) {
    for (auto const& problem : processing::expired_agreements(path, system_now()))
        ops::write_log(ops::Level::warning, "register.agreement_expired", ops::field("key", problem.key));
}

}  // namespace samtal::app
