#include "samtal/consent/organisation_choice.hpp"
#include "samtal/storage/values.hpp"

namespace samtal::consent {

namespace {

constexpr storage::Statement read_chosen_periods{R"sql(
-- consent.read_chosen_periods
SELECT coalesce(format('P%sM%sD', (extract(year FROM c.period) * 12 + extract(month FROM c.period))::bigint,
                       extract(day FROM c.period)::bigint), '')
  FROM organisations o
 CROSS JOIN LATERAL unnest(ARRAY[o.chat_retention, o.calls_masked_after, o.calls_token_after, o.calls_kept, o.call_counters_kept])
            WITH ORDINALITY AS c (period, n)
 WHERE o.organisation_id = $1::uuid
 ORDER BY c.n
)sql"};

}  // namespace

processing::ChosenPeriods chosen_periods_of(storage::Tx& tx, OrganisationId organisation) {
    processing::ChosenPeriods chosen;
    auto const rows = tx.exec(read_chosen_periods, organisation.text());
    pqxx::result::size_type n = 0;
    for (std::string* const period :
         {&chosen.chat, &chosen.calls_masked, &chosen.calls_token, &chosen.calls, &chosen.call_counters}) {
        if (n < rows.size()) *period = storage::text_of(rows[n][0]);
        ++n;
    }
    return chosen;
}

}  // namespace samtal::consent
