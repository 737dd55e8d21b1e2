#include "catch_up.hpp"

#include "events.hpp"

#include <algorithm>

namespace samtal::chat {

namespace {

constexpr std::size_t most_events = 1'000;  // in one answer
constexpr std::size_t page_size = 200;

void push(Sync const& ask, std::string frame) {
    ask.to->push(std::make_shared<std::string const>(std::move(frame)));
}

}  // namespace

Task<Result<SyncDone>> CatchUp::run(ChatPermit const& permit, Sync const& ask) {
    UserId const me = permit.actor();
    net::Socket const* const to = ask.to.get();
    for (Position const& position : ask.positions) sockets_.hold(me, to, position.conversation);
    SyncDone done;
    std::size_t room = most_events;
    auto heads = co_await history_.heads(permit, ask.positions);
    std::vector<ConversationId> open;  // whose live events still wait
    for (Position const& position : ask.positions) open.push_back(position.conversation);
    if (heads) {
        for (Caught const& head : *heads) {
            auto const from =
                std::ranges::find(ask.positions, head.position.conversation, &Position::conversation);
            Walk one{ask, head, *from, 0, room};
            if (!co_await walk(permit, one)) continue;
            if (one.complete())
                sockets_.release(me, to, one.at.conversation, gateway::Place{one.at.seq, one.at.change});
            else
                sockets_.suspend(me, to, one.at.conversation);
            std::erase(open, one.at.conversation);
            done.more = done.more || !one.complete();
            done.positions.push_back({one.at, head.first_seq, head.info_change});
        }
    }
    for (ConversationId const& conversation : open) sockets_.release(me, to, conversation, std::nullopt);
    if (!heads) co_return heads.error();
    co_return done;
}

Task<bool> CatchUp::walk(ChatPermit const& permit, Walk& one) {
    // What expired vanished from the front; a position from the future (another database) is no reason to fail.
    one.known = std::min(one.at.seq, one.head.position.seq);
    one.at.seq = std::min(std::max(one.at.seq, one.head.first_seq - 1), one.head.position.seq);
    one.at.change = std::min(one.at.change, one.head.position.change);
    co_return co_await changes(permit, one) && co_await messages(permit, one);
}

Task<bool> CatchUp::changes(ChatPermit const& permit, Walk& one) {
    while (one.at.change < one.head.position.change && one.room > 0) {
        std::size_t const limit = std::min(one.room, page_size);
        auto const page = co_await history_.changed(permit, one.at.conversation,
                                                    {one.at.change, one.head.position.change, one.known, limit});
        if (!page) co_return false;
        for (Message const& message : *page) {
            // Between the others, where its number belongs.
            bool const described = one.at.change >= one.head.info_change || message.change < one.head.info_change;
            if (!described && !co_await describe(permit, one)) co_return false;
            if (one.room == 0) co_return true;
            push(one.ask, encode_changed(permit, one.at.conversation, message));
            --one.room;
            one.at.change = message.change;
            if (one.room == 0) break;
        }
        if (page->size() < limit) {  // so there is room for one more
            if (one.at.change < one.head.info_change && !co_await describe(permit, one)) co_return false;
            one.at.change = one.head.position.change;
        }
        if (!co_await one.ask.to->drained()) co_return false;
    }
    co_return true;
}

Task<bool> CatchUp::describe(ChatPermit const& permit, Walk& one) {
    auto const found = co_await conversations_.find(permit, one.at.conversation);
    if (!found) co_return false;
    push(one.ask, encode_described(permit, *found, one.head.info_change));
    one.at.change = one.head.info_change;
    --one.room;
    co_return true;
}

Task<bool> CatchUp::messages(ChatPermit const& permit, Walk& one) {
    while (one.at.change == one.head.position.change && one.at.seq < one.head.position.seq && one.room > 0) {
        auto const page =
            co_await history_.after(permit, one.at.conversation, one.at.seq, std::min(one.room, page_size));
        if (!page) co_return false;
        if (page->empty()) {
            one.at.seq = one.head.position.seq;  // the rest is hidden or gone
            break;
        }
        for (Message const& message : *page) push(one.ask, encode_event(permit, one.at.conversation, message));
        one.room -= page->size();
        one.at.seq = page->back().seq;
        if (!co_await one.ask.to->drained()) co_return false;
    }
    co_return true;
}

}  // namespace samtal::chat
