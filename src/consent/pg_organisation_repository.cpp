#include "samtal/consent/organisation_choice.hpp"
#include "samtal/storage/values.hpp"

namespace samtal::consent {

namespace {

constexpr storage::Statement read_chat_retention{R"sql(
-- consent.read_chat_retention
SELECT format('P%sM%sD', (extract(year FROM chat_retention) * 12 + extract(month FROM chat_retention))::bigint,
              extract(day FROM chat_retention)::bigint)
  FROM organisations
 WHERE organisation_id = $1::uuid AND chat_retention IS NOT NULL
)sql"};

}  // namespace

std::string chat_retention_of(storage::Tx& tx, OrganisationId organisation) {
    auto const rows = tx.exec(read_chat_retention, organisation.text());
    return rows.empty() ? std::string{} : storage::text_of(rows[0][0]);
}

}  // namespace samtal::consent
