#pragma once

#include "samtal/chat/chat.hpp"

#include <nlohmann/json.hpp>

namespace samtal::chat {

/// As in a history: text, or a stub.
[[nodiscard]] nlohmann::json to_json(ChatPermit const&, Message const&);
[[nodiscard]] nlohmann::json to_json(std::vector<Member> const&);

}  // namespace samtal::chat
