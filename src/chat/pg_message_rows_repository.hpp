#pragma once

#include "samtal/chat/chat.hpp"
#include "samtal/storage/column_cipher.hpp"
#include "samtal/storage/tx.hpp"

namespace samtal::chat {

/// A message out of the columns message_id, seq, sender_id, sent_at, text, removed, edited_at and change, of which
/// the first is the row's column number `first`.
[[nodiscard]] Message message_of(storage::ColumnCipher&, pqxx::row const&, int first = 0);

/// `{…}` for a parameter of ids.
[[nodiscard]] std::string array_of(std::vector<UserId> const&);

}  // namespace samtal::chat
