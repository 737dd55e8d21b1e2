#include "pg_conversation_repository.hpp"

#include "change_statements.hpp"
#include "conversation_statements.hpp"
#include "pg_message_rows_repository.hpp"
#include "samtal/storage/values.hpp"
#include "until_known.hpp"

#include <algorithm>

namespace samtal::chat {

namespace {

constexpr Error no_such_conversation{Errc::not_found, "no such thing"};
constexpr Error no_such_colleague{Errc::not_found, "no such thing"};
constexpr int most_members = 10'000;  // on a page, but for those of its last conversation
constexpr pqxx::row::size_type found_column = 19;
constexpr auto beyond_all_ids = "ffffffff-ffff-ffff-ffff-ffffffffffff";

bool are_colleagues(storage::Tx& tx, ChatPermit const& permit, std::vector<UserId> const& users) {
    auto const found =
        tx.exec(count_colleagues, permit.organisation().text(), array_of(users))[0][0].as<std::size_t>();
    return found == users.size();
}

}  // namespace

Task<Result<Created>> PgConversationRepository::direct(ChatPermit const& permit, UserId other,
                                                       ConversationId fresh) {
    std::optional<Created> left;  // by an attempt that may have been committed
    auto const body = [&](storage::Tx& tx) -> Result<Created> {
        if (!are_colleagues(tx, permit, {other})) return no_such_colleague;
        auto const organisation = permit.organisation().text();
        auto const me = permit.actor().text();
        tx.exec(make_direct, organisation, fresh.text(), me, other.text());
        auto const found = tx.exec(lock_direct, organisation, me, other.text());
        auto const id = storage::id_of<ConversationId>(found[0][0]);
        Created created{id, id != fresh, {}, {permit.actor(), other}};
        for (auto const& row :
             tx.exec(add_members, organisation, id.text(), array_of({permit.actor(), other}), "member"))
            created.came.push_back(storage::id_of<UserId>(row[0]));
        if (created.existed && !created.came.empty())
            created.change = tx.exec(count_change, organisation, id.text(), true)[0][0].as<std::int64_t>();
        if (created.came.empty() && left && left->id == id) return *left;  // it was, and nobody was told
        left = created;
        return created;
    };
    co_return co_await until_known(OnLock::wait, [&] { return db_.run(permit, body); });
}

Task<Result<Created>> PgConversationRepository::group(ChatPermit const& permit, NewConversation const& wanted,
                                                      ConversationId fresh) {
    std::vector<UserId> everybody = wanted.others;
    everybody.push_back(permit.actor());
    Created const created{fresh, false, everybody, everybody};
    auto const body = [&](storage::Tx& tx) -> Result<Created> {
        auto const organisation = permit.organisation().text();
        std::optional<std::string> sealed;
        if (wanted.title) {
            storage::Cell const cell{field::ConversationsTitle::column, fresh.value()};
            sealed = storage::bytea(cipher_.seal(permit.actor(), cell, wanted.title->open(permit)).value());
        }
        auto const made = tx.exec(make_group, organisation, fresh.text(), permit.actor().text(),
                                  sealed ? sealed->c_str() : nullptr);
        if (made.affected_rows() == 0)
            return created;  // by an attempt whose answer was lost: the id is ours alone
        if (!are_colleagues(tx, permit, wanted.others)) return no_such_colleague;
        tx.exec(add_members, organisation, fresh.text(), array_of({permit.actor()}), "owner");
        tx.exec(add_members, organisation, fresh.text(), array_of(wanted.others), "member");
        return created;
    };
    co_return co_await until_known(OnLock::wait, [&] { return db_.run(permit, body); });
}

Conversation PgConversationRepository::conversation_of(pqxx::row const& row) {
    Conversation found{.id = storage::id_of<ConversationId>(row[0]),
                       .title = {},
                       .members = {},
                       .first_seq = row[3].as<std::int64_t>(),
                       .last_seq = row[4].as<std::int64_t>(),
                       .last_change = row[5].as<std::int64_t>(),
                       .info_change = row[8].as<std::int64_t>(),
                       .read_seq = row[9].as<std::int64_t>(),
                       .unread = row[10].as<std::int64_t>(),
                       .last_message = {},
                       .created_at = storage::time_of(row[6])};
    if (!row[11].is_null()) found.last_message.emplace(message_of(cipher_, row, 11));
    if (!row[1].is_null() && !row[2].is_null()) {
        auto title =
            cipher_.open(storage::id_of<UserId>(row[1]), {field::ConversationsTitle::column, found.id.value()},
                         storage::bytes_of(row[2]));
        if (title) found.title.emplace(*std::move(title));
    }
    constexpr std::size_t uuid_size = 36;
    std::string const packed = storage::text_of(row[7]);
    for (std::string_view rest = packed; !rest.empty();) {
        std::string_view const one = rest.substr(0, rest.find(','));
        found.members.push_back(
            {UserId::parse(one.substr(0, uuid_size)).value(), std::string{one.substr(uuid_size + 1)}});
        rest.remove_prefix(std::min(rest.size(), one.size() + 1));
    }
    return found;
}

Task<Result<ConversationPage>> PgConversationRepository::page(ChatPermit const& permit,
                                                              std::optional<ConversationId> before,
                                                              std::size_t limit) {
    co_return co_await db_.read(permit, [&](storage::Tx& tx) -> Result<ConversationPage> {
        char const* const no_id = nullptr;
        ConversationPage page;
        auto const rows =
            tx.exec(list_conversations, permit.organisation().text(), permit.actor().text(),
                    before ? before->text() : std::string{beyond_all_ids}, no_id, limit + 1, most_members);
        for (auto const& row : rows) page.items.push_back(conversation_of(row));
        if (page.items.size() > limit) page.items.pop_back();
        page.more = !rows.empty() && page.items.size() < rows[0][found_column].as<std::size_t>();
        return page;
    });
}

Task<Result<Conversation>> PgConversationRepository::find(ChatPermit const& permit, ConversationId conversation) {
    co_return co_await as_seen_by(permit, permit.actor(), conversation);
}

Task<Result<Conversation>> PgConversationRepository::as_seen_by(ChatPermit const& permit, UserId member,
                                                                ConversationId conversation) {
    co_return co_await db_.read(permit, [&](storage::Tx& tx) -> Result<Conversation> {
        auto const rows = tx.exec(list_conversations, permit.organisation().text(), member.text(),
                                  std::string{beyond_all_ids}, conversation.text(), 1, most_members);
        if (rows.empty()) return no_such_conversation;
        return conversation_of(rows[0]);
    });
}

Task<Result<std::vector<UserId>>> PgConversationRepository::members(ChatPermit const& permit,
                                                                    ConversationId conversation,
                                                                    std::size_t most) {
    co_return co_await db_.read(permit, [&](storage::Tx& tx) -> Result<std::vector<UserId>> {
        std::vector<UserId> users;
        for (auto const& row :
             tx.exec(list_members, permit.organisation().text(), conversation.text(), permit.actor().text(), most))
            users.push_back(storage::id_of<UserId>(row[0]));
        if (users.empty()) return no_such_conversation;
        return users;
    });
}

}  // namespace samtal::chat
