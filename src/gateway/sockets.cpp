#include "samtal/gateway/sockets.hpp"

#include <algorithm>

namespace samtal::gateway {

namespace {

constexpr std::size_t most_held = 2'000;  // events of one conversation while a socket catches up

}  // namespace

void Sockets::add(Principal const& who, std::shared_ptr<net::Socket> socket) {
    std::scoped_lock const lock{mutex_};
    by_user_[who.user].push_back({who.session, std::move(socket), {}});
    ++count_;
}

void Sockets::remove(Principal const& who, net::Socket const* socket) {
    std::scoped_lock const lock{mutex_};
    auto const found = by_user_.find(who.user);
    if (found == by_user_.end()) return;
    count_ -= std::erase_if(found->second, [socket](Entry const& e) { return e.socket.get() == socket; });
    if (found->second.empty()) by_user_.erase(found);
}

void Sockets::push(std::span<UserId const> users, net::SharedText const& frame, net::Socket const* except) {
    net::PushTogether const together;
    std::scoped_lock const lock{mutex_};
    for (UserId const& user : users) {
        auto const found = by_user_.find(user);
        if (found == by_user_.end()) continue;
        for (Entry const& entry : found->second)
            if (entry.socket.get() != except) entry.socket->push(frame);
    }
}

void Sockets::push_event(std::span<UserId const> users, ConversationId conversation, std::int64_t seq,
                         net::SharedText const& frame, net::Socket const* except) {
    net::PushTogether const together;
    std::scoped_lock const lock{mutex_};
    for (UserId const& user : users) {
        auto const found = by_user_.find(user);
        if (found == by_user_.end()) continue;
        for (Entry& entry : found->second) {
            if (entry.socket.get() == except) continue;
            auto const waiting = std::ranges::find(entry.held, conversation, &Waiting::conversation);
            if (waiting == entry.held.end())
                entry.socket->push(frame);
            else if (waiting->frames.size() < most_held)
                waiting->frames.emplace_back(seq, frame);
            else
                entry.socket->close(net::CloseCode::too_slow);
        }
    }
}

Sockets::Entry* Sockets::find(UserId user, net::Socket const* socket) {
    auto const found = by_user_.find(user);
    if (found == by_user_.end()) return nullptr;
    auto const entry =
        std::ranges::find_if(found->second, [socket](Entry const& e) { return e.socket.get() == socket; });
    return entry == found->second.end() ? nullptr : &*entry;
}

void Sockets::hold(UserId user, net::Socket const* socket, ConversationId conversation) {
    std::scoped_lock const lock{mutex_};
    Entry* const entry = find(user, socket);
    if (entry == nullptr) return;
    if (std::ranges::find(entry->held, conversation, &Waiting::conversation) == entry->held.end())
        entry->held.push_back({conversation, {}});
}

void Sockets::release(UserId user, net::Socket const* socket, ConversationId conversation,
                      std::optional<std::int64_t> after_seq) {
    std::scoped_lock const lock{mutex_};
    Entry* const entry = find(user, socket);
    if (entry == nullptr) return;
    auto const waiting = std::ranges::find(entry->held, conversation, &Waiting::conversation);
    if (waiting == entry->held.end()) return;
    for (auto const& [seq, frame] : waiting->frames)
        if (after_seq && seq > *after_seq) entry->socket->push(frame);
    entry->held.erase(waiting);
}

template <class Which>
void Sockets::end_where(UserId user, Which which) {
    std::scoped_lock const lock{mutex_};
    auto const found = by_user_.find(user);
    if (found == by_user_.end()) return;
    count_ -= std::erase_if(found->second, [&which](Entry const& entry) {
        if (!which(entry.session)) return false;
        entry.socket->close(net::CloseCode::session_ended);
        return true;
    });
    if (found->second.empty()) by_user_.erase(found);
}

void Sockets::end_session(UserId user, SessionId session) {
    end_where(user, [session](SessionId const& s) { return s == session; });
}

void Sockets::end_user(UserId user) {
    end_where(user, [](SessionId const&) { return true; });
}

void Sockets::end_others(UserId user, SessionId keep) {
    end_where(user, [keep](SessionId const& s) { return s != keep; });
}

bool Sockets::connected(UserId user) const {
    std::scoped_lock const lock{mutex_};
    return by_user_.contains(user);
}

std::size_t Sockets::size() const {
    std::scoped_lock const lock{mutex_};
    return count_;
}

}  // namespace samtal::gateway
