#pragma once

#include "samtal/core/principal.hpp"
#include "samtal/core/time.hpp"
#include "tokens.hpp"

#include <chrono>
#include <cstdint>
#include <optional>

namespace samtal::identity {

inline constexpr std::chrono::minutes access_life{15};
inline constexpr std::chrono::minutes step_up_life{5};
inline constexpr std::chrono::hours idle_life{24};
inline constexpr std::chrono::hours remembered_idle_life{30 * 24};
inline constexpr std::chrono::hours absolute_life{180 * 24};

/// What a session is judged by. Pair `generation` is in use; its successor has been handed out, and not been used
/// yet, while successor_expires_at is set.
struct SessionRow {
    Principal who;
    TokenSalt salt;
    std::uint32_t generation = 0;
    bool remembered = false;
    Timestamp access_expires_at;
    std::optional<Timestamp> successor_expires_at;
    Timestamp idle_expires_at;  // never after absolute_expires_at
    Timestamp absolute_expires_at;
    std::optional<Timestamp> stepped_up_until;
};

/// A new session's times. A cookie cannot be refreshed, so its access token lives as long as the session.
[[nodiscard]] SessionRow begin_session(Principal who, TokenSalt salt, bool remembered, bool cookie, Timestamp now);

enum class Access {
    valid,
    first_use,  // of the successor pair: promote() and store
    behind,     // later than this row knows: the row may be out of date
    refused
};
[[nodiscard]] Access judge_access(SessionRow const&, std::uint32_t generation, Timestamp now);

/// The successor pair becomes the pair, and the one before it is dead.
void promote(SessionRow&, Timestamp now);

enum class Refresh {
    store,   // the row was changed: a successor pair is out
    repeat,  // the pair that is out, again
    end,     // an old token came again, so somebody has a copy: the session ends
    refused
};
[[nodiscard]] Refresh judge_refresh(SessionRow&, std::uint32_t generation, Timestamp now);

/// Using a cookie keeps its session alive, in steps, so that not each request writes. True: store the row.
[[nodiscard]] bool extend_cookie(SessionRow&, Timestamp now);

}  // namespace samtal::identity
