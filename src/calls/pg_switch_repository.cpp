#include "pg_switch_repository.hpp"

#include "samtal/storage/key_store.hpp"
#include "samtal/storage/values.hpp"

namespace samtal::calls {

namespace {

// The token is what tells the organisation, so it is searched everywhere.
constexpr storage::Statement find_switch{R"sql(
-- calls.find_switch
SELECT organisation_id, switch_id FROM switches WHERE token_hash = $1::bytea
)sql"};

constexpr Error unknown{Errc::unauthenticated, "no valid credential"};

}  // namespace

Task<Result<Principal>> PgSwitches::machine(std::string_view token, std::optional<SwitchId> claimed) {
    std::string const hash = storage::sha256(token);
    auto const permit = permits_.permit_machine<purpose::CallSetup>(OrganisationId::nil());
    co_return co_await db_.read(permit, [&](storage::Tx& tx) -> Result<Principal> {
        auto const found = tx.exec(find_switch, storage::bytea(hash));
        if (found.empty()) return unknown;
        auto const id = storage::id_of<SwitchId>(found[0][1]);
        if (claimed && *claimed != id) return unknown;
        return Principal{storage::id_of<OrganisationId>(found[0][0]), UserId::nil(), SessionId{id.value()}};
    });
}

}  // namespace samtal::calls
