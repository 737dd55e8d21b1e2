#include "checkpoint_codec.hpp"

#include "checkpoint.hpp"

#include <nlohmann/json.hpp>

namespace samtal::audit {

using nlohmann::json;

Result<AskCheckpoint> decode_checkpoint(gateway::Ask const& ask) {
    auto body = ask.body();
    if (auto const problem = body.finish()) return *problem;
    return AskCheckpoint{};
}

std::string encode(std::optional<StoredCheckpoint> const& checkpoint, std::string_view public_key) {
    if (!checkpoint) return json{{"size", 0}, {"note", ""}, {"key", verifier_key(public_key)}}.dump();
    return json{{"size", checkpoint->size}, {"note", checkpoint->note}, {"key", verifier_key(public_key)}}.dump();
}

Result<AskPruning> decode_pruning(gateway::Ask const& ask) {
    auto body = ask.body();
    if (auto const problem = body.finish()) return *problem;
    return AskPruning{};
}

std::string encode_pruned(std::int64_t leaves) {
    return json{{"pruned", leaves}}.dump();
}

}  // namespace samtal::audit
