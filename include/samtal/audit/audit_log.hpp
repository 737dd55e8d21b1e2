#pragma once

#include "samtal/core/permit.hpp"
#include "samtal/storage/database.hpp"
#include "samtal/storage/key_rotation.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

// For the stranger who does not believe us, and for the operator. Blocks: for command lines, not for the server.
namespace samtal::audit {

struct Verdict {
    std::int64_t leaves = 0;             // how many were recomputed
    std::optional<std::string> problem;  // what was tampered with; nothing when all is as it was signed
};

/// Recomputes the tree from the database's rows, in batches, and holds it against its checkpoints. `kept`: an
/// older checkpoint, as `samtalctl audit checkpoint` printed it. Throws Unavailable when the database is gone.
[[nodiscard]] Verdict verify_database(storage::Database&, PermitIssuer&, std::string const& public_key,
                                      std::optional<std::string> const& kept);

/// The same over a file that export_log() wrote: needs nothing else. Throws std::runtime_error when it cannot be
/// read.
[[nodiscard]] Verdict verify_file(std::string const& path, std::string const& public_key,
                                  std::optional<std::string> const& kept);

/// Writes the whole numbered log to a new file, mode 0600, one JSON object a line. Returns how many leaves. Throws
/// std::runtime_error when the file exists or cannot be written.
std::int64_t export_log(storage::Database&, PermitIssuer&, std::string const& path);

/// Records that key-encryption keys were rotated: how many, and nothing else. Throws Unavailable when the database
/// is gone.
void record_key_rotation(storage::Database&, PermitIssuer&, storage::KeyRotationReport const&);

/// The public key as text, "<name>+<id>+<base64>" (C2SP signed-note), and back; nothing for other text.
[[nodiscard]] std::string verifier_key(std::string_view public_key);
[[nodiscard]] std::optional<std::string> parse_verifier_key(std::string_view text);

}  // namespace samtal::audit
