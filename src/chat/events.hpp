#pragma once

#include "pg_message_repository.hpp"

#include <string>

namespace samtal::chat {

/// "message.new" frames: of a message just stored, and of one read back.
[[nodiscard]] std::string encode_new(PendingMessage const&);
[[nodiscard]] std::string encode_event(ChatPermit const&, ConversationId, Message const&);

}  // namespace samtal::chat
