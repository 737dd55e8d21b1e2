#pragma once

#include "background.hpp"
#include "samtal/gateway/event_log.hpp"
#include "sequencer.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>

#include <atomic>
#include <vector>

namespace samtal::delivery {

/// Reads back what the sequencer misses: a few conversations at a time.
class Repairs {
public:
    Repairs(Sequencer&, gateway::EventLog&, boost::asio::any_io_executor);
    void start();
    /// From any thread.
    void wake();
    void stop();

private:
    static Task<void> lane(Repairs& self, boost::asio::steady_timer& timer);

    Sequencer& sequencer_;
    gateway::EventLog& log_;
    boost::asio::any_io_executor executor_;
    std::vector<boost::asio::steady_timer> timers_;
    std::atomic<bool> woken_ = false;
    std::atomic<bool> stopping_ = false;
    Background lanes_;
};

}  // namespace samtal::delivery
