#pragma once

#include "samtal/core/principal.hpp"
#include "samtal/gateway/fanout.hpp"
#include "samtal/net/socket.hpp"

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <unordered_map>
#include <utility>
#include <vector>

namespace samtal::gateway {

/// Who is connected to this server. Any thread.
class Sockets final : public Fanout {
public:
    void add(Principal const&, std::shared_ptr<net::Socket>);
    void remove(Principal const&, net::Socket const*);

    /// Fanout for the sockets of this server alone.
    void push(std::span<UserId const> users, net::SharedText const& frame,
              net::Socket const* except = nullptr) override;
    void push_event(OrganisationId, std::span<UserId const> users, ConversationId, std::int64_t seq,
                    net::SharedText const& frame, net::Socket const* except = nullptr) override;
    /// Closes every socket, so that its client comes back elsewhere.
    void close_all(net::CloseCode);

    /// From now on events of this conversation wait for release(). Bounded: a socket that falls behind meanwhile
    /// is closed with 4008.
    void hold(UserId, net::Socket const*, ConversationId);
    /// Pushes what waited and comes after `seq`; with nothing, forgets it (the client has to ask again anyway).
    void release(UserId, net::Socket const*, ConversationId, std::optional<std::int64_t> after_seq);

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
        std::vector<std::pair<std::int64_t, net::SharedText>> frames;
    };
    struct Entry {
        SessionId session;
        std::shared_ptr<net::Socket> socket;
        std::vector<Waiting> held;  // empty but for the moments of a sync
    };
    template <class Which>
    void end_where(UserId, Which);
    Entry* find(UserId, net::Socket const*);

    mutable std::mutex mutex_;
    std::unordered_map<UserId, std::vector<Entry>> by_user_;
    std::size_t count_ = 0;
};

}  // namespace samtal::gateway
