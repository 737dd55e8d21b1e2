#pragma once

#include "samtal/calls/call_follower.hpp"
#include "samtal/calls/call_states.hpp"
#include "samtal/calls/calls.hpp"
#include "samtal/core/principal.hpp"
#include "samtal/core/time.hpp"
#include "samtal/gateway/router.hpp"
#include "samtal/statistics/recorder.hpp"
#include "samtal/storage/column_cipher.hpp"
#include "samtal/storage/database.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <memory>
#include <optional>
#include <string_view>

namespace samtal::calls {

/// The part of gateway::Authenticator that knows switches.
class MachineAuthenticator {
public:
    virtual ~MachineAuthenticator() = default;
    /// `unauthenticated` for an unknown token, and when `claimed` (the user name of Basic) is another switch. The
    /// answer's session field holds the switch's id.
    virtual Task<Result<Principal>> machine(std::string_view token, std::optional<SwitchId> claimed) = 0;
};

/// What the room works with. All of it outlives the room.
struct CallsParts {
    storage::Database& db;
    storage::ColumnCipher& cipher;
    storage::KeySource& subject_keys;  // what `cipher` uses
    storage::KeyRing const& keys;
    PhoneNumbers const& numbers;
    PermitIssuer& permits;
    statistics::Recorder& recorder;
    boost::asio::any_io_executor executor;  // where groups of call records are written
    Clock clock = system_now;
};

struct CallsOptions {
    /// In which a date of call statistics begins, unless the request names another. Also of times that a switch
    /// writes without an offset, unless the switch has a setting. An IANA name.
    std::string time_zone = "Europe/Stockholm";
};

/// The room, built.
class CallsRoom {
public:
    CallsRoom(CallsParts const& parts, CallsOptions options);
    ~CallsRoom();
    CallsRoom(CallsRoom const&) = delete;
    CallsRoom& operator=(CallsRoom const&) = delete;

    [[nodiscard]] MachineAuthenticator& machines() noexcept;
    /// Who hears what switches say of calls that go on or are over. Set once, before the server listens.
    void use(CallFollower&) noexcept;
    /// Who is on a call: for presence.
    [[nodiscard]] CallStates& states() noexcept;
    /// POST /v1/ingest/…, and what is below /v1/calls of a person's history and statistics.
    void add_routes(gateway::Router&);

private:
    struct Built;
    std::unique_ptr<Built> built_;
};

}  // namespace samtal::calls
