#include "samtal/gateway/sockets.hpp"

#include <algorithm>

namespace samtal::gateway {

namespace {

// Bytes of events while a socket catches up: they must fit into its queue beside what is under way.
constexpr std::size_t most_held = 256 * 1024;
constexpr std::size_t held_overhead = 64;  // of each, beside its text
constexpr std::size_t most_caught = 1'000;
constexpr std::chrono::seconds latest_told{10};  // after its commit

}  // namespace

std::size_t Sockets::Waiting::bytes() const {
    std::size_t all = 0;
    for (auto const& [place, frame] : frames) all += frame->size() + held_overhead;
    return all;
}

void Sockets::Entry::keep(Waiting& waiting, Place place, net::SharedText const& frame) {
    held_bytes += frame->size() + held_overhead;
    waiting.frames.emplace_back(place, frame);
    if (held_bytes > most_held) suspend(waiting);
}

void Sockets::Entry::suspend(Waiting& waiting) {
    held_bytes -= waiting.bytes();
    waiting.frames = {};
    waiting.suspended = true;
}

bool Sockets::Entry::had(ConversationId const& conversation, Place place) {
    if (caught.empty()) return false;
    if (caught.back().at + latest_told < std::chrono::steady_clock::now()) {
        caught = {};
        return false;
    }
    auto const found = std::find_if(caught.rbegin(), caught.rend(),
                                    [&](Caught const& c) { return c.conversation == conversation; });
    return found != caught.rend() && !place.beyond(found->reached);
}

void Sockets::Entry::note(ConversationId const& conversation, Place reached) {
    auto const now = std::chrono::steady_clock::now();
    if (caught.size() == most_caught)
        std::erase_if(caught, [now](Caught const& c) { return c.at + latest_told < now; });
    if (caught.size() == most_caught) caught.erase(caught.begin());
    caught.push_back({conversation, reached, now});
}

void Sockets::add(Principal const& who, std::shared_ptr<net::Socket> socket) {
    if (observer_ != nullptr) observer_->opened(who);
    std::scoped_lock const lock{mutex_};
    by_user_[who.user].push_back({who.session, std::move(socket), {}, {}, {}});
    ++count_;
}

void Sockets::remove(Principal const& who, net::Socket const* socket) {
    if (observer_ != nullptr) observer_->closed(who, socket);
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

void Sockets::push_event(OrganisationId, std::span<UserId const> users, ConversationId conversation, Place place,
                         net::SharedText const& frame, net::Socket const* except) {
    net::PushTogether const together;
    std::scoped_lock const lock{mutex_};
    for (UserId const& user : users) {
        auto const found = by_user_.find(user);
        if (found == by_user_.end()) continue;
        for (Entry& entry : found->second) {
            if (entry.socket.get() == except) continue;
            auto const waiting = std::ranges::find(entry.held, conversation, &Waiting::conversation);
            if (waiting == entry.held.end()) {
                if (!entry.had(conversation, place)) entry.socket->push(frame);
                continue;
            }
            if (!waiting->suspended) entry.keep(*waiting, place, frame);
        }
    }
}

Sockets::Entry* Sockets::find(UserId user, net::Socket const* socket) {
    return const_cast<Entry*>(std::as_const(*this).find(user, socket));
}

Sockets::Entry const* Sockets::find(UserId user, net::Socket const* socket) const {
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
    auto const waiting = std::ranges::find(entry->held, conversation, &Waiting::conversation);
    if (waiting == entry->held.end())
        entry->held.push_back({conversation, {}});
    else
        waiting->suspended = false;
}

bool Sockets::dropped(UserId user, net::Socket const* socket, ConversationId conversation) const {
    std::scoped_lock const lock{mutex_};
    Entry const* const entry = find(user, socket);
    if (entry == nullptr) return false;
    auto const waiting = std::ranges::find(entry->held, conversation, &Waiting::conversation);
    return waiting != entry->held.end() && waiting->suspended;
}

void Sockets::release(UserId user, net::Socket const* socket, ConversationId conversation, Place reached) {
    std::scoped_lock const lock{mutex_};
    Entry* const entry = find(user, socket);
    if (entry == nullptr) return;
    auto const waiting = std::ranges::find(entry->held, conversation, &Waiting::conversation);
    if (waiting == entry->held.end()) return;
    if (waiting->suspended) return entry->socket->close(net::CloseCode::too_slow);
    for (auto const& [place, frame] : waiting->frames)
        if (place.beyond(reached)) entry->socket->push(frame);
    entry->held_bytes -= waiting->bytes();
    entry->held.erase(waiting);
    entry->note(conversation, reached);
}

void Sockets::keep(UserId user, net::Socket const* socket, ConversationId conversation) {
    std::scoped_lock const lock{mutex_};
    Entry* const entry = find(user, socket);
    if (entry == nullptr) return;
    auto const place = std::ranges::lower_bound(entry->has, conversation);
    if (place == entry->has.end() || *place != conversation) entry->has.insert(place, conversation);
}

std::vector<UserId> Sockets::who_have(ConversationId conversation) const {
    std::scoped_lock const lock{mutex_};
    std::vector<UserId> users;
    for (auto const& [user, entries] : by_user_)
        if (std::ranges::any_of(
                entries, [&](Entry const& entry) { return std::ranges::binary_search(entry.has, conversation); }))
            users.push_back(user);
    return users;
}

void Sockets::forget(std::span<UserId const> users, ConversationId conversation) {
    std::scoped_lock const lock{mutex_};
    for (UserId const& user : users)
        if (auto const found = by_user_.find(user); found != by_user_.end())
            for (Entry& entry : found->second) std::erase(entry.has, conversation);
}

void Sockets::suspend(UserId user, net::Socket const* socket, ConversationId conversation) {
    std::scoped_lock const lock{mutex_};
    Entry* const entry = find(user, socket);
    if (entry == nullptr) return;
    auto const waiting = std::ranges::find(entry->held, conversation, &Waiting::conversation);
    if (waiting == entry->held.end()) return;
    entry->suspend(*waiting);
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

void Sockets::close_all(net::CloseCode code) {
    std::scoped_lock const lock{mutex_};
    for (auto const& [user, entries] : by_user_)
        for (Entry const& entry : entries) entry.socket->close(code);
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
