#pragma once

#include "samtal/chat/chat.hpp"
#include "samtal/gateway/input.hpp"

#include <optional>
#include <string>

namespace samtal::chat {

/// The title that a body gives, or none.
[[nodiscard]] std::optional<Title> title_of(gateway::FieldReader&, std::optional<std::string> text);

}  // namespace samtal::chat
