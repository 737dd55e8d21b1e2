#pragma once

#include "pg_audit_log_repository.hpp"
#include "samtal/storage/signing.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>

#include <atomic>
#include <future>

namespace samtal::audit {

/// Gives leaves their places in the tree, once a second or a thousand at a time, and signs for each batch. Every
/// server runs one; the database lets one of them work at a time.
class Sequencer {
public:
    Sequencer(storage::Database& db, storage::KeyRing const& ring, PermitIssuer& permits,
              boost::asio::any_io_executor executor)
        : permits_{permits}, log_{db}, signer_{ring}, pause_{executor} {}

    /// What else to do when nothing waits to be numbered. Before start().
    void when_idle(std::function<Task<void>(TrailPermit const&)> work) { idle_ = std::move(work); }
    /// Once. Everything runs on the executor, which is one thread's.
    void start();
    /// Blocks until the round under way is over; not from the executor's thread.
    void stop();

    /// The newest checkpoint, which covers everything that was committed before the call. Nothing while there is
    /// no leaf.
    Task<Result<std::optional<StoredCheckpoint>>> checkpoint(TrailPermit const&);

    /// Of the key that signs.
    [[nodiscard]] std::string const& public_key() const noexcept { return signer_.public_key(); }
    [[nodiscard]] double waiting() const noexcept { return static_cast<double>(waiting_.load()); }
    [[nodiscard]] double size() const noexcept { return static_cast<double>(size_.load()); }

private:
    Task<void> rounds();
    /// False: nothing more waits for this server.
    Task<bool> round();
    Task<Result<Round>> number(TrailPermit const&, bool wait);

    PermitIssuer& permits_;
    PgAuditLogRepository log_;
    storage::Signer signer_;
    boost::asio::steady_timer pause_;
    std::atomic<bool> stopping_ = false;
    std::atomic<std::int64_t> waiting_ = 0;
    std::atomic<std::int64_t> size_ = 0;
    bool failed_ = false;  // so that a database that is gone for an hour is one line in the log
    std::function<Task<void>(TrailPermit const&)> idle_;
    std::future<void> ended_;
};

}  // namespace samtal::audit
