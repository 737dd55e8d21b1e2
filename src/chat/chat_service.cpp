#include "chat_service.hpp"

#include "catch_up.hpp"
#include "events.hpp"
#include "samtal/core/uuid_v7.hpp"

#include <algorithm>
#include <chrono>

namespace samtal::chat {

namespace {

constexpr std::size_t most_signalled = 100;  // members

}  // namespace

ChatService::ChatService(Tools tools, Limits limits)
    : tools_{tools},
      limits_{limits},
      history_{tools.db, tools.cipher},
      conversations_{tools.db, tools.cipher},
      writer_{tools, limits, [this](PendingMessage const& stored) { tell(stored); }},
      changes_{tools, limits, [this](PendingChange const& pending) { tell_change(pending); }},
      reads_{tools} {}

Task<Result<StoredMessage>> ChatService::send(ChatPermit permit, SendMessage message) {
    if (auto const problem = bad_text(message.text.open(permit))) co_return *problem;
    co_return co_await writer_.write(std::move(permit), std::move(message), system_now());
}

std::optional<Error> ChatService::bad_text(std::string const& text) const {
    if (text.empty()) return Error{Errc::invalid, "must not be empty", "text"};
    if (text.size() > limits_.text_bytes) return Error{Errc::invalid, "is too long", "text"};
    return std::nullopt;
}

void ChatService::tell(PendingMessage const& stored) {
    auto const frame = std::make_shared<std::string const>(encode_new(stored));
    tools_.fanout.push_event(stored.permit.organisation(), *stored.members, stored.message.conversation,
                             {.seq = stored.result->seq}, frame, stored.message.from.get());
    tools_.recorder.record(stored.permit, stored.permit.actor(), statistics::Metric::message_sent);
}

Task<Result<std::vector<Message>>> ChatService::history(ChatPermit const& permit, History const& ask) {
    co_return co_await history_.before(permit, ask);
}

Task<Result<SyncDone>> ChatService::sync(ChatPermit const& permit, Sync const& ask) {
    CatchUp catch_up{tools_, history_, conversations_};
    co_return co_await catch_up.run(permit, ask);
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
        co_return announced(permit.organisation(),
                            co_await conversations_.direct(permit, unique.others.front(), fresh));
    if (wanted.title) unique.title.emplace(wanted.title->open(permit));
    co_return announced(permit.organisation(), co_await conversations_.group(permit, unique, fresh));
}

Result<Created> ChatService::announced(OrganisationId organisation, Result<Created> created) {
    if (!created || created->came.empty()) return created;
    auto const frame =
        std::make_shared<std::string const>(encode_came(created->id, created->came, created->change));
    tools_.fanout.push_event(organisation, created->members, created->id, {.change = created->change}, frame);
    return created;
}

Task<Result<ConversationPage>> ChatService::list(ChatPermit const& permit, std::optional<ConversationId> before,
                                                 std::size_t limit) {
    co_return co_await conversations_.page(permit, before, limit);
}

Task<Result<Conversation>> ChatService::find(ChatPermit const& permit, ConversationId conversation) {
    co_return co_await conversations_.find(permit, conversation);
}

Task<Result<Changed>> ChatService::change(ChatPermit const& permit, Change change) {
    if (auto const* const edit = std::get_if<EditMessage>(&change))
        if (auto const problem = bad_text(edit->text.open(permit))) co_return *problem;
    co_return co_await changes_.write(permit, std::move(change));
}

void ChatService::tell_change(PendingChange const& pending) {
    Applied const& applied = *pending.result;
    net::Socket const* from = nullptr;  // gets an answer instead
    if (auto const* const edit = std::get_if<EditMessage>(&pending.change)) from = edit->from.get();
    if (auto const* const gone = std::get_if<DeleteMessage>(&pending.change)) from = gone->from.get();
    tools_.fanout.push_event(pending.permit->organisation(), applied.audience, conversation_of(pending.change),
                             {.seq = applied.seq, .change = applied.changed.change},
                             std::make_shared<std::string const>(encode_change(pending)), from);
}

Task<Result<void>> ChatService::signal(ChatPermit permit, Signal signal) {
    auto members = co_await conversations_.members(permit, signal.conversation, most_signalled + 1);
    if (!members) co_return members.error();
    if (members->size() > most_signalled) *members = {permit.actor()};
    auto const frame = std::make_shared<std::string const>(encode_signal(signal, permit.actor()));
    if (signal.read_seq) {
        auto const heads = co_await history_.heads(permit, {{signal.conversation, 0, 0}});
        if (!heads) co_return heads.error();
        if (heads->empty() || *signal.read_seq > heads->front().position.seq)
            co_return Error{Errc::invalid, "is beyond the last message", "seq"};
        co_await reads_.keep(std::move(permit), signal.conversation, *signal.read_seq);
    }
    tools_.fanout.push(*members, frame, signal.from.get());
    co_return Result<void>{};
}

std::unique_ptr<Chat> make_chat(Tools tools, Limits limits) {
    return std::make_unique<ChatService>(tools, limits);
}

}  // namespace samtal::chat
