#include "pg_message_repository.hpp"

#include "append_statements.hpp"
#include "samtal/storage/values.hpp"

namespace samtal::chat {

namespace {

constexpr Error no_such_conversation{Errc::not_found, "no such thing"};  // also the answer for strangers
constexpr std::size_t most_known = 50'000;

storage::Cell cell_of(MessageId id) {
    return {field::MessagesText::column, id.value()};
}

/// One array parameter: a column of the rows.
template <class Rows, class Column>
std::string array_of(Rows const& rows, Column column) {
    storage::ArrayLiteral values;
    for (auto const& row : rows) values.add(column(row));
    return values.text();
}

constexpr Error reused{Errc::conflict, "this client_message_id was used for another text", "client_message_id",
                       "message-id-reused"};

std::string text_of(PendingMessage const& p) {
    return p.message.text.open(p.permit);
}

/// What makes two messages of a group the same one.
std::string identity_of(PendingMessage const& p) {
    return p.message.conversation.text() + p.permit.actor().text() + p.message.client_message_id.text();
}

}  // namespace

/// A group that fails because of its content is halved until the bad message stands alone.
Task<void> PgMessageRepository::append(std::span<PendingMessage> group) {
    if (group.empty()) co_return;
    bool refused = false;
    try {
        auto const together = [this, group](storage::Tx& tx) { return store_together(tx, group); };
        auto const stored = co_await db_.run(group.front().permit, together);
        if (!stored)
            for (PendingMessage& pending : group) pending.result = stored.error();
    } catch (storage::IntegrityViolation const&) {
        refused = true;
    } catch (storage::DataException const&) {
        refused = true;
    }
    if (!refused) co_return;
    if (group.size() == 1) {
        group.front().result = Error{Errc::invalid, "the database refuses this message"};
        co_return;
    }
    std::size_t const half = group.size() / 2;
    co_await append(group.first(half));
    co_await append(group.subspan(half));
}

Result<void> PgMessageRepository::store_together(storage::Tx& tx, std::span<PendingMessage> group) {
    for (PendingMessage& p : group) {
        p.result = no_such_conversation;  // whatever an attempt that was rolled back said
        p.members.reset();
        if (!p.permit.covers(p.message.conversation))
            return Error{Errc::denied, "the permit is for something else"};
    }
    Conversations conversations = lock(tx, group);
    auto const fresh = admit(tx, group, conversations);
    if (!fresh.empty()) store(tx, fresh, conversations);
    find_members(tx, conversations, group);
    return {};
}

PgMessageRepository::Conversations PgMessageRepository::lock(storage::Tx& tx, std::span<PendingMessage> group) {
    auto const rows =
        tx.exec(lock_conversations,
                array_of(group, [](PendingMessage const& p) { return p.permit.organisation().text(); }),
                array_of(group, [](PendingMessage const& p) { return p.message.conversation.text(); }));
    Conversations locked;
    for (auto const& row : rows)
        locked.emplace(
            storage::id_of<ConversationId>(row[1]),
            Locked{storage::id_of<OrganisationId>(row[0]), row[2].as<std::int64_t>(), row[3].as<std::int64_t>()});
    return locked;
}

std::vector<PendingMessage*> PgMessageRepository::admit(storage::Tx& tx, std::span<PendingMessage> group,
                                                        Conversations& conversations) {
    auto const rows = tx.exec(
        admit_messages, array_of(group, [](PendingMessage const& p) { return p.permit.organisation().text(); }),
        array_of(group, [](PendingMessage const& p) { return p.message.conversation.text(); }),
        array_of(group, [](PendingMessage const& p) { return p.permit.actor().text(); }),
        array_of(group, [](PendingMessage const& p) { return p.message.client_message_id.text(); }));
    std::vector<PendingMessage*> fresh;
    std::unordered_map<std::string, PendingMessage const*> seen;
    for (auto const& row : rows) {
        PendingMessage& pending = group[row[0].as<std::size_t>() - 1];
        if (!row[1].is_null()) {
            pending.result = repeat(pending, row);
            continue;
        }
        auto const [first, is_first] = seen.emplace(identity_of(pending), &pending);
        if (!is_first) {
            pending.result = first->second->result;
            pending.result->repeated = true;
            if (text_of(*first->second) != text_of(pending)) pending.result = reused;
            continue;
        }
        auto const seq = ++conversations.at(pending.message.conversation).last_seq;
        pending.result = StoredMessage{pending.id, seq, pending.sent_at, false};
        fresh.push_back(&pending);
    }
    return fresh;
}

Result<StoredMessage> PgMessageRepository::repeat(PendingMessage const& pending, pqxx::row const& earlier) {
    auto const id = storage::id_of<MessageId>(earlier[1]);
    if (!earlier[4].is_null()) {  // else it was removed since: nothing to compare with
        auto const text = cipher_.open(pending.permit.actor(), cell_of(id), storage::bytes_of(earlier[4]));
        if (!text || *text != text_of(pending)) return reused;
    }
    return StoredMessage{id, earlier[2].as<std::int64_t>(), storage::time_of(earlier[3]), true};
}

void PgMessageRepository::store(storage::Tx& tx, std::vector<PendingMessage*> const& fresh,
                                Conversations const& conversations) {
    storage::ArrayLiteral texts;
    for (PendingMessage const* p : fresh)
        texts.add(storage::bytea(cipher_.seal(p->permit.actor(), cell_of(p->id), text_of(*p)).value()));
    using P = PendingMessage const*;
    tx.exec(store_messages, array_of(fresh, [](P p) { return p->permit.organisation().text(); }),
            array_of(fresh, [](P p) { return p->message.conversation.text(); }),
            array_of(fresh, [](P p) { return std::to_string(p->result->seq); }),
            array_of(fresh, [](P p) { return p->id.text(); }),
            array_of(fresh, [](P p) { return p->permit.actor().text(); }),
            array_of(fresh, [](P p) { return p->message.client_message_id.text(); }), texts.text(),
            array_of(fresh, [](P p) { return std::to_string(storage::ms(p->sent_at)); }),
            array_of(fresh, [](P p) { return p->permit.decision().text(); }),
            array_of(conversations, [](auto const& c) { return c.second.organisation.text(); }),
            array_of(conversations, [](auto const& c) { return c.first.text(); }),
            array_of(conversations, [](auto const& c) { return std::to_string(c.second.last_seq); }));
}

void PgMessageRepository::find_members(storage::Tx& tx, Conversations const& locked,
                                       std::span<PendingMessage> group) {
    std::unordered_map<ConversationId, Members> found;
    std::unordered_map<ConversationId, std::int64_t> missing;
    storage::ArrayLiteral organisations;
    storage::ArrayLiteral conversations;
    {
        std::scoped_lock const guard{mutex_};
        for (auto const& [conversation, row] : locked) {
            auto const known = known_.find(conversation);
            if (known != known_.end() && known->second.change == row.change) {
                found.emplace(conversation, known->second.members);
                continue;
            }
            missing.emplace(conversation, row.change);
            organisations.add(row.organisation.text());
            conversations.add(conversation.text());
        }
    }
    if (!missing.empty()) {
        std::unordered_map<ConversationId, std::vector<UserId>> read;
        for (auto const& row : tx.exec(members_of, organisations.text(), conversations.text()))
            read[storage::id_of<ConversationId>(row[0])].push_back(storage::id_of<UserId>(row[1]));
        std::scoped_lock const guard{mutex_};
        if (known_.size() + missing.size() > most_known) known_.clear();
        for (auto const& [conversation, change] : missing) {
            auto members = std::make_shared<std::vector<UserId> const>(std::move(read[conversation]));
            known_.insert_or_assign(conversation, Known{change, members});
            found.emplace(conversation, std::move(members));
        }
    }
    for (PendingMessage& pending : group)
        if (pending.result) pending.members = found[pending.message.conversation];
}

}  // namespace samtal::chat
