#include "pg_message_rows_repository.hpp"
#include "samtal/storage/values.hpp"

namespace samtal::chat {

Message message_of(storage::ColumnCipher& cipher, pqxx::row const& row, int first) {
    auto const at = [&row, first](int n) { return row[static_cast<pqxx::row::size_type>(first + n)]; };
    Message message{
        storage::id_of<MessageId>(at(0)), at(1).as<std::int64_t>(), {}, storage::time_of(at(3)), {}, {}};
    if (!at(2).is_null()) message.sender = storage::id_of<UserId>(at(2));
    if (!at(5).is_null()) message.removed = storage::text_of(at(5));
    message.edited_at = storage::optional_time_of(at(6));
    message.change = at(7).as<std::int64_t>(0);
    if (at(4).is_null()) return message;
    // A row that still names nobody or whose writer's key is gone is about to be erased.
    auto text = message.sender ? cipher.open(*message.sender, {field::MessagesText::column, message.id.value()},
                                             storage::bytes_of(at(4)))
                               : Result<std::string>{Error{Errc::not_found, "no such thing"}};
    if (text)
        message.text.emplace(*std::move(text));
    else
        message.removed = "erased";
    return message;
}

std::string array_of(std::vector<UserId> const& users) {
    storage::ArrayLiteral ids;
    for (UserId const& user : users) ids.add(user.text());
    return ids.text();
}

}  // namespace samtal::chat
