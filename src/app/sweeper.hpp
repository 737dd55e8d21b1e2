#pragma once

#include "samtal/calls/call_states.hpp"
#include "samtal/identity/identity_room.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>

namespace samtal::app {

/// Once a minute: what is past its time goes.
class Sweeper {
public:
    Sweeper(boost::asio::any_io_executor executor, identity::IdentityRoom& identity, calls::CallStates& calls)
        : timer_{executor}, identity_{identity}, calls_{calls} {}
    void start();
    void stop();

private:
    static Task<void> rounds(Sweeper& self);

    boost::asio::steady_timer timer_;
    identity::IdentityRoom& identity_;
    calls::CallStates& calls_;
    bool stopping_ = false;  // on the timer's executor only
};

}  // namespace samtal::app
