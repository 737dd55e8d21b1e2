#pragma once

#include "samtal/storage/database.hpp"

#include <vector>

namespace samtal::presence {

/// Who of some people is a colleague: active, unrestricted, of the same organisation; and what they show.
class PgColleagueRepository {
public:
    explicit PgColleagueRepository(storage::Database& db) : db_{db} {}

    /// Each once, in no order.
    Task<Result<std::vector<UserId>>> colleagues(Permit<purpose::ChatMessaging> const&,
                                                 std::vector<UserId> const&);

    /// Whether colleagues may see that somebody is on a call.
    Task<Result<bool>> shows_calls(Permit<purpose::ChatMessaging> const&, UserId);

private:
    storage::Database& db_;
};

}  // namespace samtal::presence
