#pragma once

#include "samtal/core/personal.hpp"
#include "samtal/core/time.hpp"
#include "samtal/net/socket.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
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
};

struct Member {
    UserId user;
    std::string role;  // owner, member
};
struct Conversation {
    ConversationId id;
    std::optional<Title> title;
    std::vector<Member> members;
    std::int64_t first_seq, last_seq, last_change;
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
};
struct Sync {
    std::vector<Position> positions;
    std::shared_ptr<net::Socket> to;
};
struct SyncDone {
    std::vector<Caught> positions;
    bool more = false;
};

/// `typing` and `conversation.read`: passed on, not kept.
struct Signal {
    ConversationId conversation;
    std::int64_t seq;  // how far they read; 0 where it does not matter
    std::string frame;
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
    /// By an owner. `conflict`: one-to-one conversations stay as they are.
    virtual Task<Result<void>> add(ChatPermit const&, ConversationId, std::vector<UserId> const&) = 0;
    /// By an owner, or oneself: leaving.
    virtual Task<Result<void>> remove(ChatPermit const&, ConversationId, UserId) = 0;
    /// Tells the other members something that is not stored. Silent in conversations of more than 100 members.
    /// `invalid` when it speaks of a place (`seq`) that the conversation has not reached.
    virtual Task<Result<void>> signal(ChatPermit const&, Signal const&) = 0;
};

}  // namespace samtal::chat
