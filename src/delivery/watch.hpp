#pragma once

#include "announcer.hpp"
#include "background.hpp"
#include "peers.hpp"
#include "sequencer.hpp"

#include <boost/asio/steady_timer.hpp>

#include <atomic>
#include <chrono>

namespace samtal::delivery {

/// Four times a second: says that this server lives, looks whether the others do, and as long as anything is wrong
/// compares what was pushed with what the database holds.
class Watch {
public:
    Watch(DeliveryParts const&, Bus const&, Outbox&, Peers&, Sequencer&, Announcer&);
    void start();
    /// Another server asks for a report. Any thread.
    void asked() { asked_ = true; }
    void stop();

private:
    using Steady = std::chrono::steady_clock::time_point;
    static Task<void> rounds(Watch& self);
    void round();
    bool trouble(bool lease, Steady now);
    void report();
    void leave_sockets(bool lease, Steady now);
    static Task<void> check(Watch& self, Steady began);
    static Task<void> tell_again(Watch& self);

    DeliveryParts parts_;
    Bus const& bus_;
    Outbox& outbox_;
    Peers& peers_;
    Sequencer& sequencer_;
    Announcer& announcer_;
    boost::asio::steady_timer timer_;
    Background background_;
    std::atomic<bool> stopping_ = false;
    std::atomic<bool> asked_ = false;

    // On the executor only.
    bool had_lease_ = true;
    bool left_ = false;
    Steady lease_seen_{};
    bool due_ = true;  // a check is
    bool checking_ = false;
    Steady last_trouble_{};
    Steady last_check_{};
    Timestamp good_until_;  // what was committed before has been pushed
};

}  // namespace samtal::delivery
