#include "catch_up.hpp"

#include "events.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>

namespace samtal::chat {

namespace {

constexpr std::size_t most_events = 1'000;  // in one answer
constexpr std::size_t page_size = 200;
constexpr std::size_t paced_bytes = 128 * 1024;  // well below what may wait for one client

constexpr Error client_has_gone{Errc::exhausted, "the client has gone"};

}  // namespace

Task<Result<SyncDone>> CatchUp::run(ChatPermit const& permit, Sync const& ask) {
    for (Position const& position : ask.positions)
        sockets_.hold(permit.actor(), ask.to.get(), position.conversation);
    std::vector<End> ends;
    auto done = co_await walk_all(permit, ask, ends);
    if (!done) {  // the client asks again, from where it was
        for (Position const& position : ask.positions)
            sockets_.suspend(permit.actor(), ask.to.get(), position.conversation);
        co_return done.error();
    }
    for (End& end : ends) {
        // More came meanwhile than may wait: the next answer brings it.
        if (!end.reached || !sockets_.dropped(permit.actor(), ask.to.get(), end.conversation)) continue;
        end.reached.reset();
        done->more = true;
    }
    // Posted, so that what waited comes behind `sync.done`: the reader's coroutine has pushed that when it next
    // comes back to its loop.
    boost::asio::post(ask.to->executor(),
                      [&sockets = sockets_, ends = std::move(ends), me = permit.actor(), to = ask.to] {
                          for (End const& end : ends) {
                              if (end.reached)
                                  sockets.release(me, to.get(), end.conversation, *end.reached);
                              else
                                  sockets.suspend(me, to.get(), end.conversation);
                          }
                      });
    co_return done;
}

Task<Result<SyncDone>> CatchUp::walk_all(ChatPermit const& permit, Sync const& ask, std::vector<End>& ends) {
    SyncDone done;
    std::size_t room = most_events;
    auto const heads = co_await history_.heads(permit, ask.positions);
    if (!heads) co_return heads.error();
    for (Caught const& head : *heads) {
        auto const from = std::ranges::find(ask.positions, head.position.conversation, &Position::conversation);
        Walk one{ask, head, *from, 0, room};
        auto const walked = co_await walk(permit, one);
        if (!walked && walked.error().code == Errc::not_found) continue;  // left it meanwhile
        if (!walked) co_return walked.error();
        ends.push_back({one.at.conversation, std::nullopt});
        sockets_.keep(permit.actor(), ask.to.get(), one.at.conversation);
        if (one.complete()) ends.back().reached = {one.at.seq, one.at.change};
        done.more = done.more || !one.complete();
        done.positions.push_back({one.at, head.first_seq, head.info_change});
    }
    // Of the others everything that happens meanwhile is news: the person may just have come.
    for (Position const& position : ask.positions)
        if (std::ranges::find(ends, position.conversation, &End::conversation) == ends.end())
            ends.push_back({position.conversation, gateway::Place{}});
    co_return done;
}

Task<Result<void>> CatchUp::walk(ChatPermit const& permit, Walk& one) {
    // What expired vanished from the front; a position from the future (another database) is no reason to fail.
    one.known = std::min(one.at.seq, one.head.position.seq);
    one.at.seq = std::min(std::max(one.at.seq, one.head.first_seq - 1), one.head.position.seq);
    one.at.change = std::min(one.at.change, one.head.position.change);
    auto const changed = co_await changes(permit, one);
    if (!changed) co_return changed.error();
    co_return co_await messages(permit, one);
}

Task<Result<void>> CatchUp::changes(ChatPermit const& permit, Walk& one) {
    while (one.at.change < one.head.position.change && one.room > 0) {
        if (!co_await one.ask.to->drained()) co_return client_has_gone;
        std::size_t const limit = std::min(one.room, page_size);
        auto const page = co_await history_.changed(permit, one.at.conversation,
                                                    {one.at.change, one.head.position.change, one.known, limit});
        if (!page) co_return page.error();
        for (Message const& message : *page) {
            // Between the others, where its number belongs.
            if (message.change > one.head.info_change)
                if (auto const told = co_await describe(permit, one); !told) co_return told.error();
            if (one.room == 0) co_return Result<void>{};
            auto const told = co_await push(one, encode_changed(permit, one.at.conversation, message));
            if (!told) co_return told.error();
            one.at.change = message.change;
        }
        if (page->size() == limit) continue;
        // So there is room for one more.
        if (auto const told = co_await describe(permit, one); !told) co_return told.error();
        one.at.change = one.head.position.change;
    }
    co_return Result<void>{};
}

Task<Result<void>> CatchUp::describe(ChatPermit const& permit, Walk& one) {
    if (one.at.change >= one.head.info_change || one.room == 0) co_return Result<void>{};
    auto const found = co_await conversations_.find(permit, one.at.conversation);
    if (!found) co_return found.error();
    one.at.change = one.head.info_change;
    co_return co_await push(one, encode_described(permit, *found, one.head.info_change));
}

Task<Result<void>> CatchUp::messages(ChatPermit const& permit, Walk& one) {
    while (one.at.change == one.head.position.change && one.at.seq < one.head.position.seq && one.room > 0) {
        if (!co_await one.ask.to->drained()) co_return client_has_gone;
        auto const page =
            co_await history_.after(permit, one.at.conversation, one.at.seq, std::min(one.room, page_size));
        if (!page) co_return page.error();
        if (page->empty()) one.at.seq = one.head.position.seq;  // the rest is hidden or gone
        for (Message const& message : *page) {
            auto const told = co_await push(one, encode_event(permit, one.at.conversation, message));
            if (!told) co_return told.error();
            one.at.seq = message.seq;
        }
    }
    co_return Result<void>{};
}

Task<Result<void>> CatchUp::push(Walk& one, std::string frame) {
    --one.room;
    unpaced_ += frame.size();
    one.ask.to->push(std::make_shared<std::string const>(std::move(frame)));
    if (unpaced_ < paced_bytes) co_return Result<void>{};
    unpaced_ = 0;
    if (!co_await one.ask.to->drained()) co_return client_has_gone;
    co_return Result<void>{};
}

}  // namespace samtal::chat
