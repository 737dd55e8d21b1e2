#include "session_rules.hpp"

#include <algorithm>

namespace samtal::identity {

namespace {

std::chrono::hours idle_of(SessionRow const& row) {
    return row.remembered ? remembered_idle_life : idle_life;
}

bool over(SessionRow const& row, Timestamp now) {
    return now >= row.idle_expires_at || now >= row.absolute_expires_at;
}

}  // namespace

SessionRow begin_session(Principal who, TokenSalt salt, bool remembered, bool cookie, Timestamp now) {
    SessionRow row{.who = who,
                   .salt = salt,
                   .remembered = remembered,
                   .access_expires_at = now + access_life,
                   .successor_expires_at = std::nullopt,
                   .idle_expires_at = {},
                   .absolute_expires_at = now + absolute_life,
                   .stepped_up_until = std::nullopt};
    row.idle_expires_at = now + idle_of(row);
    if (cookie) row.access_expires_at = row.idle_expires_at;
    return row;
}

Access judge_access(SessionRow const& row, std::uint32_t generation, Timestamp now) {
    if (over(row, now)) return Access::refused;
    if (generation == row.generation) return now < row.access_expires_at ? Access::valid : Access::refused;
    if (generation < row.generation) return Access::refused;
    if (generation > row.generation + 1 || !row.successor_expires_at) return Access::behind;
    return now < *row.successor_expires_at ? Access::first_use : Access::refused;
}

void promote(SessionRow& row, Timestamp now) {
    ++row.generation;
    row.access_expires_at = row.successor_expires_at.value_or(now);
    row.successor_expires_at.reset();
    row.idle_expires_at = std::min<Timestamp>(now + idle_of(row), row.absolute_expires_at);
}

Refresh judge_refresh(SessionRow& row, std::uint32_t generation, Timestamp now) {
    if (over(row, now)) return Refresh::refused;
    if (generation < row.generation) return Refresh::end;
    if (generation == row.generation + 1 && row.successor_expires_at) promote(row, now);
    if (generation != row.generation) return Refresh::refused;
    // A pair that was lost on its way and ran out gets its time anew: it is the same pair, and nobody used it.
    if (row.successor_expires_at && now < *row.successor_expires_at) return Refresh::repeat;
    row.successor_expires_at = std::min<Timestamp>(now + access_life, row.absolute_expires_at);
    return Refresh::store;
}

bool extend_cookie(SessionRow& row, Timestamp now) {
    if (row.access_expires_at != row.idle_expires_at) return false;
    constexpr int steps = 24;
    auto const until = std::min<Timestamp>(now + idle_of(row), row.absolute_expires_at);
    if (until < row.idle_expires_at + idle_of(row) / steps) return false;
    row.access_expires_at = row.idle_expires_at = until;
    return true;
}

}  // namespace samtal::identity
