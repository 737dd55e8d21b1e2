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

/// What is known of a person's calls: `hidden` is for their own devices alone.
enum class OnACall : unsigned char { no, hidden, shown };

/// How somebody looks to one who watches.
struct Look {
    State state = State::offline;
    bool on_a_call = false;

    friend bool operator==(Look const&, Look const&) = default;
};

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
    /// Whether they are on a call, at whatever server. Colleagues hear of it while they show it and are there, and
    /// are told that they are busy; otherwise nothing. Their own devices always do, if they watch themselves.
    void call(UserId, OnACall);
    /// From now on this socket, which is `eyes`'s, hears of these people, and of nobody else: at once of those who
    /// are not offline.
    void watch(std::shared_ptr<net::Socket>, UserId eyes, std::vector<UserId> const&);

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
        OnACall call = OnACall::no;
        [[nodiscard]] bool there() const noexcept { return sockets > 0 || !servers.empty(); }
        [[nodiscard]] bool known() const noexcept { return there() || call != OnACall::no; }
        [[nodiscard]] Look seen() const noexcept;
        [[nodiscard]] Look seen_by_themselves() const noexcept { return {seen().state, call != OnACall::no}; }
    };
    struct Watcher {
        std::shared_ptr<net::Socket> socket;
        UserId eyes;
        std::vector<UserId> watched;
    };
    /// Tells the watchers when somebody looks different after `change`.
    template <class Alter>
    void alter(UserId, Alter change);
    void forget(net::Socket const*);
    void tell_others(UserId, Person const&);

    std::mutex mutex_;
    std::unordered_map<UserId, Person> people_;  // who is connected somewhere, or on a call
    std::unordered_map<net::Socket const*, Watcher> watchers_;
    std::unordered_map<UserId, std::vector<net::Socket*>> watched_by_;
    std::function<void(Sighting const&)> tell_;
};

/// Only colleagues can be watched; other ids are passed over without a word.
void add_routes(gateway::Router&, Presence&, storage::Database&);

}  // namespace samtal::presence
