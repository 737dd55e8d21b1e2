#pragma once

#include "samtal/core/id.hpp"
#include "samtal/core/result.hpp"
#include "samtal/storage/purpose_pool.hpp"

#include <array>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace samtal::storage {

using Key = std::array<unsigned char, 32>;

/// What stays of an erased person in the key store: a proof that names nobody.
struct Tombstone {
    boost::uuids::uuid id;  // random
    std::string erased_on;  // the day, UTC: 2026-11-25
};

/// The keys of people. No key means: erased. All calls may block: make them where a transaction's body runs, never
/// on an I/O thread. All throw Unavailable when the key store does not answer, and std::runtime_error, which names
/// the file, when a key-encryption key is missing in keys/.
class SubjectKeys {
public:
    virtual ~SubjectKeys() = default;
    /// `not_found` when the person was erased.
    virtual Result<Key> key_of(UserId) = 0;
    /// A key for a new person. Idempotent. `conflict` for an erased person: nobody comes back, out of a backup
    /// neither.
    virtual Result<void> create(UserId) = 0;
    /// Destroys the person's key and leaves a tombstone. When it returns, no server holds the key any more: it
    /// waits until all have dropped it or may not use what they hold, at most about a second. Idempotent: the same
    /// tombstone each time. For the rights room only; it deletes the rows.
    virtual Tombstone erase(UserId) = 0;
    /// Which of these people were erased, in the order given. After a restore of the main database: those whose
    /// rows are back.
    virtual std::vector<UserId> erased_among(std::span<UserId const>) = 0;
    /// Whether keys can be read and made now; throws when not.
    virtual void probe() = 0;
};

/// The keys that belong to the deployment, from files of `keys/` (made by `samtalctl keys init`, mode 0600). The
/// key-encryption keys lie there too, one file for each epoch: see key_wrapping.hpp.
class KeyRing {
public:
    /// Throws std::runtime_error that names the missing or malformed file, never its content.
    explicit KeyRing(std::string const& directory);

    /// A 32-byte keyed BLAKE2b for look-ups; `domain` keeps uses apart ("username", "phone:<organisation>").
    [[nodiscard]] std::string keyed_hash(std::string_view domain, std::string_view value) const;
    /// A key for one use, derived from the ring's root.
    [[nodiscard]] Key derive(std::string_view domain) const;
    [[nodiscard]] std::string const& directory() const noexcept { return directory_; }

    /// What the deployment's signing key is made of; see signing.hpp.
    [[nodiscard]] Key const& signing_seed() const noexcept { return signing_seed_; }

    /// Makes the files that are missing; the kek.key of old becomes the first epoch's. Returns how many were made.
    static int create_missing(std::string const& directory);

private:
    std::string directory_;
    Key root_{};
    Key signing_seed_{};
};

/// SubjectKeys over the key store's PostgreSQL, with the unwrapped keys of recent people in memory, which it may
/// use while it holds its lease. Each is a node of its own. The ring must outlive it.
[[nodiscard]] std::unique_ptr<SubjectKeys> make_pg_subject_keys(LoginOptions, KeyRing const&);

/// SHA-256, for random tokens whose hash is stored.
[[nodiscard]] std::string sha256(std::string_view);

}  // namespace samtal::storage
