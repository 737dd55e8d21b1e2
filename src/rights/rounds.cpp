#include "rounds.hpp"

#include "deadline.hpp"
#include "piece_writer.hpp"
#include "rectification_rules.hpp"
#include "samtal/core/uuid_v7.hpp"
#include "samtal/ops/log.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>

namespace samtal::rights {

namespace asio = boost::asio;
using namespace std::chrono_literals;

namespace {

constexpr auto pause = 2s;
constexpr auto lapse_pause = 10s;

bool is_archive(Work const& work) {
    return work.kind == "access" || work.kind == "portability";
}

}  // namespace

void Rounds::start() {
    start(duties_, &Rounds::round);
    start(archives_, &Rounds::archive_round);
}

void Rounds::start(Lane& lane, Round round) {
    auto const promise = std::make_shared<std::promise<void>>();
    lane.ended = promise->get_future();
    asio::co_spawn(parts_.executor, rounds(lane, round), [promise](std::exception_ptr) { promise->set_value(); });
}

void Rounds::stop() {
    stopping_ = true;
    if (!duties_.ended.valid()) return;
    wake();
    duties_.ended.wait();
    archives_.ended.wait();
}

void Rounds::wake() {
    asio::post(parts_.executor, [this] {
        for (Lane* const lane : {&duties_, &archives_}) {
            lane->again = true;
            lane->timer.cancel();
        }
    });
}

Workload Rounds::workload() const {
    std::scoped_lock const lock{mutex_};
    return workload_;
}

/// Breakage ends here: the next round takes up what is left.
Task<void> Rounds::rounds(Lane& lane, Round round) {
    while (!stopping_) {
        lane.again = false;
        try {
            co_await (this->*round)();
        } catch (std::exception const& e) {
            ops::write_log(ops::Level::warning, "rights.round_failed", ops::field("what", e.what()));
        }
        if (stopping_) co_return;
        if (lane.again) continue;
        lane.timer.expires_after(pause);
        co_await lane.timer.async_wait(asio::as_tuple(asio::use_awaitable));
    }
}

Task<void> Rounds::round() {
    auto const permit = parts_.permits.permit_machine<purpose::RightsAndEvidence>(OrganisationId::nil());
    if (!looked_) co_await replay(permit);
    co_await lapse(permit);
    bool const all = co_await work_on_all(permit, false);
    replayed_ = replayed_ || all;
    (void)co_await pieces_.expire(permit, parts_.clock());
    co_await teller_.round(permit);
    auto const load = co_await repository_.workload(permit, parts_.clock());
    if (!load) co_return;
    std::scoped_lock const lock{mutex_};
    workload_ = *load;
}

Task<void> Rounds::archive_round() {
    auto const permit = parts_.permits.permit_machine<purpose::RightsAndEvidence>(OrganisationId::nil());
    (void)co_await work_on_all(permit, true);
}

/// Everybody is looked at once: a page of the main database, a question to the key store.
Task<void> Rounds::replay(RightsPermit const& permit) {
    UserId after = UserId::nil();
    while (!stopping_) {
        auto const people = co_await repository_.people(permit, after);
        if (!people) throw Unavailable{"the database is busy"};
        if (people->empty()) break;
        after = people->back().user;
        auto const erased = co_await repository_.replay(permit, *people, parts_.clock());
        if (!erased) throw Unavailable{"the database is busy"};
        if (*erased > 0) ops::write_log(ops::Level::warning, "rights.erased_again", ops::field("people", *erased));
    }
    looked_ = true;
}

/// False: an erasure is not done, and nothing that the register allows keeps it from being done.
Task<bool> Rounds::work_on_all(RightsPermit const& permit, bool archives) {
    bool all = true;
    RequestId after{boost::uuids::uuid{}};
    while (!stopping_) {
        auto const open = co_await repository_.open(permit, after);
        if (!open) throw Unavailable{"the database is busy"};
        if (open->empty()) co_return all;
        for (Work const& work : *open) {
            if (stopping_) co_return false;
            if (is_archive(work) != archives) continue;
            bool const done = co_await work_on(permit, work);
            all = all && done;
        }
        after = open->back().id;
    }
    co_return false;
}

/// One that fails does not keep the others waiting.
Task<bool> Rounds::work_on(RightsPermit const& permit, Work const& work) {
    try {
        if (!work.user) co_return true;
        if (work.kind == "erasure") {
            auto const outcome = co_await eraser_.erase(permit, work);
            duties_.again = duties_.again || outcome == Eraser::Outcome::more;
            co_return outcome == Eraser::Outcome::done || outcome == Eraser::Outcome::held;
        }
        if (is_archive(work))
            co_await build_archive(permit, work);
        else if (work.kind == "rectification")
            co_await settle_address(permit, work);
        co_return true;
    } catch (std::exception const& e) {
        ops::write_log(ops::Level::warning, "rights.request_failed",
                       ops::fields(ops::field("kind", work.kind), ops::field("what", e.what())));
        co_return work.kind != "erasure";
    }
}

Task<void> Rounds::settle_address(RightsPermit const& permit, Work const& work) {
    PgRectificationRepository::Unconfirmed const unconfirmed{Reason{address_not_confirmed(work.language)},
                                                             Reason{address_superseded(work.language)}};
    (void)co_await rectifications_.settle(permit, work, parts_.in_force(), unconfirmed, parts_.clock());
}

/// Now and then: an invitation lives for weeks.
Task<void> Rounds::lapse(RightsPermit const& permit) {
    Timestamp const now = parts_.clock();
    if (lapsed_at_ && now - *lapsed_at_ < lapse_pause && now >= *lapsed_at_) co_return;
    auto const in_force = parts_.in_force();
    auto const* const account = in_force.purpose(purpose::AccountLogin::name);
    if (account == nullptr) co_return;
    auto const& steps = account->retention.steps;
    auto const step = std::ranges::find(steps, "invitation", &processing::Step::of);
    if (step == steps.end()) co_return;
    if (co_await repository_.lapse(permit, step->duration, now)) lapsed_at_ = now;
}

Task<void> Rounds::build_archive(RightsPermit const& permit, Work const& work) {
    if (archive_ == nullptr) co_return;
    Timestamp const now = parts_.clock();
    Build const build{work, uuid_v7(now)};
    auto const begun = co_await pieces_.begin(permit, build, now + unfinished_archive_life);
    if (!begun || !*begun) co_return;
    auto const made = co_await make_archive(permit, build);
    if (!made) (void)co_await pieces_.drop(permit, build);  // erased meanwhile, or tried again in the next round
}

Task<Result<void>> Rounds::make_archive(RightsPermit const& permit, Build const& build) {
    PieceWriter writer{pieces_, permit, build, [this] { return stopping_.load(); }};
    Work const& work = build.work;
    View const view = work.kind == "access" ? View::access : View::portability;
    auto const made =
        co_await archive_->build(permit, {work.organisation, *work.user, SessionId::nil()}, view, work.language,
                                 [&writer](std::string piece) { return writer.add(std::move(piece)); });
    if (!made) co_return made.error();
    Timestamp const now = parts_.clock();
    co_return co_await pieces_.finish(permit, build, writer.seal(), now, now + archive_life);
}

}  // namespace samtal::rights
