#pragma once

#include "archive.hpp"
#include "eraser.hpp"
#include "pg_piece_repository.hpp"
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
          pieces_{parts.duties, parts.cipher},
          notices_{parts.duties, parts.cipher, parts.ring},
          requests_{parts.duties, parts.cipher, notices_},
          rectifications_{parts.duties, parts.cipher, requests_, notices_},
          eraser_{parts_, repository_, notices_, [this] { return stopping_.load(); }},
          teller_{parts.mailer, parts.in_force, parts.clock, notices_},
          duties_{parts.executor},
          archives_{parts.executor} {}

    void start();
    void stop();
    /// A round now. Any thread.
    void wake();
    [[nodiscard]] bool erasures_replayed() const noexcept { return replayed_; }
    [[nodiscard]] Workload workload() const;

private:
    /// Rounds of one kind, one after the other. An archive may take minutes: nobody's erasure waits for it.
    struct Lane {
        explicit Lane(boost::asio::any_io_executor executor) : timer{std::move(executor)} {}
        boost::asio::steady_timer timer;
        bool again = false;  // now, without a pause; on the executor only
        std::future<void> ended;
    };
    using Round = Task<void> (Rounds::*)();

    void start(Lane&, Round);
    Task<void> rounds(Lane&, Round);
    Task<void> round();
    Task<void> archive_round();
    Task<void> replay(RightsPermit const&);
    Task<bool> work_on_all(RightsPermit const&, bool archives);
    Task<bool> work_on(RightsPermit const&, Work const&);
    Task<void> build_archive(RightsPermit const&, Work const&);
    Task<Result<void>> make_archive(RightsPermit const&, Build const&);
    Task<void> settle_address(RightsPermit const&, Work const&);
    Task<void> lapse(RightsPermit const&);

    RightsParts parts_;
    Archive* archive_;
    PgErasureRepository repository_;
    PgPieceRepository pieces_;
    PgNoticeRepository notices_;
    PgRequestRepository requests_;
    PgRectificationRepository rectifications_;
    Eraser eraser_;
    Teller teller_;
    std::optional<Timestamp> lapsed_at_;  // when it was last looked for invitations that nobody took up
    Lane duties_;
    Lane archives_;
    std::atomic<bool> stopping_ = false;
    std::atomic<bool> looked_ = false;    // for people whom a backup brought back
    std::atomic<bool> replayed_ = false;  // and they are gone again
    mutable std::mutex mutex_;
    Workload workload_;
};

}  // namespace samtal::rights
