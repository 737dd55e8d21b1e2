#include "read_positions.hpp"

#include "pg_read_position_repository.hpp"

namespace samtal::chat {

namespace {

constexpr std::size_t most_together = 512;
constexpr std::size_t most_waiting = 10'000;

}  // namespace

ReadPositions::ReadPositions(Tools const& tools)
    : batcher_{{tools.executor, most_together, most_waiting, 1},
               [positions = PgReadPositionRepository{tools.db}](std::span<PendingRead> group) mutable {
                   return positions.keep(group);
               }} {}

Task<void> ReadPositions::keep(ChatPermit permit, ConversationId conversation, std::int64_t seq) {
    PendingRead read{std::move(permit), conversation, seq};
    co_await batcher_.submit(read);
}

}  // namespace samtal::chat
