#pragma once

#include "pg_message_repository.hpp"
#include "samtal/storage/binary_array.hpp"

#include <array>

namespace samtal::chat {

/// The parameters of append_messages, in their order: a group, message by message, column by column.
class AppendColumns {
public:
    /// Messages of one conversation one after the other; conversations in ascending order, which is how they are
    /// locked.
    void add(PendingMessage const&, std::string_view sealed_text);

    /// After the last message, in the order of the statement's.
    [[nodiscard]] std::array<storage::BinaryParameter, 10> parameters();

private:
    using Column = storage::BinaryArray;
    void close_conversation();

    std::optional<std::pair<OrganisationId, ConversationId>> conversation_;
    std::int32_t here_ = 0;  // messages of it so far
    std::int32_t place_ = 0;
    Column organisations_{Column::Of::uuid};
    Column conversations_{Column::Of::uuid};
    Column counts_{Column::Of::integer};
    Column places_{Column::Of::integer};
    Column senders_{Column::Of::uuid};
    Column client_ids_{Column::Of::uuid};
    Column ids_{Column::Of::uuid};
    Column texts_{Column::Of::bytea};
    Column times_{Column::Of::bigint};
    Column decisions_{Column::Of::uuid};
};

}  // namespace samtal::chat
