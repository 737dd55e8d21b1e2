#include "pg_message_repository.hpp"

#include "append_columns.hpp"
#include "append_statements.hpp"
#include "samtal/storage/values.hpp"
#include "until_known.hpp"

#include <boost/container_hash/hash.hpp>

#include <algorithm>
#include <tuple>
#include <unordered_set>

namespace samtal::chat {

namespace {

constexpr Error no_such_conversation{Errc::not_found, "no such thing"};  // also the answer for strangers
constexpr Error locked_now{Errc::exhausted, "this conversation is locked"};
constexpr std::size_t most_known = 50'000;

storage::Cell cell_of(MessageId id) {
    return {field::MessagesText::column, id.value()};
}

constexpr Error reused{Errc::conflict, "this client_message_id was used for another text", "client_message_id",
                       "message-id-reused"};

std::string text_of(PendingMessage const& p) {
    return p.message.text.open(p.permit);
}

/// Two messages of a group that are the same one: a client sent it again before the first was answered.
struct SameMessage {
    std::size_t operator()(PendingMessage const* p) const {
        std::size_t seed = std::hash<ClientMessageId>{}(p->message.client_message_id);
        boost::hash_combine(seed, std::hash<UserId>{}(p->permit.actor()));
        return seed;
    }
    bool operator()(PendingMessage const* a, PendingMessage const* b) const {
        auto const identity = [](PendingMessage const& p) {
            return std::tie(p.message.client_message_id, p.permit.actor(), p.message.conversation);
        };
        return identity(*a) == identity(*b);
    }
};
using Messages = std::unordered_set<PendingMessage*, SameMessage, SameMessage>;

/// Within a conversation as they stand in the group.
bool by_conversation(PendingMessage const* a, PendingMessage const* b) {
    return std::tie(a->permit.organisation(), a->message.conversation, a) <
           std::tie(b->permit.organisation(), b->message.conversation, b);
}

}  // namespace

Task<void> PgMessageRepository::append(std::span<PendingMessage> group) {
    bool in_doubt = false;
    co_await until_known(OnLock::wait, [this, group, &in_doubt] { return append_free(group, in_doubt); });
}

/// A group that met a lock does not say whose it was. So all are looked at before the next attempt; but none is
/// set aside that may be stored already, and would be told behind what came later.
Task<void> PgMessageRepository::append_free(std::span<PendingMessage> group, bool& in_doubt) {
    if (!in_doubt) co_await set_aside_locked(group);
    try {
        co_await append_once(group);
    } catch (storage::InDoubt const&) {
        in_doubt = true;
        throw;
    } catch (storage::Locked const&) {
        for (PendingMessage const& pending : group) locked_.suspect(pending.message.conversation);
        throw;
    }
}

Task<void> PgMessageRepository::set_aside_locked(std::span<PendingMessage> group) {
    for (PendingMessage& pending : group) pending.locked = false;
    if (!locked_.any()) co_return;
    storage::ArrayLiteral organisations;
    storage::ArrayLiteral conversations;
    std::unordered_set<ConversationId> suspects;
    for (PendingMessage& pending : group) {
        ConversationId const conversation = pending.message.conversation;
        pending.locked = locked_.suspects(conversation);
        if (!pending.locked || !suspects.insert(conversation).second) continue;
        organisations.add(pending.permit.organisation().text());
        conversations.add(conversation.text());
    }
    if (suspects.empty()) co_return;
    std::unordered_set<ConversationId> locked;
    auto const looked = co_await db_.alone(group.front().permit, [&](storage::Tx& tx) -> Result<void> {
        locked.clear();
        for (auto const& row : tx.exec(locked_of, organisations.text(), conversations.text()))
            locked.insert(storage::id_of<ConversationId>(row[0]));
        return {};
    });
    if (!looked) co_return;  // too busy to look: they stay under suspicion
    for (ConversationId const& conversation : suspects)
        if (!locked.contains(conversation)) locked_.clear(conversation);
    for (PendingMessage& pending : group)
        pending.locked = pending.locked && locked.contains(pending.message.conversation);
}

/// A group that fails because of its content is halved until the bad message stands alone.
Task<void> PgMessageRepository::append_once(std::span<PendingMessage> group) {
    if (group.empty()) co_return;
    bool refused = false;
    try {
        auto const together = [this, group](storage::Tx& tx) { return store_together(tx, group); };
        auto const stored = co_await db_.alone(group.front().permit, together);
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
    co_await append_once(group.first(half));
    co_await append_once(group.subspan(half));
}

Result<void> PgMessageRepository::store_together(storage::Tx& tx, std::span<PendingMessage> group) {
    std::vector<PendingMessage*> firsts;
    std::vector<std::pair<PendingMessage*, PendingMessage const*>> repeats;  // of a message in the same group
    Messages seen;
    seen.reserve(group.size());
    firsts.reserve(group.size());
    for (PendingMessage& p : group) {
        p.result = no_such_conversation;  // whatever an attempt that was rolled back said
        p.members.reset();
        if (p.locked) {
            p.result = locked_now;
            continue;
        }
        if (!p.permit.covers(p.message.conversation))
            return Error{Errc::denied, "the permit is for something else"};
        auto const [first, is_first] = seen.insert(&p);
        if (is_first)
            firsts.push_back(&p);
        else
            repeats.emplace_back(&p, *first);
    }
    std::ranges::sort(firsts, by_conversation);
    auto const places = store(tx, firsts);
    for (auto const& [again, first] : repeats) {
        again->result = first->result;
        if (!again->result) continue;
        again->result->repeated = true;
        if (text_of(*first) != text_of(*again)) again->result = reused;
    }
    find_members(tx, places, group);
    return {};
}

PgMessageRepository::Places PgMessageRepository::store(storage::Tx& tx,
                                                       std::vector<PendingMessage*> const& firsts) {
    std::vector<PendingMessage*> sealed;  // a sender without a key was erased, and is nobody's member
    sealed.reserve(firsts.size());
    AppendColumns columns;
    for (PendingMessage* p : firsts) {
        auto const text = cipher_.seal(p->permit.actor(), cell_of(p->id), p->message.text.open(p->permit));
        if (!text) continue;
        columns.add(*p, *text);
        sealed.push_back(p);
    }
    Places places;
    if (sealed.empty()) return places;
    auto const rows =
        std::apply([&tx](auto const&... each) { return tx.exec(append_messages, each...); }, columns.parameters());
    for (auto const& row : rows) {
        PendingMessage& pending = *sealed[row[0].as<std::size_t>() - 1];
        pending.result = outcome(pending, row);
        places.insert_or_assign(pending.message.conversation,
                                Place{pending.permit.organisation(), row[2].as<std::int64_t>()});
    }
    return places;
}

Result<StoredMessage> PgMessageRepository::outcome(PendingMessage const& pending, pqxx::row const& row) {
    auto const seq = row[1].as<std::int64_t>();
    if (row[3].is_null()) return StoredMessage{pending.id, seq, pending.sent_at, false};
    auto const id = storage::id_of<MessageId>(row[3]);
    // Ours: an attempt before this one was committed, and only its answer was lost.
    if (id == pending.id) return StoredMessage{pending.id, seq, pending.sent_at, false};
    if (!row[5].is_null()) {  // else it was removed or edited since
        auto const text = cipher_.open(pending.permit.actor(), cell_of(id), storage::bytes_of(row[5]));
        if (!text || *text != text_of(pending)) return reused;
    }
    return StoredMessage{id, seq, storage::time_of(row[4]), true};
}

void PgMessageRepository::find_members(storage::Tx& tx, Places const& places, std::span<PendingMessage> group) {
    std::unordered_map<ConversationId, Members> found;
    std::unordered_map<ConversationId, std::int64_t> missing;
    storage::ArrayLiteral organisations;
    storage::ArrayLiteral conversations;
    {
        std::scoped_lock const guard{mutex_};
        for (auto const& [conversation, place] : places) {
            auto const known = known_.find(conversation);
            if (known != known_.end() && known->second.change == place.change) {
                found.emplace(conversation, known->second.members);
                continue;
            }
            missing.emplace(conversation, place.change);
            organisations.add(place.organisation.text());
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
