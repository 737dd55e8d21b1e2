#pragma once

#include "samtal/core/result.hpp"

#include <sodium.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace samtal::rights {

/// Which pieces an archive is, all of them and in their order: stands sealed beside them. A piece that was
/// dropped, added, changed or moved gives another hash.
struct ArchiveSeal {
    std::uint64_t bytes = 0;  // of the ZIP
    std::string hash{};       // over the hashes of the pieces as they are stored

    friend bool operator==(ArchiveSeal const&, ArchiveSeal const&) = default;
};

[[nodiscard]] std::string encode(ArchiveSeal const&);
/// `not_found` for what is none.
[[nodiscard]] Result<ArchiveSeal> decode_seal(std::string_view);

/// The hash of a seal, from SHA-256 of one piece after the other.
class SealHash {
public:
    SealHash() { crypto_hash_sha256_init(&state_); }
    void add(std::string_view piece_hash);
    /// Once.
    [[nodiscard]] std::string finish();

private:
    crypto_hash_sha256_state state_{};
};

}  // namespace samtal::rights
