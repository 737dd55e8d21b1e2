#include "delivery.hpp"

#include "samtal/ops/log.hpp"

namespace samtal::statistics {

namespace {

constexpr int unreachable = 0;

bool stored(int status) {
    return status >= 200 && status < 300;
}

}  // namespace

Task<bool> Delivery::deliver(StatisticsPermit const& permit) {
    auto const waiting = co_await releases_.waiting(permit);
    if (!waiting) throw Unavailable{"the database is busy"};
    bool all = true;
    for (WaitingRelease const& release : *waiting) {
        int const status = co_await link_.post(release.frames);
        report(release.epoch, status);
        if (status == unreachable) co_return false;
        if (!stored(status)) {
            all = false;  // one that the worker refuses does not hold up the others
        } else if (!co_await releases_.mark_delivered(permit, release.epoch)) {
            throw Unavailable{"the database is busy"};
        }
    }
    co_return all;
}

void Delivery::report(Epoch epoch, int status) {
    using ops::field;
    if (stored(status)) {
        ops::write_log(ops::Level::info, "statistics.delivered", field("epoch", epoch));
        last_failure_ = -1;
    } else if (status != last_failure_) {
        ops::write_log(ops::Level::warning,
                       status == unreachable ? "statistics.worker_unreachable" : "statistics.worker_refuses",
                       ops::fields(field("epoch", epoch), field("status", status)));
        last_failure_ = status;
    }
}

}  // namespace samtal::statistics
