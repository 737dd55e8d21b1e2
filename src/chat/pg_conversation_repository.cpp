#include "pg_conversation_repository.hpp"

#include "conversation_statements.hpp"
#include "samtal/storage/values.hpp"

#include <algorithm>

namespace samtal::chat {

namespace {

constexpr Error no_such_conversation{Errc::not_found, "no such thing"};
constexpr Error no_such_colleague{Errc::not_found, "no such thing"};
constexpr auto beyond_all_ids = "ffffffff-ffff-ffff-ffff-ffffffffffff";

std::string array_of(std::vector<UserId> const& users) {
    storage::ArrayLiteral ids;
    for (UserId const& user : users) ids.add(user.text());
    return ids.text();
}

bool are_colleagues(storage::Tx& tx, ChatPermit const& permit, std::vector<UserId> const& users) {
    auto const found =
        tx.exec(count_colleagues, permit.organisation().text(), array_of(users))[0][0].as<std::size_t>();
    return found == users.size();
}

/// What the actor is in a conversation whose row is locked now.
struct Place {
    bool direct;
    bool owner;
};
Result<Place> lock(storage::Tx& tx, ChatPermit const& permit, ConversationId conversation) {
    auto const rows =
        tx.exec(lock_conversation, permit.organisation().text(), conversation.text(), permit.actor().text());
    if (rows.empty()) return no_such_conversation;
    return Place{rows[0][0].as<bool>(), storage::text_of(rows[0][1]) == "owner"};
}

}  // namespace

Task<Result<Created>> PgConversationRepository::direct(ChatPermit const& permit, UserId other,
                                                       ConversationId fresh) {
    co_return co_await db_.run(permit, [&](storage::Tx& tx) -> Result<Created> {
        if (!are_colleagues(tx, permit, {other})) return no_such_colleague;
        auto const organisation = permit.organisation().text();
        auto const me = permit.actor().text();
        tx.exec(make_direct, organisation, fresh.text(), me, other.text());
        auto const found = tx.exec(lock_direct, organisation, me, other.text());
        auto const id = storage::id_of<ConversationId>(found[0][0]);
        auto const came =
            tx.exec(add_members, organisation, id.text(), array_of({permit.actor(), other}), "member");
        bool const existed = id != fresh;
        if (existed && came.affected_rows() > 0) tx.exec(count_change, organisation, id.text());
        return Created{id, existed};
    });
}

Task<Result<Created>> PgConversationRepository::group(ChatPermit const& permit, NewConversation const& wanted,
                                                      ConversationId fresh) {
    co_return co_await db_.run(permit, [&](storage::Tx& tx) -> Result<Created> {
        if (!are_colleagues(tx, permit, wanted.others)) return no_such_colleague;
        auto const organisation = permit.organisation().text();
        std::optional<std::string> sealed;
        if (wanted.title) {
            storage::Cell const cell{field::ConversationsTitle::column, fresh.value()};
            sealed = storage::bytea(cipher_.seal(permit.actor(), cell, wanted.title->open(permit)).value());
        }
        tx.exec(make_group, organisation, fresh.text(), permit.actor().text(), sealed ? sealed->c_str() : nullptr);
        tx.exec(add_members, organisation, fresh.text(), array_of({permit.actor()}), "owner");
        tx.exec(add_members, organisation, fresh.text(), array_of(wanted.others), "member");
        return Created{fresh, false};
    });
}

Conversation PgConversationRepository::conversation_of(pqxx::row const& row) {
    Conversation found{storage::id_of<ConversationId>(row[0]),
                       {},
                       {},
                       row[3].as<std::int64_t>(),
                       row[4].as<std::int64_t>(),
                       row[5].as<std::int64_t>(),
                       storage::time_of(row[6])};
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
        for (auto const& row : tx.exec(list_conversations, permit.organisation().text(), permit.actor().text(),
                                       before ? before->text() : std::string{beyond_all_ids}, no_id, limit + 1))
            page.items.push_back(conversation_of(row));
        page.more = page.items.size() > limit;
        if (page.more) page.items.pop_back();
        return page;
    });
}

Task<Result<Conversation>> PgConversationRepository::find(ChatPermit const& permit, ConversationId conversation) {
    co_return co_await db_.read(permit, [&](storage::Tx& tx) -> Result<Conversation> {
        auto const rows = tx.exec(list_conversations, permit.organisation().text(), permit.actor().text(),
                                  std::string{beyond_all_ids}, conversation.text(), 1);
        if (rows.empty()) return no_such_conversation;
        return conversation_of(rows[0]);
    });
}

Task<Result<void>> PgConversationRepository::add(ChatPermit const& permit, ConversationId conversation,
                                                 std::vector<UserId> const& users) {
    co_return co_await db_.run(permit, [&](storage::Tx& tx) -> Result<void> {
        auto const place = lock(tx, permit, conversation);
        if (!place) return place.error();
        if (place->direct) return Error{Errc::conflict, "a conversation of two stays one of two"};
        if (!place->owner) return Error{Errc::denied, "only an owner adds members"};
        if (!are_colleagues(tx, permit, users)) return no_such_colleague;
        tx.exec(add_members, permit.organisation().text(), conversation.text(), array_of(users), "member");
        tx.exec(count_change, permit.organisation().text(), conversation.text());
        return {};
    });
}

Task<Result<void>> PgConversationRepository::remove(ChatPermit const& permit, ConversationId conversation,
                                                    UserId user) {
    co_return co_await db_.run(permit, [&](storage::Tx& tx) -> Result<void> {
        auto const place = lock(tx, permit, conversation);
        if (!place) return place.error();
        if (!place->owner && user != permit.actor()) return Error{Errc::denied, "only an owner removes members"};
        if (place->direct && user != permit.actor())
            return Error{Errc::conflict, "a conversation of two stays one of two"};
        auto const organisation = permit.organisation().text();
        auto const gone = tx.exec(remove_member, organisation, conversation.text(), user.text());
        if (gone.affected_rows() == 0) return no_such_colleague;
        if (!place->direct) tx.exec(promote_owner, organisation, conversation.text());
        tx.exec(count_change, organisation, conversation.text());
        return {};
    });
}

Task<Result<std::vector<UserId>>> PgConversationRepository::members(ChatPermit const& permit,
                                                                    ConversationId conversation,
                                                                    std::size_t most) {
    co_return co_await db_.read(permit, [&](storage::Tx& tx) -> Result<std::vector<UserId>> {
        std::vector<UserId> users;
        for (auto const& row : tx.exec(list_members, permit.organisation().text(), conversation.text(), most))
            users.push_back(storage::id_of<UserId>(row[0]));
        if (users.size() < most && std::ranges::find(users, permit.actor()) == users.end())
            return no_such_conversation;
        return users;
    });
}

}  // namespace samtal::chat
