#include "samtal/presence/presence.hpp"

#include "presence_codec.hpp"

#include <algorithm>

namespace samtal::presence {

std::string_view name_of(State state) noexcept {
    switch (state) {
        case State::available:
            return "available";
        case State::busy:
            return "busy";
        case State::away:
            return "away";
        case State::offline:
            break;
    }
    return "offline";
}

/// Whoever looks offline, because they are or want to, shows nothing of a call.
Look Presence::Person::seen() const noexcept {
    State const state = there() ? chosen : State::offline;
    if (state == State::offline || call != OnACall::shown) return {state, false};
    return {State::busy, true};
}

template <class Alter>
void Presence::alter(UserId user, Alter change) {
    auto const found = people_.try_emplace(user).first;
    Person& person = found->second;
    Look const before = person.seen();
    Look const own_before = person.seen_by_themselves();
    change(person);
    if (!person.there()) person.chosen = State::available;  // a choice goes with the last device, on a call too
    Look const after = person.seen();
    Look const own_after = person.seen_by_themselves();
    if (!person.known()) people_.erase(found);
    auto const watchers = watched_by_.find(user);
    if (watchers == watched_by_.end()) return;
    auto const frame = [user](Look old, Look now) {
        return old == now ? nullptr : std::make_shared<std::string const>(encode(user, now));
    };
    auto const others = frame(before, after);
    auto const own = frame(own_before, own_after);
    for (net::Socket* const socket : watchers->second)
        if (auto const& news = watchers_.at(socket).eyes == user ? own : others) socket->push(news);
}

void Presence::tell_others(UserId user, Person const& person) {
    if (tell_) tell_({user, person.sockets > 0, person.chosen});
}

void Presence::opened(Principal const& who) {
    std::scoped_lock const lock{mutex_};
    alter(who.user, [this, &who](Person& person) {
        if (++person.sockets == 1) tell_others(who.user, person);
    });
}

void Presence::closed(Principal const& who, net::Socket const* socket) {
    std::scoped_lock const lock{mutex_};
    forget(socket);
    alter(who.user, [this, &who](Person& person) {
        if (person.sockets > 0 && --person.sockets == 0) tell_others(who.user, person);
    });
}

void Presence::choose(UserId user, State state) {
    std::scoped_lock const lock{mutex_};
    alter(user, [this, user, state](Person& person) {
        person.chosen = state;
        if (person.sockets > 0) tell_others(user, person);
    });
}

void Presence::call(UserId user, OnACall on_a_call) {
    std::scoped_lock const lock{mutex_};
    alter(user, [on_a_call](Person& person) { person.call = on_a_call; });
}

void Presence::watch(std::shared_ptr<net::Socket> socket, UserId eyes, std::vector<UserId> const& users) {
    std::scoped_lock const lock{mutex_};
    net::Socket* const key = socket.get();
    forget(key);
    for (UserId const& user : users) {
        watched_by_[user].push_back(key);
        auto const found = people_.find(user);
        if (found == people_.end()) continue;
        Look const look = user == eyes ? found->second.seen_by_themselves() : found->second.seen();
        if (look != Look{}) key->push(std::make_shared<std::string const>(encode(user, look)));
    }
    if (!users.empty()) watchers_.insert_or_assign(key, Watcher{std::move(socket), eyes, users});
}

void Presence::forget(net::Socket const* socket) {
    auto const found = watchers_.find(socket);
    if (found == watchers_.end()) return;
    for (UserId const& user : found->second.watched) {
        auto const watchers = watched_by_.find(user);
        std::erase(watchers->second, socket);
        if (watchers->second.empty()) watched_by_.erase(watchers);
    }
    watchers_.erase(found);
}

void Presence::use(std::function<void(Sighting const&)> tell) {
    std::scoped_lock const lock{mutex_};
    tell_ = std::move(tell);
}

void Presence::heard(std::string_view server, Sighting const& sighting) {
    std::scoped_lock const lock{mutex_};
    alter(sighting.user, [server, &sighting](Person& person) {
        if (!sighting.connected) {
            if (auto const found = person.servers.find(server); found != person.servers.end())
                person.servers.erase(found);
            return;
        }
        person.servers.emplace(server);
        person.chosen = sighting.state;
    });
}

void Presence::lost(std::string_view server) {
    std::scoped_lock const lock{mutex_};
    std::vector<UserId> gone;
    for (auto const& [user, person] : people_)
        if (person.servers.contains(server)) gone.push_back(user);
    for (UserId const& user : gone)
        alter(user, [server](Person& person) { person.servers.erase(person.servers.find(server)); });
}

void Presence::report() {
    std::scoped_lock const lock{mutex_};
    for (auto const& [user, person] : people_)
        if (person.sockets > 0) tell_others(user, person);
}

}  // namespace samtal::presence
