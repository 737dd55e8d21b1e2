#include "session_cache.hpp"

namespace samtal::identity {

SessionCache::SessionCache(std::size_t limit) {
    for (auto& shard : shards_) shard = std::make_unique<Shard>(limit / shard_count);
}

std::optional<SessionRow> SessionCache::find(SessionId id) {
    Shard& shard = shard_of(id);
    std::scoped_lock const lock{shard.mutex};
    SessionRow const* const row = shard.rows.find(id);
    if (row == nullptr) return std::nullopt;
    return *row;
}

SessionCache::Ticket SessionCache::ticket(SessionId id) {
    Shard& shard = shard_of(id);
    std::scoped_lock const lock{shard.mutex};
    return shard.forgotten;
}

bool SessionCache::put(Ticket ticket, SessionRow const& row) {
    Shard& shard = shard_of(row.who.session);
    std::scoped_lock const lock{shard.mutex};
    if (shard.forgotten != ticket) return false;
    shard.rows.put(row.who.session, row);
    return true;
}

void SessionCache::forget(SessionId id) {
    Shard& shard = shard_of(id);
    std::scoped_lock const lock{shard.mutex};
    ++shard.forgotten;
    shard.rows.erase(id);
}

void SessionCache::clear() {
    for (auto& shard : shards_) {
        std::scoped_lock const lock{shard->mutex};
        ++shard->forgotten;
        shard->rows.erase_if([](auto const&) { return true; });
    }
}

void SessionCache::forget(UserId user) {
    for (auto& shard : shards_) {
        std::scoped_lock const lock{shard->mutex};
        ++shard->forgotten;
        shard->rows.erase_if([&](auto const& entry) { return entry.second.who.user == user; });
    }
}

}  // namespace samtal::identity
