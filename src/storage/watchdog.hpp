#pragma once

#include <chrono>
#include <condition_variable>
#include <list>
#include <mutex>
#include <thread>

namespace samtal::storage {

/// libpq waits for an answer without end. Who waits longer than they said has their socket shut down, so that the
/// wait ends with a lost connection. One for the process.
class Watchdog {
    struct Entry {
        int socket;
        std::chrono::steady_clock::time_point due;
    };

public:
    /// While it lives, the socket is watched. It must end before the socket is closed.
    class Watch {
    public:
        Watch(int socket, std::chrono::milliseconds longest);
        ~Watch();
        Watch(Watch const&) = delete;
        Watch& operator=(Watch const&) = delete;

    private:
        std::list<Entry>::iterator entry_;
    };

    ~Watchdog();

private:
    Watchdog();
    static Watchdog& shared();
    void watch();

    std::mutex mutex_;
    std::condition_variable stop_;
    bool stopping_ = false;
    std::list<Entry> entries_;
    std::thread thread_;
};

}  // namespace samtal::storage
