#include "pg_call_receipts_repository.hpp"

#include "samtal/storage/values.hpp"

#include <string_view>
#include <unordered_map>

namespace samtal::calls {

namespace {

// In the order of the keys, as in the next statement, so that two groups never wait for each other in a circle.
constexpr storage::Statement insert_receipts{R"sql(
-- calls.insert_receipts
INSERT INTO call_receipts (organisation_id, switch_id, source_hash, content_hash)
SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::bytea[], $4::bytea[]) AS i (organisation_id, switch_id, source_hash, content_hash)
 ORDER BY organisation_id, switch_id, source_hash
    ON CONFLICT (organisation_id, switch_id, source_hash) DO NOTHING
RETURNING source_hash
)sql"};

constexpr storage::Statement lock_receipts{R"sql(
-- calls.lock_receipts
SELECT r.source_hash, r.content_hash
  FROM unnest($1::uuid[], $2::uuid[], $3::bytea[]) AS i (organisation_id, switch_id, source_hash)
  JOIN call_receipts r ON (r.organisation_id, r.switch_id, r.source_hash) = (i.organisation_id, i.switch_id, i.source_hash)
 ORDER BY r.organisation_id, r.switch_id, r.source_hash
   FOR NO KEY UPDATE OF r
)sql"};

constexpr storage::Statement renew_receipts{R"sql(
-- calls.renew_receipts
UPDATE call_receipts r SET content_hash = i.content_hash, received_at = now()
  FROM unnest($1::uuid[], $2::uuid[], $3::bytea[], $4::bytea[]) AS i (organisation_id, switch_id, source_hash, content_hash)
 WHERE (r.organisation_id, r.switch_id, r.source_hash) = (i.organisation_id, i.switch_id, i.source_hash)
)sql"};

struct Columns {
    storage::ArrayLiteral organisations, switches, sources, contents;
    bool empty = true;

    void add(Receipt const& receipt) {
        organisations.add(receipt.organisation.text());
        switches.add(receipt.switch_id.text());
        sources.add(storage::bytea(receipt.source));
        contents.add(storage::bytea(receipt.content));
        empty = false;
    }
};

}  // namespace

void exchange_receipts(storage::Tx& tx, std::vector<Receipt*> const& receipts) {
    Columns all;
    std::unordered_map<std::string_view, Receipt*> known;  // a source's hash covers its switch
    for (Receipt* receipt : receipts) {
        all.add(*receipt);
        known.emplace(receipt->source, receipt);
    }
    for (auto const& row : tx.exec(insert_receipts, all.organisations.text(), all.switches.text(),
                                   all.sources.text(), all.contents.text()))
        known.erase(storage::bytes_of(row[0]));
    if (known.empty()) return;

    Columns there;
    for (auto const& [source, receipt] : known) there.add(*receipt);
    Columns different;
    for (auto const& row :
         tx.exec(lock_receipts, there.organisations.text(), there.switches.text(), there.sources.text())) {
        Receipt& receipt = *known.at(storage::bytes_of(row[0]));
        receipt.earlier = storage::bytes_of(row[1]);
        if (*receipt.earlier != receipt.content) different.add(receipt);
    }
    if (!different.empty)
        tx.exec(renew_receipts, different.organisations.text(), different.switches.text(),
                different.sources.text(), different.contents.text());
}

}  // namespace samtal::calls
