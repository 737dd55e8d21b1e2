#pragma once

#include "samtal/storage/key_store.hpp"
#include "samtal/storage/tx.hpp"

#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

namespace samtal::storage {

/// As it lies in the key store: XChaCha20-Poly1305 under the key-encryption key of an epoch.
struct WrappedKey {
    int epoch;
    std::string bytes;
};

/// Names the file; never its content.
class KeyFileMissing : public std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// Wraps keys under the key-encryption key of an epoch, `keys/kek-<epoch>.key`. The file is read at each use and
/// its content wiped: no process keeps it, so that destroying the file destroys all that was wrapped in its epoch.
/// Blocks; for transaction bodies on the key store.
class KeyWrapper {
public:
    explicit KeyWrapper(std::string keys_directory) : directory_{std::move(keys_directory)} {}

    /// In the open epoch, which cannot be closed before the transaction ends: insert the key in the same one. It
    /// opens only for the same `place`, so that one row's key swapped for another's is refused.
    [[nodiscard]] WrappedKey wrap(Tx&, std::string_view place, Key const&) const;

    /// `read` answers std::optional<WrappedKey>, nothing where the row is gone. It is asked again when a rotation
    /// has destroyed the epoch between the reading of the row and of the file. Throws KeyFileMissing, or
    /// std::runtime_error when the key does not open.
    template <class Read>
    [[nodiscard]] std::optional<Key> open(std::string_view place, Read const& read) const {
        for (bool again = false;; again = true) {
            std::optional<WrappedKey> const wrapped = read();
            if (!wrapped) return std::nullopt;
            try {
                return unwrap(place, *wrapped);
            } catch (KeyFileMissing const&) {
                if (again) throw;
            }
        }
    }

    /// Throws KeyFileMissing unless keys can be made in the open epoch.
    void probe(Tx&) const;

private:
    [[nodiscard]] Key unwrap(std::string_view place, WrappedKey const&) const;

    std::string directory_;
};

/// The places of the key store's keys.
[[nodiscard]] std::string place_of_subject_key(UserId);
[[nodiscard]] std::string place_of_statistics_key(std::uint32_t epoch);

}  // namespace samtal::storage
