#include "pseudonym.hpp"
#include "samtal/audit/disclosures.hpp"
#include "samtal/core/register.hpp"
#include "samtal/core/uuid_v7.hpp"
#include "samtal/storage/audit_leaf.hpp"
#include "samtal/storage/values.hpp"

namespace samtal::audit {

namespace {

constexpr storage::Statement insert_disclosure{R"sql(
-- audit.insert_disclosure
INSERT INTO disclosures (organisation_id, user_id, disclosure_id, recipient, purpose, categories, reason, country, disclosed_at)
VALUES ($1::uuid, $2::uuid, $3::uuid, $4::text, $5::text, $6::text[], $7::bytea, $8::text, to_timestamp($9::bigint / 1000.0))
)sql"};

}  // namespace

Result<void> Disclosures::record(storage::Tx& tx, ActorKind actor, Disclosure const& what) {
    auto const id = uuid_v7(what.at);
    auto subject = pseudonym(cipher_, what.user);
    if (!subject) return subject.error();
    auto const reason = cipher_.seal(what.user, {field::DisclosuresReason::column, id}, what.reason);
    if (!reason) return reason.error();
    storage::ArrayLiteral categories;
    for (std::string const& category : what.categories) categories.add_text(category);
    tx.exec(insert_disclosure, what.organisation.text(), what.user.text(), uuid_text(id), what.recipient,
            what.purpose, categories.text(), storage::bytea(*reason), what.country, storage::ms(what.at));
    storage::append_audit_leaf(
        tx, {"disclosure", actor, "", *std::move(subject), what.purpose, uuid_text(id), "", what.at});
    return {};
}

}  // namespace samtal::audit
