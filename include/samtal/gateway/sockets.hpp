#pragma once

#include "samtal/core/principal.hpp"
#include "samtal/gateway/fanout.hpp"
#include "samtal/net/socket.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <unordered_map>
#include <utility>
#include <vector>

namespace samtal::gateway {

/// Is told of each authenticated socket, when it comes and when it is gone. On any thread; must not call back.
class SocketObserver {
public:
    virtual ~SocketObserver() = default;
    virtual void opened(Principal const&) = 0;
    virtual void closed(Principal const&, net::Socket const*) = 0;
};

/// Who is connected to this server. Any thread.
class Sockets final : public Fanout {
public:
    /// Before the first socket. It outlives this.
    void observe(SocketObserver& observer) noexcept { observer_ = &observer; }

    void add(Principal const&, std::shared_ptr<net::Socket>);
    void remove(Principal const&, net::Socket const*);

    /// Fanout for the sockets of this server alone.
    void push(std::span<UserId const> users, net::SharedText const& frame,
              net::Socket const* except = nullptr) override;
    void push_event(OrganisationId, std::span<UserId const> users, ConversationId, Place,
                    net::SharedText const& frame, net::Socket const* except = nullptr) override;
    /// Closes every socket, so that its client comes back elsewhere.
    void close_all(net::CloseCode);

    /// From now on events of this conversation wait for release(). What waits for one socket is bounded in bytes:
    /// a conversation for which there is no room is suspended.
    void hold(UserId, net::Socket const*, ConversationId);
    /// Whether some were dropped since hold().
    [[nodiscard]] bool dropped(UserId, net::Socket const*, ConversationId) const;
    /// Pushes what waited and lies beyond `reached`, and drops what comes up to there in the next seconds: it was
    /// committed before the client caught up, and told after. Closes with 4008 if some were dropped meanwhile.
    void release(UserId, net::Socket const*, ConversationId, Place reached);
    /// Instead of release(), when the client has to ask for more: until it holds again, events of this
    /// conversation are dropped, because the next answer brings them.
    void suspend(UserId, net::Socket const*, ConversationId);

    /// The client has this conversation now: its person was a member when it caught up.
    void keep(UserId, net::Socket const*, ConversationId);
    /// Whose clients have it.
    [[nodiscard]] std::vector<UserId> who_have(ConversationId) const;
    /// These have it no more.
    void forget(std::span<UserId const>, ConversationId);

    /// Closes with 4001. Nothing more is delivered to them once this returned.
    void end_session(UserId, SessionId);
    void end_user(UserId);
    /// All of a person's sessions but one: password change.
    void end_others(UserId, SessionId keep);

    [[nodiscard]] bool connected(UserId) const;
    [[nodiscard]] std::size_t size() const;

private:
    struct Waiting {
        ConversationId conversation;
        std::vector<std::pair<Place, net::SharedText>> frames;
        bool suspended = false;

        [[nodiscard]] std::size_t bytes() const;
    };
    struct Caught {
        ConversationId conversation;
        Place reached;
        std::chrono::steady_clock::time_point at;
    };
    struct Entry {
        SessionId session;
        std::shared_ptr<net::Socket> socket;
        std::vector<Waiting> held;   // empty but while a client catches up
        std::vector<Caught> caught;  // empty but for a while after; oldest first
        // What the client has, sorted: it catches up with each conversation, at the beginning or when it came.
        std::vector<ConversationId> has;
        std::size_t held_bytes = 0;

        void keep(Waiting&, Place, net::SharedText const&);
        void suspend(Waiting&);
        /// Whether the client got it by catching up.
        bool had(ConversationId const&, Place);
        void note(ConversationId const&, Place);
    };
    template <class Which>
    void end_where(UserId, Which);
    Entry* find(UserId, net::Socket const*);
    [[nodiscard]] Entry const* find(UserId, net::Socket const*) const;

    mutable std::mutex mutex_;
    std::unordered_map<UserId, std::vector<Entry>> by_user_;
    std::size_t count_ = 0;
    SocketObserver* observer_ = nullptr;
};

}  // namespace samtal::gateway
