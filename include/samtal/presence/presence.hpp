#pragma once

#include "samtal/core/permit.hpp"
#include "samtal/gateway/router.hpp"
#include "samtal/gateway/sockets.hpp"
#include "samtal/net/socket.hpp"
#include "samtal/storage/database.hpp"

#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace samtal::presence {

/// What colleagues see. Whoever is invisible looks offline.
enum class State : unsigned char { available, busy, away, offline };
[[nodiscard]] std::string_view name_of(State) noexcept;

/// Where a person stands at one server.
struct Sighting {
    UserId user;
    bool connected;
    State state;  // the one they chose last; `available` until they choose
};

/// Who is there, and who wants to know. In memory alone: nothing of it is ever stored. A person has one state,
/// whatever the number of their devices; the latest choice holds until their last socket is gone. Any thread.
class Presence final : public gateway::SocketObserver {
public:
    static constexpr std::size_t most_watched = 1'000;  // by one socket

    void opened(Principal const&) override;
    void closed(Principal const&, net::Socket const*) override;

    void choose(UserId, State);
    /// From now on this socket hears of these people, and of nobody else: at once of those who are not offline.
    void watch(std::shared_ptr<net::Socket>, std::vector<UserId> const&);

    /// For several servers. `tell` gets what changes here and must not call back; the others' words come in by
    /// heard(). A server that came anew is told everything by report(); what a lost one said is forgotten.
    void use(std::function<void(Sighting const&)> tell);
    void heard(std::string_view server, Sighting const&);
    void lost(std::string_view server);
    void report();

private:
    struct Person {
        State chosen = State::available;
        std::size_t sockets = 0;                     // here
        std::set<std::string, std::less<>> servers;  // others that they are connected to
        [[nodiscard]] bool there() const noexcept { return sockets > 0 || !servers.empty(); }
        [[nodiscard]] State seen() const noexcept { return there() ? chosen : State::offline; }
    };
    struct Watcher {
        std::shared_ptr<net::Socket> socket;
        std::vector<UserId> watched;
    };
    /// Tells the watchers when somebody looks different after `change`.
    template <class Alter>
    void alter(UserId, Alter change);
    void forget(net::Socket const*);
    void tell_others(UserId, Person const&);

    std::mutex mutex_;
    std::unordered_map<UserId, Person> people_;  // who is connected somewhere
    std::unordered_map<net::Socket const*, Watcher> watchers_;
    std::unordered_map<UserId, std::vector<net::Socket*>> watched_by_;
    std::function<void(Sighting const&)> tell_;
};

/// Only colleagues can be watched; other ids are passed over without a word.
void add_routes(gateway::Router&, Presence&, storage::Database&);

}  // namespace samtal::presence
