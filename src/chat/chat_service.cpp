#include "chat_service.hpp"

#include "events.hpp"
#include "samtal/core/uuid_v7.hpp"

#include <algorithm>
#include <chrono>

namespace samtal::chat {

namespace {

constexpr std::size_t most_synced = 1'000;  // events in one answer
constexpr std::size_t sync_page = 200;
constexpr std::size_t most_signalled = 100;  // members

}  // namespace

ChatService::ChatService(Tools tools, Limits limits)
    : tools_{tools},
      limits_{limits},
      history_{tools.db, tools.cipher},
      conversations_{tools.db, tools.cipher},
      writer_{tools, limits, [this](PendingMessage const& stored) { tell(stored); }} {}

Task<Result<StoredMessage>> ChatService::send(ChatPermit permit, SendMessage message) {
    std::size_t const size = message.text.open(permit).size();
    if (size == 0) co_return Error{Errc::invalid, "must not be empty", "text"};
    if (size > limits_.text_bytes) co_return Error{Errc::invalid, "is too long", "text"};
    co_return co_await writer_.write(std::move(permit), std::move(message), system_now());
}

void ChatService::tell(PendingMessage const& stored) {
    auto const frame = std::make_shared<std::string const>(encode_new(stored));
    tools_.fanout.push_event(stored.permit.organisation(), *stored.members, stored.message.conversation,
                             stored.result->seq, frame, stored.message.from.get());
    tools_.recorder.record(stored.permit, stored.permit.actor(), statistics::Metric::message_sent);
}

Task<Result<std::vector<Message>>> ChatService::history(ChatPermit const& permit, History const& ask) {
    co_return co_await history_.before(permit, ask);
}

Task<Result<SyncDone>> ChatService::sync(ChatPermit const& permit, Sync const& ask) {
    UserId const me = permit.actor();
    net::Socket const* const to = ask.to.get();
    // Live events wait from before the first look until after the last push, so none can overtake and none is
    // lost.
    for (Position const& position : ask.positions) tools_.sockets.hold(me, to, position.conversation);
    SyncDone done;
    std::size_t room = most_synced;
    auto heads = co_await history_.heads(permit, ask.positions);
    if (heads) {
        for (Caught const& head : *heads) {
            auto const from =
                std::ranges::find(ask.positions, head.position.conversation, &Position::conversation);
            auto caught = co_await catch_up(permit, ask, head, from->seq, room);
            if (!caught) continue;  // left it meanwhile
            bool const complete = caught->position.seq >= head.position.seq;
            tools_.sockets.release(me, to, head.position.conversation,
                                   complete ? std::optional{caught->position.seq} : std::nullopt);
            done.more = done.more || !complete;
            done.positions.push_back(*std::move(caught));
        }
    }
    for (Position const& position : ask.positions)
        tools_.sockets.release(me, to, position.conversation, std::nullopt);
    if (!heads) co_return heads.error();
    co_return done;
}

Task<Result<Caught>> ChatService::catch_up(ChatPermit const& permit, Sync const& ask, Caught head,
                                           std::int64_t from, std::size_t& room) {
    Caught at = head;
    // What expired vanished from the front; a position from the future (another database) is no reason to fail.
    at.position.seq = std::min(std::max(from, head.first_seq - 1), head.position.seq);
    while (at.position.seq < head.position.seq && room > 0) {
        auto const page =
            co_await history_.after(permit, at.position.conversation, at.position.seq, std::min(room, sync_page));
        if (!page) co_return page.error();
        if (page->empty()) {
            at.position.seq = head.position.seq;  // the rest is hidden or gone
            break;
        }
        for (Message const& message : *page)
            ask.to->push(
                std::make_shared<std::string const>(encode_event(permit, at.position.conversation, message)));
        room -= page->size();
        at.position.seq = page->back().seq;
        if (!co_await ask.to->drained()) co_return Error{Errc::not_found, "the client has gone"};
    }
    co_return at;
}

Task<Result<Created>> ChatService::create(ChatPermit const& permit, NewConversation const& wanted) {
    NewConversation unique{wanted.others, std::nullopt};
    std::ranges::sort(unique.others);
    auto const repeats = std::ranges::unique(unique.others);
    unique.others.erase(repeats.begin(), repeats.end());
    std::erase(unique.others, permit.actor());
    if (unique.others.empty()) co_return Error{Errc::invalid, "must name at least one other person", "member_ids"};
    if (unique.others.size() >= limits_.members) co_return Error{Errc::invalid, "are too many", "member_ids"};
    ConversationId const fresh{uuid_v7(std::chrono::system_clock::now())};
    if (unique.others.size() == 1 && !wanted.title)
        co_return co_await conversations_.direct(permit, unique.others.front(), fresh);
    if (wanted.title) unique.title.emplace(wanted.title->open(permit));
    co_return co_await conversations_.group(permit, unique, fresh);
}

Task<Result<ConversationPage>> ChatService::list(ChatPermit const& permit, std::optional<ConversationId> before,
                                                 std::size_t limit) {
    co_return co_await conversations_.page(permit, before, limit);
}

Task<Result<Conversation>> ChatService::find(ChatPermit const& permit, ConversationId conversation) {
    co_return co_await conversations_.find(permit, conversation);
}

Task<Result<void>> ChatService::add(ChatPermit const& permit, ConversationId conversation,
                                    std::vector<UserId> const& users) {
    co_return co_await conversations_.add(permit, conversation, users);
}

Task<Result<void>> ChatService::remove(ChatPermit const& permit, ConversationId conversation, UserId user) {
    co_return co_await conversations_.remove(permit, conversation, user);
}

Task<Result<void>> ChatService::signal(ChatPermit const& permit, Signal const& signal) {
    auto const members = co_await conversations_.members(permit, signal.conversation, most_signalled + 1);
    if (!members) co_return members.error();
    if (signal.seq > 0) {
        auto const heads = co_await history_.heads(permit, {{signal.conversation, 0, 0}});
        if (!heads) co_return heads.error();
        if (heads->empty() || signal.seq > heads->front().position.seq)
            co_return Error{Errc::invalid, "is beyond the last message", "seq"};
    }
    if (members->size() > most_signalled) co_return Result<void>{};
    tools_.fanout.push(*members, std::make_shared<std::string const>(signal.frame), signal.from.get());
    co_return Result<void>{};
}

std::unique_ptr<Chat> make_chat(Tools tools, Limits limits) {
    return std::make_unique<ChatService>(tools, limits);
}

}  // namespace samtal::chat
