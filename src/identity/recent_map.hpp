#pragma once

#include <cstddef>
#include <unordered_map>
#include <utility>

namespace samtal::identity {

/// A map that forgets what was not asked for lately and holds at most `limit` entries. When the young half is full
/// it becomes the old half, and the old one goes: no list, no clock, constant time. Not thread-safe.
template <class K, class V>
class RecentMap {
public:
    explicit RecentMap(std::size_t limit) : half_{limit / 2 + 1} {}

    /// The entry, or nullptr. Valid until the next call.
    [[nodiscard]] V* find(K const& key) {
        if (auto const found = young_.find(key); found != young_.end()) return &found->second;
        auto node = old_.extract(key);
        if (node.empty()) return nullptr;
        make_room();
        return &young_.insert(std::move(node)).position->second;
    }

    V& put(K const& key, V value) {
        old_.erase(key);
        if (auto const found = young_.find(key); found != young_.end()) return found->second = std::move(value);
        make_room();
        return young_.emplace(key, std::move(value)).first->second;
    }

    void erase(K const& key) {
        young_.erase(key);
        old_.erase(key);
    }

    template <class Which>
    void erase_if(Which which) {
        std::erase_if(young_, which);
        std::erase_if(old_, which);
    }

    [[nodiscard]] std::size_t size() const noexcept { return young_.size() + old_.size(); }

private:
    void make_room() {
        if (young_.size() < half_) return;
        old_ = std::move(young_);
        young_.clear();
    }

    std::size_t half_;
    std::unordered_map<K, V> young_;
    std::unordered_map<K, V> old_;
};

}  // namespace samtal::identity
