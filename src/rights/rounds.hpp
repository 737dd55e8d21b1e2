#pragma once

#include "archive.hpp"
#include "eraser.hpp"
#include "pg_rectification_repository.hpp"
#include "teller.hpp"

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
          notices_{parts.duties, parts.cipher, parts.ring},
          requests_{parts.duties, parts.cipher, notices_},
          rectifications_{parts.duties, parts.cipher, requests_, notices_},
          eraser_{parts_, repository_, notices_, [this] { return stopping_.load(); }},
          teller_{parts.mailer, parts.in_force, parts.clock, notices_},
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
    Task<void> settle_address(RightsPermit const&, Work const&);
    Task<void> lapse(RightsPermit const&);

    RightsParts parts_;
    Archive* archive_;
    PgErasureRepository repository_;
    PgNoticeRepository notices_;
    PgRequestRepository requests_;
    PgRectificationRepository rectifications_;
    Eraser eraser_;
    Teller teller_;
    std::optional<Timestamp> lapsed_at_;  // when it was last looked for invitations that nobody took up
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
