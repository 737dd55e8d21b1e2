#pragma once

#include "samtal/core/result.hpp"
#include "samtal/core/secret.hpp"
#include "samtal/core/task.hpp"
#include "samtal/storage/key_store.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace samtal::identity {

struct Argon2Parameters {
    std::uint32_t memory_kib;
    std::uint32_t passes;
};

/// Argon2id over the peppered, NFKC-normalised password. The pepper lies in keys/, not in the database. Blocks for
/// tens of milliseconds and takes `memory_kib`: use PasswordPool.
class PasswordHasher {
public:
    PasswordHasher(storage::Key const& pepper, Argon2Parameters parameters);

    /// Throws Unavailable when there is no memory.
    [[nodiscard]] std::string hash(Secret const& password) const;
    [[nodiscard]] bool matches(std::string_view stored, Secret const& password) const;
    /// It was made with other parameters than today's.
    [[nodiscard]] bool outdated(std::string_view stored) const;
    /// A hash of nobody's password: what an unknown account is compared with, at the same cost.
    [[nodiscard]] std::string const& of_nobody() const noexcept { return of_nobody_; }

private:
    storage::Key pepper_;
    unsigned long long passes_;
    std::size_t memory_;
    std::string of_nobody_;
};

/// Hashes on threads of its own, so that logins never hold up I/O, and at most `queue` of them wait.
class PasswordPool {
public:
    PasswordPool(PasswordHasher const& hasher, std::size_t threads, std::size_t queue)
        : hasher_{hasher}, most_{threads + queue}, threads_{threads} {}
    ~PasswordPool() { close(); }
    PasswordPool(PasswordPool const&) = delete;
    PasswordPool& operator=(PasswordPool const&) = delete;

    /// `exhausted` at once when the queue is full. The caller keeps the arguments until the answer.
    [[nodiscard]] Task<Result<bool>> matches(std::string_view stored, Secret const& password) {
        return on_threads([this, stored, &password] { return hasher_.matches(stored, password); });
    }
    [[nodiscard]] Task<Result<std::string>> hash(Secret const& password) {
        return on_threads([this, &password] { return hasher_.hash(password); });
    }
    [[nodiscard]] PasswordHasher const& hasher() const noexcept { return hasher_; }

    /// Finishes what was begun and takes no more.
    void close() {
        if (!closed_.exchange(true)) threads_.join();
    }

private:
    struct Place {
        explicit Place(std::atomic<std::size_t>& taken) : places{taken}, number{++taken} {}
        ~Place() { --places; }
        Place(Place const&) = delete;
        Place& operator=(Place const&) = delete;

        std::atomic<std::size_t>& places;
        std::size_t number;
    };

    template <class Work, class T = std::invoke_result_t<Work&>>
    Task<Result<T>> on_threads(Work work) {
        Place const place{taken_};
        if (place.number > most_ || closed_)
            co_return Error{Errc::exhausted, "too many passwords wait to be checked"};
        co_return co_await boost::asio::co_spawn(threads_, done<Work, T>(work), boost::asio::use_awaitable);
    }
    template <class Work, class T>
    static Task<T> done(Work& work) {
        co_return work();
    }

    PasswordHasher const& hasher_;
    std::size_t most_;
    std::atomic<std::size_t> taken_ = 0;
    std::atomic<bool> closed_ = false;
    boost::asio::thread_pool threads_;
};

}  // namespace samtal::identity
