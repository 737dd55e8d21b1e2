#include "pg_call_receipts_repository.hpp"

#include "samtal/storage/binary_array.hpp"
#include "samtal/storage/values.hpp"

#include <algorithm>
#include <string_view>
#include <tuple>
#include <unordered_map>

namespace samtal::calls {

namespace {

// Parameters come in the order of the keys, so that two groups never wait for each other in a circle.
constexpr storage::Statement insert_all_new{R"sql(
-- calls.insert_new_receipts
SELECT insert_new_receipts($1::uuid[], $2::uuid[], $3::bytea[], $4::bytea[])
)sql"};

constexpr storage::Statement insert_receipts{R"sql(
-- calls.insert_receipts
INSERT INTO call_receipts (organisation_id, switch_id, source_hash, content_hash)
SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::bytea[], $4::bytea[]) AS i (organisation_id, switch_id, source_hash, content_hash)
    ON CONFLICT (organisation_id, source_hash) DO NOTHING
RETURNING source_hash
)sql"};

constexpr storage::Statement lock_receipts{R"sql(
-- calls.lock_receipts
SELECT r.source_hash, r.content_hash
  FROM unnest($1::uuid[], $2::bytea[]) AS i (organisation_id, source_hash)
  JOIN call_receipts r ON (r.organisation_id, r.source_hash) = (i.organisation_id, i.source_hash)
 ORDER BY r.organisation_id, r.source_hash
   FOR NO KEY UPDATE OF r
)sql"};

constexpr storage::Statement renew_receipts{R"sql(
-- calls.renew_receipts
UPDATE call_receipts r SET content_hash = i.content_hash, received_at = now()
  FROM unnest($1::uuid[], $2::bytea[], $3::bytea[]) AS i (organisation_id, source_hash, content_hash)
 WHERE (r.organisation_id, r.source_hash) = (i.organisation_id, i.source_hash)
)sql"};

using storage::BinaryArray;

struct Columns {
    BinaryArray organisations{BinaryArray::Of::uuid}, switches{BinaryArray::Of::uuid},
        sources{BinaryArray::Of::bytea}, contents{BinaryArray::Of::bytea};
    bool empty = true;

    void add(Receipt const& receipt) {
        organisations.add(receipt.organisation.value());
        switches.add(receipt.switch_id.value());
        sources.add(receipt.source);
        contents.add(receipt.content);
        empty = false;
    }
};

bool in_order(Receipt const* a, Receipt const* b) {
    return std::tie(a->organisation, a->source) < std::tie(b->organisation, b->source);
}

}  // namespace

bool insert_new(storage::Tx& tx, std::vector<Receipt*>& receipts) {
    std::ranges::sort(receipts, in_order);
    Columns all;
    for (Receipt* const receipt : receipts) {
        receipt->earlier.reset();
        all.add(*receipt);
    }
    return tx
        .exec(insert_all_new, all.organisations.parameter(), all.switches.parameter(), all.sources.parameter(),
              all.contents.parameter())[0][0]
        .as<bool>();
}

void exchange(storage::Tx& tx, std::vector<Receipt*>& receipts) {
    std::ranges::sort(receipts, in_order);
    Columns all;
    std::unordered_map<std::string_view, Receipt*> known;  // a source's hash covers its switch
    for (Receipt* const receipt : receipts) {
        receipt->earlier.reset();
        all.add(*receipt);
        known.emplace(receipt->source, receipt);
    }
    for (auto const& row : tx.exec(insert_receipts, all.organisations.parameter(), all.switches.parameter(),
                                   all.sources.parameter(), all.contents.parameter()))
        known.erase(storage::bytes_of(row[0]));
    if (known.empty()) return;

    Columns there;
    for (auto const& [source, receipt] : known) there.add(*receipt);
    Columns different;
    for (auto const& row : tx.exec(lock_receipts, there.organisations.parameter(), there.sources.parameter())) {
        Receipt& receipt = *known.at(storage::bytes_of(row[0]));
        receipt.earlier = storage::bytes_of(row[1]);
        if (*receipt.earlier != receipt.content) different.add(receipt);
    }
    if (!different.empty)
        tx.exec(renew_receipts, different.organisations.parameter(), different.sources.parameter(),
                different.contents.parameter());
}

}  // namespace samtal::calls
