#pragma once

#include "samtal/audit/audit_log.hpp"
#include "samtal/storage/signing.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace samtal::audit {

/// What a checkpoint says: C2SP tlog-checkpoint, with one extension line that names the checkpoint before it.
struct Checkpoint {
    std::int64_t size = 0;
    std::string root;      // 32 bytes
    std::string previous;  // SHA-256 of the note before this one; of the empty text for the first
};

/// The log's name and its key's: "samtal.audit/" and the beginning of a hash of the public key, so that two
/// deployments never share one.
[[nodiscard]] std::string origin_of(std::string_view public_key);

/// The signed note.
[[nodiscard]] std::string sign_checkpoint(storage::Signer const&, Checkpoint const&);
/// Nothing unless every byte is as sign_checkpoint() would write it under that key. The signature is not checked.
[[nodiscard]] std::optional<Checkpoint> read_checkpoint(std::string_view note, std::string_view public_key);
/// Whether the note is in form and signed by that key.
[[nodiscard]] bool checkpoint_holds(std::string_view note, std::string_view public_key);

/// The statement that leaves went: the same note under a name of its own, where `size` says how many, `root` what
/// their tree was, and `previous` names the statement before.
[[nodiscard]] std::string sign_pruning(storage::Signer const&, Checkpoint const&);
[[nodiscard]] std::optional<Checkpoint> read_pruning(std::string_view note, std::string_view public_key);
[[nodiscard]] bool pruning_holds(std::string_view note, std::string_view public_key);

/// What the next checkpoint says in `previous`.
[[nodiscard]] std::string note_hash(std::string_view note);

}  // namespace samtal::audit
