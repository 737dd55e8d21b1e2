#pragma once

#include "packet.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <span>
#include <vector>

namespace samtal::delivery {

/// What was heard of the other servers, and whether something is missing. Any thread.
class Peers {
public:
    using Steady = std::chrono::steady_clock::time_point;
    static constexpr std::chrono::milliseconds longest_silence{1'000};  // a server speaks four times as often

    /// False: the packet was heard before.
    bool hear(Packet const&, Steady now);
    /// Something went wrong on the way here.
    void lose();

    struct News {
        /// Since the last look items went missing, one of them fell silent, or one is gone and nobody knows what
        /// it said last.
        bool trouble = false;
        std::vector<boost::uuids::uuid> gone;
    };
    /// Looks at who holds a lease now.
    News look(std::span<boost::uuids::uuid const> alive, Steady now);

private:
    struct Peer {
        std::uint64_t next = 0;  // the number its next item should have
        Steady heard;            // or first seen among the living
        bool known = false;      // it spoke
        bool alive = false;
    };

    std::mutex mutex_;
    std::map<boost::uuids::uuid, Peer> peers_;
    bool lost_ = false;
};

}  // namespace samtal::delivery
