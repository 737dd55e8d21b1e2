#include "pg_switch_repository.hpp"

#include "samtal/storage/key_store.hpp"
#include "samtal/storage/values.hpp"

namespace samtal::calls {

namespace {

// The token is what tells the organisation, so it is searched everywhere.
constexpr storage::Statement find_switch{R"sql(
-- calls.find_switch
SELECT organisation_id, switch_id, time_zone, country_code, short_prefix, coalesce(short_digits, 0) FROM switches WHERE token_hash = $1::bytea
)sql"};

constexpr Error unknown{Errc::unauthenticated, "no valid credential"};
constexpr std::size_t most_known = 100'000;

std::optional<std::string> optional_text(pqxx::field const& f) {
    if (f.is_null()) return std::nullopt;
    return storage::text_of(f);
}

}  // namespace

Task<Result<Principal>> PgSwitches::machine(std::string_view token, std::optional<SwitchId> claimed) {
    std::string const hash = storage::sha256(token);
    auto const permit = permits_.permit_machine<purpose::CallSetup>(OrganisationId::nil());
    co_return co_await db_.read(permit, [&](storage::Tx& tx) -> Result<Principal> {
        auto const found = tx.exec(find_switch, storage::bytea(hash));
        if (found.empty()) return unknown;
        auto const id = storage::id_of<SwitchId>(found[0][1]);
        if (claimed && *claimed != id) return unknown;
        remember(id, {optional_text(found[0][2]), optional_text(found[0][3]), optional_text(found[0][4]),
                      found[0][5].as<std::size_t>()});
        return Principal{storage::id_of<OrganisationId>(found[0][0]), UserId::nil(), SessionId{id.value()}};
    });
}

void PgSwitches::remember(SwitchId id, SwitchSettings settings) {
    std::scoped_lock const lock{mutex_};
    if (known_.size() >= most_known) known_.clear();
    known_.insert_or_assign(id, std::move(settings));
}

SwitchSettings PgSwitches::settings(SwitchId id) const {
    std::scoped_lock const lock{mutex_};
    auto const found = known_.find(id);
    return found == known_.end() ? SwitchSettings{} : found->second;
}

}  // namespace samtal::calls
