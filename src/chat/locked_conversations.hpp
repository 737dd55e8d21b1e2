#pragma once

#include "samtal/core/id.hpp"

#include <mutex>
#include <unordered_set>

namespace samtal::chat {

/// Conversations that may be locked for long: somebody waited for one in vain. Until it was seen free, whoever
/// comes next looks and does not wait.
class LockedConversations {
public:
    void suspect(ConversationId conversation) {
        std::scoped_lock const guard{mutex_};
        if (suspects_.size() >= most) suspects_.clear();  // those that nobody asked for again
        suspects_.insert(conversation);
    }
    void clear(ConversationId conversation) {
        std::scoped_lock const guard{mutex_};
        suspects_.erase(conversation);
    }
    [[nodiscard]] bool suspects(ConversationId conversation) {
        std::scoped_lock const guard{mutex_};
        return suspects_.contains(conversation);
    }
    /// Hardly ever any.
    [[nodiscard]] bool any() {
        std::scoped_lock const guard{mutex_};
        return !suspects_.empty();
    }

private:
    static constexpr std::size_t most = 10'000;
    std::mutex mutex_;
    std::unordered_set<ConversationId> suspects_;
};

}  // namespace samtal::chat
