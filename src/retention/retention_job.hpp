#pragma once

#include "retention_service.hpp"

#include <boost/asio/steady_timer.hpp>

#include <future>
#include <mutex>

namespace samtal::retention {

/// The rounds: each ten minutes what is overdue is counted, and from time to time a run is tried.
class RetentionJob {
public:
    RetentionJob(RetentionService& service, RetentionParts const& parts, RetentionOptions const& options);

    void start();
    void stop();
    /// After a run by hand, so that the metric tells what is true now. Breakage is left to the next round.
    Task<void> refresh();

private:
    Task<void> rounds();
    Task<void> try_run();
    [[nodiscard]] std::chrono::milliseconds pause() const;

    RetentionService& service_;
    PermitIssuer& permits_;
    std::chrono::minutes every_;
    boost::asio::steady_timer timer_;
    std::atomic<bool> stopping_ = false;
    std::future<void> ended_;
    std::mutex mutex_;  // for what follows: metrics are read from other threads
    Counts overdue_;
};

}  // namespace samtal::retention
