#include "throttle.hpp"

#include <algorithm>

namespace samtal::identity {

namespace {

constexpr std::size_t most_buckets = 100'000;  // of each kind; about 20 MB in all

std::string pair_of(std::string const& account, std::string const& address) {
    return account + '\n' + address;
}

}  // namespace

Throttle::Throttle(ThrottleLimits const& limits, Clock clock)
    : limits_{limits},
      clock_{std::move(clock)},
      pairs_{most_buckets},
      accounts_{most_buckets},
      addresses_{most_buckets} {}

Throttle::Bucket& Throttle::filled(Buckets& buckets, std::string const& key, double capacity,
                                   Timestamp now) const {
    Bucket* const known = buckets.find(key);
    Bucket& bucket = known != nullptr ? *known : buckets.put(key, Bucket{capacity, now});
    auto const passed =
        std::max(now - bucket.at, std::chrono::milliseconds{0});  // the clock may have been set back
    auto const windows = static_cast<double>(passed.count()) / static_cast<double>(limits_.window.count());
    bucket.level = std::min(capacity, bucket.level + windows * capacity);
    bucket.at = now;
    return bucket;
}

bool Throttle::admit(std::string const& account, std::string const& address) {
    Timestamp const now = clock_();
    std::scoped_lock const lock{mutex_};
    Bucket& pair = filled(pairs_, pair_of(account, address), limits_.failures, now);
    Bucket& whole = filled(accounts_, account, limits_.failures * limits_.account_factor, now);
    Bucket& source = filled(addresses_, address, limits_.failures * limits_.address_factor, now);
    bool const account_full = whole.level < 1 && !pair.trusted;
    bool const address_full = source.level < 1 && limits_.by_address;
    if (pair.level < 1 || account_full || address_full) return false;
    pair.level -= 1;
    whole.level = std::max(0.0, whole.level - 1);
    source.level = std::max(0.0, source.level - 1);
    return true;
}

void Throttle::succeeded(std::string const& account, std::string const& address) {
    Timestamp const now = clock_();
    std::scoped_lock const lock{mutex_};
    Bucket& pair = filled(pairs_, pair_of(account, address), limits_.failures, now);
    pair.level = limits_.failures;
    pair.trusted = true;
    filled(accounts_, account, limits_.failures * limits_.account_factor, now).level += 1;
    filled(addresses_, address, limits_.failures * limits_.address_factor, now).level += 1;
}

}  // namespace samtal::identity
