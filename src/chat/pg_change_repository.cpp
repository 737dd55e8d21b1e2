#include "pg_change_repository.hpp"

#include "change_statements.hpp"
#include "conversation_statements.hpp"
#include "pg_message_rows_repository.hpp"
#include "samtal/storage/values.hpp"
#include "until_known.hpp"

#include <algorithm>

namespace samtal::chat {

namespace {

constexpr Error no_such_thing{Errc::not_found, "no such thing"};
constexpr Error stays_of_two{Errc::conflict, "a conversation of two stays one of two"};
constexpr Error message_removed{Errc::conflict, "this message was removed", "", "message-removed"};
constexpr Error legal_hold{Errc::conflict, "a legal claim keeps what this person wrote", "", "legal-hold"};
constexpr std::string_view everything = "9223372036854775807";

}  // namespace

struct PgChangeRepository::Work {
    storage::Tx& tx;
    ChatPermit const& permit;
    std::string conversation;
    std::optional<Applied>& left;
    bool wait;  // for the lock
    // An attempt before this one seems to have been committed, and only its answer was lost: there is a change of
    // its number. Where nothing is left to do, there is somebody to tell.
    bool again = false;
    std::string organisation = permit.organisation().text();
    bool direct = false;
    bool owner = false;
    std::int64_t visible_from = 0;
    std::int64_t last_change = 0;
    std::int64_t last_seq = 0;

    /// Nothing when the actor is no member.
    bool lock() {
        auto const me = permit.actor().text();
        if (tx.exec(wait ? lock_conversation : lock_conversation_now, organisation, conversation, me).empty())
            return false;
        auto const rows = tx.exec(find_place, organisation, conversation, me);
        if (rows.empty()) return false;
        direct = rows[0][0].as<bool>();
        owner = storage::text_of(rows[0][1]) == "owner";
        visible_from = rows[0][2].as<std::int64_t>();
        last_change = rows[0][3].as<std::int64_t>();
        last_seq = rows[0][4].as<std::int64_t>();
        again = left && last_change >= left->changed.change;
        if (!again) left.reset();  // under the lock that is certain: it was rolled back
        return true;
    }
    /// The actor left by an attempt before this one. Whoever is out cannot lock.
    bool is_out(Change const& change) {
        auto const* const leave = std::get_if<RemoveMember>(&change);
        if (!left || leave == nullptr || leave->user != permit.actor()) return false;
        return !tx.exec(has_left, organisation, conversation, permit.actor().text(), left->changed.change).empty();
    }
    std::int64_t count(bool info) {
        return tx.exec(count_change, organisation, conversation, info)[0][0].as<std::int64_t>();
    }
    [[nodiscard]] Applied nothing_to_do(std::int64_t change) const {
        return {.changed = {change, std::nullopt}, .fresh = again};
    }
    /// Of members.
    [[nodiscard]] Applied nothing_to_do() const {
        if (!again) return nothing_to_do(last_change);
        return {.changed = left->changed, .came = left->came, .heir = left->heir};
    }
    bool held() { return tx.exec(writer_is_held, organisation, permit.actor().text())[0][0].as<bool>(); }
    /// Everybody; of a message those who may see it.
    std::vector<UserId> witnesses(std::optional<Message> const& message) {
        std::vector<UserId> users;
        auto const seq = message ? std::to_string(message->seq) : std::string{everything};
        for (auto const& row : tx.exec(list_witnesses, organisation, conversation, seq))
            users.push_back(storage::id_of<UserId>(row[0]));
        return users;
    }
};

Task<Result<Applied>> PgChangeRepository::apply(ChatPermit const& permit, Change const& change) {
    if (!permit.covers(conversation_of(change))) co_return Error{Errc::denied, "the permit is for something else"};
    std::optional<Applied> left;
    co_return co_await until_known(OnLock::tell, [&] { return attempt(permit, change, left); });
}

Task<Result<Applied>> PgChangeRepository::attempt(ChatPermit const& permit, Change const& change,
                                                  std::optional<Applied>& left) {
    auto const conversation = conversation_of(change);
    bool const wait = !locked_.suspects(conversation);
    auto const body = [&](storage::Tx& tx) -> Result<Applied> {
        Work work{.tx = tx, .permit = permit, .conversation = conversation.text(), .left = left, .wait = wait};
        if (!work.lock()) {
            if (work.is_out(change)) return *left;
            return no_such_thing;
        }
        auto applied = std::visit([&](auto const& one) { return make(work, one); }, change);
        if (applied && applied->fresh) {
            applied->seq = work.last_seq;
            auto const members = work.witnesses(applied->changed.message);
            applied->audience.insert(applied->audience.end(), members.begin(), members.end());
            left = *applied;
        }
        return applied;
    };
    try {
        auto done = co_await db_.run(permit, body);
        if (!wait) locked_.clear(conversation);
        co_return done;
    } catch (storage::Locked const&) {
        locked_.suspect(conversation);
        throw;
    }
}

Result<Message> PgChangeRepository::own_message(Work& work, MessageId id) {
    // The first 48 bits of its id are the time.
    std::int64_t ms = 0;
    for (std::size_t i = 0; i < 6; ++i) ms = ms << 8 | id.value().data[i];
    auto const rows = work.tx.exec(find_own_message, work.organisation, work.conversation, id.text(),
                                   work.permit.actor().text(), work.visible_from, ms);
    if (rows.empty()) return no_such_thing;
    return message_of(cipher_, rows[0]);
}

Result<Applied> PgChangeRepository::make(Work& work, EditMessage const& edit) {
    auto message = own_message(work, edit.message);
    if (!message) return message.error();
    if (!message->text) return message_removed;
    auto const& text = edit.text.open(work.permit);
    if (message->text->open(work.permit) == text) {
        auto applied = work.nothing_to_do(message->change);
        applied.changed.message = *std::move(message);
        return applied;
    }
    if (work.held()) return legal_hold;
    auto const sealed =
        cipher_.seal(work.permit.actor(), {field::MessagesText::column, edit.message.value()}, text);
    if (!sealed) return no_such_thing;  // erased meanwhile
    message->change = work.count(false);
    message->edited_at = system_now();
    message->text.emplace(text);
    work.tx.exec(edit_message, work.organisation, work.conversation, message->seq, storage::bytea(*sealed),
                 storage::ms(*message->edited_at), message->change);
    return Applied{.changed = {message->change, *std::move(message)}};
}

Result<Applied> PgChangeRepository::make(Work& work, DeleteMessage const& deleted) {
    auto message = own_message(work, deleted.message);
    if (!message) return message.error();
    if (!message->text) {
        auto applied = work.nothing_to_do(message->change);
        applied.changed.message = *std::move(message);
        return applied;
    }
    if (work.held()) return legal_hold;
    message->change = work.count(false);
    message->text.reset();
    message->edited_at.reset();
    message->removed = "deleted";
    work.tx.exec(delete_message, work.organisation, work.conversation, message->seq, message->change);
    return Applied{.changed = {message->change, *std::move(message)}};
}

Result<Applied> PgChangeRepository::make(Work& work, AddMembers const& add) {
    if (work.direct) return stays_of_two;
    if (!work.owner) return Error{Errc::denied, "only an owner adds members"};
    std::vector<UserId> users = add.users;
    std::ranges::sort(users);
    auto const repeats = std::ranges::unique(users);
    users.erase(repeats.begin(), repeats.end());
    auto const ids = array_of(users);
    if (work.tx.exec(count_colleagues, work.organisation, ids)[0][0].as<std::size_t>() != users.size())
        return no_such_thing;
    auto const came = work.tx.exec(add_members, work.organisation, work.conversation, ids, "member");
    auto const members =
        work.tx.exec(count_members, work.organisation, work.conversation, most_members_ + 1)[0][0];
    if (members.as<std::size_t>() > most_members_) return Error{Errc::invalid, "are too many", "user_ids"};
    if (came.empty()) return work.nothing_to_do();
    Applied applied{.changed = {work.count(true), std::nullopt}};
    for (auto const& row : came) applied.came.push_back(storage::id_of<UserId>(row[0]));
    return applied;
}

Result<Applied> PgChangeRepository::make(Work& work, RemoveMember const& remove) {
    bool const leaves = remove.user == work.permit.actor();
    if (!work.owner && !leaves) return Error{Errc::denied, "only an owner removes members"};
    if (work.direct && !leaves) return stays_of_two;
    auto const gone = work.tx.exec(remove_member, work.organisation, work.conversation, remove.user.text());
    if (gone.affected_rows() == 0 && !work.again) return no_such_thing;
    Applied applied = work.nothing_to_do();
    applied.audience.push_back(remove.user);
    if (gone.affected_rows() == 0) return applied;
    applied.heir.reset();
    if (!work.direct) {
        auto const heirs = work.tx.exec(promote_owner, work.organisation, work.conversation);
        if (!heirs.empty()) applied.heir = storage::id_of<UserId>(heirs[0][0]);
    }
    applied.fresh = true;
    applied.changed.change = work.count(true);
    return applied;
}

Result<Applied> PgChangeRepository::make(Work& work, Retitle const& retitle_to) {
    if (work.direct) return Error{Errc::conflict, "a conversation of two has no title"};
    if (!work.owner) return Error{Errc::denied, "only an owner gives a title"};
    std::optional<std::string> sealed;
    if (retitle_to.title) {
        storage::Cell const cell{field::ConversationsTitle::column, retitle_to.conversation.value()};
        auto text = cipher_.seal(work.permit.actor(), cell, retitle_to.title->open(work.permit));
        if (!text) return no_such_thing;
        sealed = storage::bytea(*text);
    }
    work.tx.exec(retitle, work.organisation, work.conversation, sealed ? sealed->c_str() : nullptr,
                 work.permit.actor().text());
    return Applied{.changed = {work.count(true), std::nullopt}};
}

}  // namespace samtal::chat
