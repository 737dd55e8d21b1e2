#include "samtal/storage/audit_leaf.hpp"

#include "samtal/core/uuid_v7.hpp"
#include "samtal/storage/values.hpp"

namespace samtal::storage {

namespace {

constexpr Statement insert_leaf{R"sql(
-- storage.insert_audit_leaf
INSERT INTO audit_leaves (leaf_id, act, actor_kind, actor, subject, purpose, reference, code, acted_at)
VALUES ($1, $2, $3, $4::bytea, $5::bytea, $6, $7, $8, to_timestamp($9::bigint / 1000.0))
)sql"};

char const* kind_name(ActorKind kind) {
    switch (kind) {
        case ActorKind::person:
            return "person";
        case ActorKind::doorstep:
            return "doorstep";
        case ActorKind::machine:
            return "machine";
        case ActorKind::operator_:
            return "operator";
    }
    return "machine";
}

}  // namespace

void append_audit_leaf(Tx& tx, AuditLeaf const& leaf) {
    tx.exec(insert_leaf, uuid_text(uuid_v7(leaf.at)), std::string{leaf.act.text()}, kind_name(leaf.actor),
            bytea(leaf.actor_pseudonym), bytea(leaf.subject), std::string{leaf.purpose}, leaf.reference, leaf.code,
            ms(leaf.at));
}

}  // namespace samtal::storage
