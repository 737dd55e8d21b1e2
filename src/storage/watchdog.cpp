#include "watchdog.hpp"

#include <sys/socket.h>

namespace samtal::storage {

namespace {

constexpr std::chrono::milliseconds look_every{500};  // precise to that; jobs are watched for seconds

}  // namespace

Watchdog::Watchdog() : thread_{[this] { watch(); }} {}

Watchdog::~Watchdog() {
    {
        std::scoped_lock const lock{mutex_};
        stopping_ = true;
    }
    stop_.notify_one();
    thread_.join();
}

Watchdog& Watchdog::shared() {
    static Watchdog watchdog;
    return watchdog;
}

void Watchdog::watch() {
    std::unique_lock lock{mutex_};
    while (!stop_.wait_for(lock, look_every, [this] { return stopping_; })) {
        auto const now = std::chrono::steady_clock::now();
        for (Entry const& entry : entries_)
            if (entry.due < now) ::shutdown(entry.socket, SHUT_RDWR);
    }
}

Watchdog::Watch::Watch(int socket, std::chrono::milliseconds longest) {
    Watchdog& dog = shared();
    std::scoped_lock const lock{dog.mutex_};
    entry_ = dog.entries_.insert(dog.entries_.end(), {socket, std::chrono::steady_clock::now() + longest});
}

Watchdog::Watch::~Watch() {
    Watchdog& dog = shared();
    std::scoped_lock const lock{dog.mutex_};
    dog.entries_.erase(entry_);
}

}  // namespace samtal::storage
