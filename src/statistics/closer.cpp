#include "closer.hpp"

#include "samtal/ops/log.hpp"

#include <algorithm>

namespace samtal::statistics {

using ops::field;
using ops::Level;

PgReleaseRepository::Release Closer::release_of(Epoch epoch) const {
    return [this, epoch](ReleaseTransaction& tx, Counts const& counts) -> Result<void> {
        ExactSampler sampler;
        ReleaseGate gate{sampler};
        for (std::size_t n = 0; n < counts.size(); ++n)
            if (auto const done = gate.release(tx, policies_.all()[n], epoch, counts[n]); !done)
                return done.error();
        return {};
    };
}

Task<void> Closer::close_past(StatisticsPermit const& permit, std::uint32_t today) {
    auto const past = co_await contributions_.open_before(permit, today);
    if (!past) throw Unavailable{"the database is busy"};
    for (Epoch const epoch : *past) {
        auto const closed = co_await releases_.close(permit, epoch, false, release_of(epoch));
        if (closed) {
            if (*closed == Closing::released)
                ops::write_log(Level::info, "statistics.released", field("epoch", epoch));
            if (*closed == Closing::left_to_another) co_return;
        } else if (closed.error().code == Errc::conflict) {
            ops::write_log(Level::error, "statistics.budget_spent", field("epoch", epoch));
            if (!co_await releases_.close_unreleased(permit, epoch)) throw Unavailable{"the database is busy"};
        } else {
            throw Unavailable{"the database is busy"};
        }
    }
}

Task<Result<Epoch>> Closer::close_now(StatisticsPermit const& permit, std::uint32_t today) {
    auto const epoch = co_await contributions_.open_epoch(permit, today, today);
    if (!epoch) co_return epoch.error();
    auto const closed = co_await releases_.close(permit, *epoch, true, release_of(*epoch));
    if (!closed) co_return closed.error();
    ops::write_log(Level::info, "statistics.released", field("epoch", *epoch));
    co_return *epoch;
}

Task<void> Closer::destroy_keys(StatisticsPermit const& permit) {
    // Keys first: an epoch that opens in between has none in the list yet, so an open one's is never deleted.
    auto const with_key = co_await keys_.epochs();
    if (with_key.empty()) co_return;
    auto const open = co_await contributions_.all_open(permit);
    if (!open) throw Unavailable{"the database is busy"};
    for (Epoch const epoch : with_key)
        if (std::find(open->begin(), open->end(), epoch) == open->end()) co_await keys_.destroy(epoch);
}

}  // namespace samtal::statistics
