#pragma once

#include "log.hpp"
#include "samtal/gateway/ask.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace samtal::audit {

struct AskCheckpoint {};
[[nodiscard]] Result<AskCheckpoint> decode_checkpoint(gateway::Ask const&);
/// The note as it stands, and what it says.
[[nodiscard]] std::string encode(std::optional<StoredCheckpoint> const&, std::string_view public_key);

struct AskPruning {};
[[nodiscard]] Result<AskPruning> decode_pruning(gateway::Ask const&);
[[nodiscard]] std::string encode_pruned(std::int64_t leaves);

}  // namespace samtal::audit
