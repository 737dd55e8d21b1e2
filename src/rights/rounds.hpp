#pragma once

#include "archive.hpp"
#include "eraser.hpp"

#include <boost/asio/steady_timer.hpp>

#include <atomic>
#include <future>
#include <mutex>

namespace samtal::rights {

/// What requests need beyond their answer: archives are built, erasures done, deadlines counted. Also at each
/// start the look for people who were erased and whom a backup brought back.
class Rounds {
public:
    /// `archive` may be null: then requests for one stay open.
    Rounds(RightsParts const& parts, Archive* archive)
        : parts_{parts},
          archive_{archive},
          repository_{parts.duties, parts.cipher, parts.keys},
          eraser_{parts_, repository_, [this] { return stopping_.load(); }},
          timer_{parts.executor} {}

    void start();
    void stop();
    /// A round now. Any thread.
    void wake();
    [[nodiscard]] bool erasures_replayed() const noexcept { return replayed_; }
    [[nodiscard]] Workload workload() const;

private:
    Task<void> rounds();
    Task<void> round();
    Task<void> replay(RightsPermit const&);
    Task<bool> work_on_all(RightsPermit const&);
    Task<bool> work_on(RightsPermit const&, Work const&);
    Task<void> build_archive(RightsPermit const&, Work const&);

    RightsParts parts_;
    Archive* archive_;
    PgErasureRepository repository_;
    Eraser eraser_;
    boost::asio::steady_timer timer_;
    bool woken_ = false;       // on the executor only, as the next
    bool unfinished_ = false;  // an erasure wants another turn now
    std::atomic<bool> stopping_ = false;
    std::atomic<bool> looked_ = false;    // for people whom a backup brought back
    std::atomic<bool> replayed_ = false;  // and they are gone again
    std::future<void> ended_;
    mutable std::mutex mutex_;
    Workload workload_;
};

}  // namespace samtal::rights
