#include "recent_keys.hpp"

#include <sodium.h>

#include <algorithm>

namespace samtal::storage {

std::optional<Key> RecentKeys::find(UserId subject) {
    std::scoped_lock const lock{mutex_};
    auto const found = places_.find(subject);
    if (found == places_.end()) return std::nullopt;
    order_.splice(order_.begin(), order_, found->second);
    return found->second->key;
}

std::uint64_t RecentKeys::erasures() {
    std::scoped_lock const lock{mutex_};
    return erasures_;
}

void RecentKeys::keep(UserId subject, std::string_view subject_hash, Key const& key,
                      std::uint64_t erasures_before) {
    std::scoped_lock const lock{mutex_};
    if (erasures_ != erasures_before || places_.contains(subject)) return;
    order_.push_front({subject, std::string{subject_hash}, key});
    places_.emplace(subject, order_.begin());
    if (order_.size() > most) forget(std::prev(order_.end()));
}

void RecentKeys::drop(UserId subject) {
    std::scoped_lock const lock{mutex_};
    ++erasures_;
    auto const found = places_.find(subject);
    if (found != places_.end()) forget(found->second);
}

void RecentKeys::drop(std::string_view subject_hash) {
    std::scoped_lock const lock{mutex_};
    ++erasures_;
    auto const found = std::ranges::find(order_, subject_hash, &Entry::subject_hash);
    if (found != order_.end()) forget(found);
}

void RecentKeys::clear() {
    std::scoped_lock const lock{mutex_};
    ++erasures_;
    while (!order_.empty()) forget(order_.begin());
}

void RecentKeys::forget(Place place) {
    sodium_memzero(place->key.data(), place->key.size());
    places_.erase(place->subject);
    order_.erase(place);
}

}  // namespace samtal::storage
