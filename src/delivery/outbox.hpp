#pragma once

#include "bus.hpp"
#include "packet.hpp"
#include "seal.hpp"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

namespace samtal::delivery {

/// What this server says, on its way to the bus: a thread of its own packs, seals and publishes what waits, so
/// that a slow bus holds up nobody. Bounded: what does not fit is numbered and thrown away, and the others read it
/// from the database.
class Outbox {
public:
    Outbox(Bus&, Seal const&, boost::uuids::uuid node);
    ~Outbox() { close(); }
    Outbox(Outbox const&) = delete;
    Outbox& operator=(Outbox const&) = delete;

    void add(Event const& event) { put(event); }
    void add(Signal const& signal) { put(signal); }
    void add(Changed const& changed) { put(changed); }
    void add(Sighting const& sighting) { put(sighting); }
    void add(Talk const& talk) { put(talk); }
    void add(Shown const& shown) { put(shown); }
    void add(Ask const& ask) { put(ask); }
    void add(Afresh const& afresh) { put(afresh); }
    void add(gateway::Head const& head) { put(head); }
    /// Says that this server lives, and how far it is.
    void beat();
    /// Publishes what waits and ends.
    void close();

private:
    struct Batch {
        std::uint64_t first = 0;
        std::uint32_t count = 0;
        std::string items;
    };
    static constexpr std::size_t most_waiting = std::size_t{16} * 1024 * 1024;
    static constexpr std::size_t most_together = std::size_t{256} * 1024;

    template <class Some>
    void put(Some const&);
    void work();

    Bus& bus_;
    Seal const& seal_;
    boost::uuids::uuid const node_;
    std::mutex mutex_;
    std::condition_variable wake_;
    std::deque<Batch> waiting_;
    std::size_t bytes_ = 0;
    std::uint64_t next_ = 0;
    bool beat_ = false;
    bool closing_ = false;
    std::thread thread_;
};

}  // namespace samtal::delivery
