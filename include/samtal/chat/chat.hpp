#pragma once

#include "samtal/core/personal.hpp"
#include "samtal/core/time.hpp"
#include "samtal/net/socket.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace samtal::chat {

using Text = Personal<std::string, field::MessagesText>;
using Title = Personal<std::string, field::ConversationsTitle>;
using ChatPermit = Permit<purpose::ChatMessaging>;

struct SendMessage {
    ConversationId conversation;
    ClientMessageId client_message_id;  // sending the same one twice stores one message
    Text text;
    std::shared_ptr<net::Socket> from;  // gets the answer instead of the event; null over HTTP

    [[nodiscard]] Scope scope() const { return conversation; }
};

struct StoredMessage {
    MessageId id;
    std::int64_t seq;  // position in its conversation, from 1, without gaps
    Timestamp sent_at;
    bool repeated = false;  // the client sent it before
};

/// A message as its readers see it; a stub when `removed` says why the text is gone.
struct Message {
    MessageId id;
    std::int64_t seq;
    std::optional<UserId> sender;
    Timestamp sent_at;
    std::optional<Text> text;
    std::string removed;
    std::optional<Timestamp> edited_at = std::nullopt;  // when the text became what it is, if not when it was sent
    std::int64_t change = 0;  // number of its latest change, 0 while it is as it was sent
};

/// By the sender alone. `conflict`: "message-removed"; "legal-hold", while a legal claim keeps what they wrote. To
/// give a message the text that it has is no change.
struct EditMessage {
    ConversationId conversation;
    MessageId message;
    Text text;
    std::shared_ptr<net::Socket> from;  // gets the answer instead of the event; null over HTTP
};
/// For everybody; a stub stays. By the sender alone. `conflict`: "legal-hold". To delete twice is no change.
struct DeleteMessage {
    ConversationId conversation;
    MessageId message;
    std::shared_ptr<net::Socket> from;
};
/// By an owner. They see what is said from now on. `conflict`: one-to-one conversations stay as they are;
/// `invalid`: the conversation would have too many members.
struct AddMembers {
    ConversationId conversation;
    std::vector<UserId> users;
};
/// By an owner, or oneself: leaving. When no owner is left, the one who has been a member longest becomes one.
struct RemoveMember {
    ConversationId conversation;
    UserId user;
};
/// By an owner. Nothing takes the title away. `conflict`: a one-to-one conversation has none.
struct Retitle {
    ConversationId conversation;
    std::optional<Title> title;
};
/// What is counted by a conversation's `change`.
using Change = std::variant<EditMessage, DeleteMessage, AddMembers, RemoveMember, Retitle>;
[[nodiscard]] inline ConversationId conversation_of(Change const& change) {
    return std::visit([](auto const& one) { return one.conversation; }, change);
}

/// What came of a change.
struct Changed {
    std::int64_t change;             // its number; that of an earlier one where there was nothing to do
    std::optional<Message> message;  // as it is now, of an edit or a delete
};

struct History {
    ConversationId conversation;
    std::optional<std::int64_t> before_seq;
    std::size_t limit;
    [[nodiscard]] Scope scope() const { return conversation; }
};

struct NewConversation {
    std::vector<UserId> others;  // without the creator
    std::optional<Title> title;
};
struct Created {
    ConversationId id;
    bool existed;
    std::vector<UserId> came = {};     // who is a member since now
    std::vector<UserId> members = {};  // all of them
    std::int64_t change = 0;           // by which they came; 0 at the beginning
};

struct Member {
    UserId user;
    std::string role;  // owner, member
};
struct Conversation {
    ConversationId id;
    std::optional<Title> title;
    std::vector<Member> members;
    std::int64_t first_seq;  // of what the actor may see
    std::int64_t last_seq;
    std::int64_t last_change;
    std::int64_t info_change;  // the latest change of title or members
    std::int64_t read_seq;     // up to where the actor has read
    std::int64_t unread;       // others' messages beyond it, among the newest 100
    std::optional<Message> last_message;
    Timestamp created_at;
};
struct ConversationPage {
    std::vector<Conversation> items;
    bool more = false;
};

/// Where a client was when it lost touch.
struct Position {
    ConversationId conversation;
    std::int64_t seq;
    std::int64_t change;
};
struct Caught {
    Position position;
    std::int64_t first_seq;
    std::int64_t info_change = 0;
};
struct Sync {
    std::vector<Position> positions;
    std::shared_ptr<net::Socket> to;
};
struct SyncDone {
    std::vector<Caught> positions;
    bool more = false;
};

/// `typing` and `conversation.read`. How far somebody has read is kept, for themselves.
struct Signal {
    ConversationId conversation;
    std::optional<std::int64_t> read_seq;  // how far they read; nothing: they are typing
    std::shared_ptr<net::Socket> from;
    [[nodiscard]] Scope scope() const { return conversation; }
};

/// The door of the chat room. Permits are borrowed where the caller opens what comes back. Every call answers
/// `not_found` alike for a conversation that does not exist and for one that the actor is not a member of.
class Chat {
public:
    virtual ~Chat() = default;

    /// Answers once the message is committed; by then it is on its way to all members' other sockets. `invalid`:
    /// empty or too long; `conflict`: the client's id was used for another text; `exhausted`: too many are
    /// waiting.
    virtual Task<Result<StoredMessage>> send(ChatPermit, SendMessage) = 0;
    /// Newest first.
    virtual Task<Result<std::vector<Message>>> history(ChatPermit const&, History const&) = 0;
    /// Pushes what is missing in order, paced by the socket's queue; live events of these conversations come
    /// after.
    virtual Task<Result<SyncDone>> sync(ChatPermit const&, Sync const&) = 0;

    /// One other member and no title: the conversation of these two, which may exist. `not_found`: no colleague.
    virtual Task<Result<Created>> create(ChatPermit const&, NewConversation const&) = 0;
    virtual Task<Result<ConversationPage>> list(ChatPermit const&, std::optional<ConversationId> before,
                                                std::size_t limit) = 0;
    virtual Task<Result<Conversation>> find(ChatPermit const&, ConversationId) = 0;
    /// Changes of one conversation are made and told in the order of their numbers. `denied`: only an owner may.
    virtual Task<Result<Changed>> change(ChatPermit const&, Change) = 0;
    /// Tells the other members something that is not stored for them; in conversations of more than 100 members
    /// only the actor's own devices. `invalid` when it speaks of a place (`seq`) that the conversation has not
    /// reached.
    virtual Task<Result<void>> signal(ChatPermit, Signal) = 0;
};

}  // namespace samtal::chat
