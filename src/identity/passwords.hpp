#pragma once

#include "samtal/core/result.hpp"
#include "samtal/core/secret.hpp"
#include "samtal/core/task.hpp"
#include "samtal/ops/work_pool.hpp"
#include "samtal/storage/key_store.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

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

/// Hashes on threads of its own, so that logins never hold up I/O.
class PasswordPool {
public:
    PasswordPool(PasswordHasher const& hasher, std::size_t threads, std::size_t queue)
        : hasher_{hasher}, pool_{threads, queue} {}

    /// `exhausted` at once when the queue is full. The caller keeps the arguments until the answer.
    [[nodiscard]] Task<Result<bool>> matches(std::string_view stored, Secret const& password) {
        return pool_.run([this, stored, &password] { return Result<bool>{hasher_.matches(stored, password)}; });
    }
    [[nodiscard]] Task<Result<std::string>> hash(Secret const& password) {
        return pool_.run([this, &password] { return Result<std::string>{hasher_.hash(password)}; });
    }
    [[nodiscard]] PasswordHasher const& hasher() const noexcept { return hasher_; }

    /// Finishes what was begun and takes no more.
    void close() { pool_.close(); }

private:
    PasswordHasher const& hasher_;
    ops::WorkPool pool_;
};

}  // namespace samtal::identity
