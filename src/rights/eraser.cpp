#include "eraser.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <utility>

namespace samtal::rights {

namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using SteadyClock = std::chrono::steady_clock;
using Step = PgErasureRepository::Step;

constexpr auto turn = 1s;
// What most people have is gone in less, and nobody notices so short a time; only what takes longer is paced.
constexpr auto unpaced = 300ms;
constexpr int unpaced_rows = 1000;
constexpr std::chrono::milliseconds longest_look = 100ms;

template <class T>
T value_of(Result<T> result) {
    if (!result) throw Unavailable{"the database is busy"};
    return *std::move(result);
}

Eraser::Outcome hindered(Step step) {
    return step == Step::held ? Eraser::Outcome::held : Eraser::Outcome::elsewhere;
}

}  // namespace

Task<Eraser::Outcome> Eraser::erase(RightsPermit const& permit, Work const& work) {
    auto found = walks_.find(work.id.text());
    if (found == walks_.end()) {
        if (auto const outcome = co_await shut(permit, work); outcome != Outcome::done) co_return outcome;
        found = walks_.emplace(work.id.text(), Walk{}).first;
    }
    auto const outcome = co_await walk_on(permit, work, found->second);
    if (outcome == Outcome::done) co_await certify(permit, work);
    tell(found->second);
    if (outcome != Outcome::more) walks_.erase(found);
    co_return outcome;
}

/// Done: nobody writes for the person any more, and what is written nobody can read.
Task<Eraser::Outcome> Eraser::shut(RightsPermit const& permit, Work const& work) {
    if (auto const step = value_of(co_await repository_.begin(permit, work)); step != Step::done)
        co_return hindered(step);
    auto writers = value_of(co_await repository_.others_at_work(permit));
    co_await parts_.end_access(*work.user);
    co_await parts_.uncount(*work.user);
    if (!co_await notices_.prepare(permit, work.id, work.organisation, *work.user, parts_.in_force(),
                                   parts_.clock()))
        throw Unavailable{"the database is busy"};
    if (auto const outcome = co_await forget_counterpart(permit, work); outcome != Outcome::done)
        co_return outcome;
    if (auto const step = value_of(co_await repository_.destroy_key(permit, work)); step != Step::done)
        co_return hindered(step);
    co_return co_await let_writers_end(permit, std::move(writers)) ? Outcome::done : Outcome::more;
}

/// While the person's numbers can be read: they are what others' calls are found by. Where the key is gone
/// already, because a backup brought the person back, every call of the organisation is looked at.
Task<Eraser::Outcome> Eraser::forget_counterpart(RightsPermit const& permit, Work const& work) {
    auto const numbers = value_of(co_await counterparts_.numbers_of(permit, work));
    if (numbers.empty()) co_return Outcome::done;
    storage::Pace pace{{.share = 0.6, .least = 200, .most = 2000}};
    PgCounterpartRepository::Reached reached;
    while (!reached.done) {
        if (stopping_()) co_return Outcome::more;
        auto const began = SteadyClock::now();
        auto const next =
            value_of(co_await counterparts_.forget_batch(permit, work, numbers, reached, pace.rows()));
        if (!next) co_return Outcome::elsewhere;
        reached = *next;
        if (!reached.done) co_await pace.rest(SteadyClock::now() - began);
    }
    co_return Outcome::done;
}

/// A message may have been admitted before the account was shut and be stored after its row's place was walked by.
Task<bool> Eraser::let_writers_end(RightsPermit const& permit, std::vector<std::string> writers) {
    asio::steady_timer timer{co_await asio::this_coro::executor};
    for (auto pause = 1ms; !writers.empty(); pause = std::min(2 * pause, longest_look)) {
        if (stopping_()) co_return false;
        timer.expires_after(pause);
        co_await timer.async_wait(asio::as_tuple(asio::use_awaitable));
        auto const at_work = value_of(co_await repository_.others_at_work(permit));
        std::erase_if(writers,
                      [&](auto const& each) { return std::ranges::find(at_work, each) == at_work.end(); });
    }
    co_return true;
}

Task<Eraser::Outcome> Eraser::walk_on(RightsPermit const& permit, Work const& work, Walk& walk) {
    auto const end = SteadyClock::now() + turn;
    while (!stopping_()) {
        auto const began = SteadyClock::now();
        bool const last = began >= end;  // of this turn; what is told after it must not be lost
        bool const paced = walk.worked >= unpaced;
        int const most = paced ? walk.pace.rows() : unpaced_rows;
        auto const batch = value_of(co_await repository_.erase_batch(permit, work, walk.reached, most, last));
        if (!batch) co_return Outcome::elsewhere;
        for (gateway::Head const& head : batch->changed) walk.untold.insert_or_assign(head.conversation, head);
        if (batch->rows < most) co_return Outcome::done;
        walk.reached = batch->reached;
        auto const took = SteadyClock::now() - began;
        walk.worked += took;
        if (paced) co_await walk.pace.rest(took);
        if (last) break;
    }
    co_return Outcome::more;
}

Task<void> Eraser::certify(RightsPermit const& permit, Work const& work) {
    auto const in_force = parts_.in_force();
    auto const signed_certificate = [this, &in_force](Certificate const& certificate) {
        return encode_certificate(certificate, parts_.signer, in_force);
    };
    auto const finished = co_await repository_.finish(permit, work, signed_certificate, parts_.clock());
    if (!finished) throw Unavailable{"the database is busy"};
}

void Eraser::tell(Walk& walk) {
    for (auto const& [conversation, head] : std::exchange(walk.untold, {})) parts_.tell(head);
}

}  // namespace samtal::rights
