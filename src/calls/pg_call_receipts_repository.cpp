#include "pg_call_receipts_repository.hpp"

#include "samtal/storage/values.hpp"

#include <string_view>
#include <unordered_map>

namespace samtal::calls {

namespace {

// In the order of the hashes, as in the next statement, so that two batches never wait for each other in a circle.
constexpr storage::Statement insert_receipts{R"sql(
-- calls.insert_receipts
INSERT INTO call_receipts (organisation_id, switch_id, source_hash, content_hash)
SELECT $1::uuid, $2::uuid, source_hash, content_hash
  FROM unnest($3::bytea[], $4::bytea[]) AS i (source_hash, content_hash)
 ORDER BY source_hash
    ON CONFLICT (organisation_id, switch_id, source_hash) DO NOTHING
RETURNING source_hash
)sql"};

constexpr storage::Statement lock_receipts{R"sql(
-- calls.lock_receipts
SELECT source_hash, content_hash FROM call_receipts
 WHERE organisation_id = $1::uuid AND switch_id = $2::uuid AND source_hash = ANY ($3::bytea[])
 ORDER BY source_hash
   FOR NO KEY UPDATE
)sql"};

constexpr storage::Statement renew_receipts{R"sql(
-- calls.renew_receipts
UPDATE call_receipts r SET content_hash = i.content_hash, received_at = now()
  FROM unnest($3::bytea[], $4::bytea[]) AS i (source_hash, content_hash)
 WHERE r.organisation_id = $1::uuid AND r.switch_id = $2::uuid AND r.source_hash = i.source_hash
)sql"};

struct Columns {
    storage::ArrayLiteral sources, contents;

    void add(Receipt const& receipt) {
        sources.add(storage::bytea(receipt.source));
        contents.add(storage::bytea(receipt.content));
        empty = false;
    }
    bool empty = true;
};

}  // namespace

void exchange_receipts(storage::Tx& tx, OrganisationId organisation, SwitchId switch_id,
                       std::vector<Receipt*> const& receipts) {
    std::string const org = organisation.text();
    std::string const from = switch_id.text();
    Columns all;
    std::unordered_map<std::string_view, Receipt*> known;
    for (Receipt* receipt : receipts) {
        all.add(*receipt);
        known.emplace(receipt->source, receipt);
    }
    for (auto const& row : tx.exec(insert_receipts, org, from, all.sources.text(), all.contents.text()))
        known.erase(storage::bytes_of(row[0]));
    if (known.empty()) return;

    Columns there;
    for (auto const& [source, receipt] : known) there.add(*receipt);
    Columns different;
    for (auto const& row : tx.exec(lock_receipts, org, from, there.sources.text())) {
        Receipt& receipt = *known.at(storage::bytes_of(row[0]));
        receipt.earlier = storage::bytes_of(row[1]);
        if (*receipt.earlier != receipt.content) different.add(receipt);
    }
    if (!different.empty) tx.exec(renew_receipts, org, from, different.sources.text(), different.contents.text());
}

}  // namespace samtal::calls
