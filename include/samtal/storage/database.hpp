#pragma once

#include "samtal/core/permit.hpp"
#include "samtal/storage/purpose_pool.hpp"
#include "samtal/storage/tx.hpp"

#include <array>
#include <memory>
#include <optional>
#include <type_traits>

namespace samtal::storage {

template <class R>
inline constexpr bool is_result = false;
template <class T>
inline constexpr bool is_result<Result<T>> = true;

/// The way to the main database. A body runs off the I/O threads, on a connection that is logged in as the role of
/// the permit's purpose, and the caller resumes on its own executor.
class Database {
public:
    /// Opens no connection yet; each pool's threads do when first needed.
    explicit Database(DatabaseOptions const& options);
    ~Database();
    Database(Database const&) = delete;
    Database& operator=(Database const&) = delete;

    /// One transaction. A value commits, an Error rolls back. `exhausted` at once when the pool's queue is full.
    /// `body` may run again: after a serialization failure, or when a lost connection leaves a commit in doubt.
    /// So it must answer a repeat with the first answer. Throws Unavailable when the database is gone (InDoubt
    /// when it went while the body was under way and stays away; TookTooLong or Locked when PostgreSQL ended it
    /// and rolled back, which is not tried again), IntegrityViolation and DataException for what the schema
    /// refuses, SqlFailure for the rest.
    template <Purpose P, class Body>
    auto run(Permit<P> const&, Body body) -> Task<std::invoke_result_t<Body&, Tx&>> {
        return on_pool(Mode::transaction, *pools_[P::index], std::move(body));
    }

    /// Reads without BEGIN and COMMIT: a third of the round trips. Each statement sees a snapshot of its own.
    template <Purpose P, class Body>
    auto read(Permit<P> const&, Body body) -> Task<std::invoke_result_t<Body&, Tx&>> {
        return on_pool(Mode::single, *pools_[P::index], std::move(body));
    }

    /// A statement that is a whole transaction by itself: a function of the schema. Commits without BEGIN and
    /// COMMIT, in one round trip. As for `run`, the body may run again and must answer a repeat with the first
    /// answer.
    template <Purpose P, class Body>
    auto alone(Permit<P> const&, Body body) -> Task<std::invoke_result_t<Body&, Tx&>> {
        return on_pool(Mode::single, *pools_[P::index], std::move(body));
    }

    /// Whether the database answers and its schema is the one this program was built for. Blocks: for start-up
    /// and readiness only.
    [[nodiscard]] SchemaState probe();

    /// Takes no more bodies, finishes those that wait, closes the connections.
    void close();

private:
    template <class Body, class R = std::invoke_result_t<Body&, Tx&>>
    static Task<R> on_pool(Mode mode, PurposePool& pool, Body body) {
        static_assert(is_result<R>, "a transaction body returns Result<T>");
        std::optional<R> outcome;
        // Lives in this coroutine's frame, which waits until the job is done.
        JobOf job{mode, [&body, &outcome](Tx& tx) {
                      outcome.emplace(body(tx));
                      return outcome->has_value();
                  }};
        if (!co_await pool.execute(job)) co_return Error{Errc::exhausted, "the database is busy"};
        co_return *std::move(outcome);
    }

    std::array<std::unique_ptr<PurposePool>, purpose_names.size()> pools_;
    DatabaseOptions options_;
};

}  // namespace samtal::storage
