#pragma once

#include "recent_map.hpp"
#include "session_rules.hpp"

#include <array>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>

namespace samtal::identity {

/// Sessions that were used lately, so that a request needs no database to know who is asking. Rows come from reads
/// only; who changes or ends a session forgets it here after the commit. A row that was read before that is then
/// not taken any more: each read begins with a ticket. Any thread.
class SessionCache {
public:
    using Ticket = std::uint64_t;

    explicit SessionCache(std::size_t limit);

    [[nodiscard]] std::optional<SessionRow> find(SessionId);
    /// Before the read.
    [[nodiscard]] Ticket ticket(SessionId);
    /// After it. False: something was forgotten meanwhile, and the row may be out of date. Read again.
    bool put(Ticket, SessionRow const&);
    void forget(SessionId);
    void clear();
    /// All of a person's. Looks at every entry: for the rare end of an account's access.
    void forget(UserId);

private:
    struct Shard {
        explicit Shard(std::size_t limit) : rows{limit} {}
        std::mutex mutex;
        Ticket forgotten = 0;
        RecentMap<SessionId, SessionRow> rows;
    };
    static constexpr std::size_t shard_count = 16;

    Shard& shard_of(SessionId const& id) { return *shards_[id.value().data[15] % shard_count]; }

    std::array<std::unique_ptr<Shard>, shard_count> shards_;
};

}  // namespace samtal::identity
