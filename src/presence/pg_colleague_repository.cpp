#include "pg_colleague_repository.hpp"

#include "samtal/storage/values.hpp"

namespace samtal::presence {

namespace {

constexpr storage::Statement find_colleagues{R"sql(
-- presence.find_colleagues
SELECT user_id FROM users
 WHERE organisation_id = $1 AND user_id = ANY ($2::uuid[]) AND state = 'active' AND restricted_at IS NULL
)sql"};

constexpr storage::Statement who_shows_calls{R"sql(
-- presence.who_shows_calls
SELECT p.shows_calls FROM profiles p
  JOIN users u ON (u.organisation_id, u.user_id) = (p.organisation_id, p.user_id)
 WHERE p.organisation_id = $1::uuid AND p.user_id = $2::uuid AND u.state = 'active' AND u.restricted_at IS NULL
)sql"};

}  // namespace

Task<Result<bool>> PgColleagueRepository::shows_calls(Permit<purpose::ChatMessaging> const& permit, UserId user) {
    co_return co_await db_.read(permit, [&](storage::Tx& tx) -> Result<bool> {
        auto const found = tx.exec(who_shows_calls, permit.organisation().text(), user.text());
        return !found.empty() && found[0][0].as<bool>();
    });
}

Task<Result<std::vector<UserId>>> PgColleagueRepository::colleagues(Permit<purpose::ChatMessaging> const& permit,
                                                                    std::vector<UserId> const& users) {
    storage::ArrayLiteral ids;
    for (UserId const& user : users) ids.add(user.text());
    co_return co_await db_.read(permit, [&](storage::Tx& tx) -> Result<std::vector<UserId>> {
        std::vector<UserId> found;
        for (auto const& row : tx.exec(find_colleagues, permit.organisation().text(), ids.text()))
            found.push_back(storage::id_of<UserId>(row[0]));
        return found;
    });
}

}  // namespace samtal::presence
