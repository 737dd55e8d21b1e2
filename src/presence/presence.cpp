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

template <class Alter>
void Presence::alter(UserId user, Alter change) {
    auto const found = people_.try_emplace(user).first;
    State const before = found->second.seen();
    change(found->second);
    State const after = found->second.seen();
    if (!found->second.there()) people_.erase(found);
    if (before == after) return;
    auto const watchers = watched_by_.find(user);
    if (watchers == watched_by_.end()) return;
    auto const frame = std::make_shared<std::string const>(encode(user, after));
    for (net::Socket* const socket : watchers->second) socket->push(frame);
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

void Presence::watch(std::shared_ptr<net::Socket> socket, std::vector<UserId> const& users) {
    std::scoped_lock const lock{mutex_};
    net::Socket* const key = socket.get();
    forget(key);
    for (UserId const& user : users) {
        watched_by_[user].push_back(key);
        auto const found = people_.find(user);
        if (found == people_.end() || found->second.seen() == State::offline) continue;
        key->push(std::make_shared<std::string const>(encode(user, found->second.seen())));
    }
    if (!users.empty()) watchers_.insert_or_assign(key, Watcher{std::move(socket), users});
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
