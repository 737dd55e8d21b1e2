#pragma once

#include "samtal/storage/key_store.hpp"

#include <cstdint>
#include <list>
#include <mutex>
#include <optional>
#include <string_view>
#include <unordered_map>

namespace samtal::storage {

/// The keys used last. Bounded, so that a large deployment does not grow without end; wiped when they go.
class RecentKeys {
public:
    RecentKeys() = default;
    ~RecentKeys() { clear(); }
    RecentKeys(RecentKeys const&) = delete;
    RecentKeys& operator=(RecentKeys const&) = delete;

    [[nodiscard]] std::optional<Key> find(UserId);

    /// To be taken before the key is read, and handed to `keep`: what was read before an erasure is not kept after
    /// it.
    [[nodiscard]] std::uint64_t erasures();
    /// `subject_hash` is what the person's tombstone would be found by.
    void keep(UserId, std::string_view subject_hash, Key const&, std::uint64_t erasures_before);

    void drop(UserId);
    /// The person of a tombstone, if here. Looks at every key: erasures are rare.
    void drop(std::string_view subject_hash);
    void clear();

private:
    struct Entry {
        UserId subject;
        std::string subject_hash;
        Key key;
    };
    using Place = std::list<Entry>::iterator;
    void forget(Place);

    static constexpr std::size_t most = 100'000;
    std::mutex mutex_;
    std::list<Entry> order_;  // most recent first
    std::unordered_map<UserId, Place> places_;
    std::uint64_t erasures_ = 0;
};

}  // namespace samtal::storage
