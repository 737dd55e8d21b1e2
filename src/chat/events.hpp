#pragma once

#include "change_writer.hpp"
#include "pg_message_repository.hpp"

#include <string>

namespace samtal::chat {

/// "message.new" frames: of a message just stored, and of one read back.
[[nodiscard]] std::string encode_new(PendingMessage const&);
[[nodiscard]] std::string encode_event(ChatPermit const&, ConversationId, Message const&);
/// "message.edited" or "message.deleted": what a message is now.
[[nodiscard]] std::string encode_changed(ChatPermit const&, ConversationId, Message const&);
/// What became of a change, as members hear of it at once.
[[nodiscard]] std::string encode_change(PendingChange const&);
/// "member.added", for a conversation that was just made or came back to life.
[[nodiscard]] std::string encode_came(ConversationId, std::vector<UserId> const&, std::int64_t change);
/// "member.removed", for somebody who is no member any more.
[[nodiscard]] std::string encode_parted(ConversationId, UserId, std::int64_t change);
/// "conversation.changed": title and members as they are now, for whoever was away when they changed. Without the
/// members where they are more than fit a frame.
[[nodiscard]] std::string encode_described(ChatPermit const&, Conversation const&, std::int64_t change);
/// "conversation.read", and "typing".
[[nodiscard]] std::string encode_signal(Signal const&, UserId);

}  // namespace samtal::chat
