#include "samtal/consent/register_in_force.hpp"
#include "samtal/core/register.hpp"
#include "samtal/storage/audit_leaf.hpp"
#include "samtal/storage/values.hpp"

namespace samtal::consent {

namespace {

// Servers that start together note one change once.
constexpr storage::Statement lock_register{R"sql(
-- consent.lock_register
SELECT pg_advisory_xact_lock(7236903)
)sql"};

constexpr storage::Statement last_register{R"sql(
-- consent.last_register
SELECT digest FROM register_in_force ORDER BY since DESC LIMIT 1
)sql"};

constexpr storage::Statement put_register{R"sql(
-- consent.put_register
INSERT INTO register_in_force (digest, since) VALUES ($1::text, to_timestamp($2::bigint / 1000.0))
)sql"};

}  // namespace

void note_register_in_force(storage::Tx& tx, std::string const& digest, Timestamp at) {
    tx.exec(lock_register);
    auto const last = tx.exec(last_register);
    if (!last.empty() && storage::text_of(last[0][0]) == digest) return;
    tx.exec(put_register, digest, storage::ms(at));
    storage::append_audit_leaf(tx, {.act = "register.renewed",
                                    .actor = ActorKind::operator_,
                                    .actor_pseudonym = {},
                                    .subject = {},
                                    .purpose = purpose::RightsAndEvidence::name,
                                    .reference = digest,
                                    .code = {},
                                    .at = at});
}

}  // namespace samtal::consent
