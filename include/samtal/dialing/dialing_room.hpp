#pragma once

#include "samtal/calls/call_follower.hpp"
#include "samtal/calls/phone_numbers.hpp"
#include "samtal/dialing/dialing.hpp"
#include "samtal/gateway/router.hpp"
#include "samtal/net/socket.hpp"
#include "samtal/storage/column_cipher.hpp"
#include "samtal/storage/database.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace samtal::dialing {

/// What the room works with. All of it outlives the room.
struct DialingParts {
    storage::Database& db;
    storage::ColumnCipher& cipher;
    storage::KeyRing const& keys;
    calls::PhoneNumbers const& numbers;
    PermitIssuer& permits;
    std::function<void(UserId, net::SharedText)> tell;  // pushes a frame to all of a person's sockets
    boost::asio::any_io_executor executor;
    Clock clock = system_now;
};

struct DialingOptions {
    /// "host" (of https) or "host:port", exactly: nothing else is ever called.
    std::vector<std::string> allowed_hosts;
    /// Plain HTTP, and hosts whose addresses are private: a switch in the same rack.
    bool private_addresses = false;
    std::chrono::milliseconds timeout{5'000};  // of one request to a switch
};

/// Calls from the app: the server asks the organisation's switch to connect the person's phone with a number.
class DialingRoom {
public:
    DialingRoom(DialingParts const& parts, DialingOptions options);
    ~DialingRoom();
    DialingRoom(DialingRoom const&) = delete;
    DialingRoom& operator=(DialingRoom const&) = delete;

    /// POST /v1/calls and /v1/calls/requests/{id} for people, /v1/switch/call-requests/{id}/state for switches.
    void add_routes(gateway::Router&);
    void add_admin_routes(gateway::Router&);
    /// For whoever takes in what switches say of their calls.
    [[nodiscard]] calls::CallFollower& follower() noexcept;
    /// Ends the requests to switches that are under way. The executor must still run.
    void close();

private:
    struct Built;
    std::unique_ptr<Built> built_;
};

}  // namespace samtal::dialing
