#pragma once

#include "recent_map.hpp"
#include "samtal/core/time.hpp"

#include <chrono>
#include <mutex>
#include <string>

namespace samtal::identity {

struct ThrottleLimits {
    double failures = 20;  // of one address at one account, in one window
    std::chrono::milliseconds window = std::chrono::minutes{1};
    bool by_address = true;
    double account_factor = 5;
    double address_factor = 10;
};

/// Limits guessing: per account and address, per account, per address. Each try is paid in advance, so that a
/// hundred at once cost a hundred; a success is paid back. Nobody can lock a person out from elsewhere: an address
/// that once succeeded at an account keeps its way in whatever others do to that account. Bounded memory. Any
/// thread.
class Throttle {
public:
    Throttle(ThrottleLimits const& limits, Clock clock);

    /// False: too often. `account` is a keyed hash, so that unknown accounts are throttled like others.
    [[nodiscard]] bool admit(std::string const& account, std::string const& address);
    void succeeded(std::string const& account, std::string const& address);

private:
    struct Bucket {
        double level;
        Timestamp at;
        bool trusted = false;
    };
    using Buckets = RecentMap<std::string, Bucket>;

    Bucket& filled(Buckets&, std::string const& key, double capacity, Timestamp now) const;

    ThrottleLimits limits_;
    Clock clock_;
    std::mutex mutex_;
    Buckets pairs_;
    Buckets accounts_;
    Buckets addresses_;
};

}  // namespace samtal::identity
