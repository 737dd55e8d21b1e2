#include "pg_call_rows_repository.hpp"

#include "samtal/storage/values.hpp"

namespace samtal::calls {

namespace {

constexpr storage::Statement find{R"sql(
-- calls.find_rows
SELECT i.n, c.call_id
  FROM unnest($2::uuid[], $3::bytea[]) WITH ORDINALITY AS i (owner_id, source_hash, n)
  JOIN calls c ON (c.organisation_id, c.owner_id, c.source_hash) = ($1::uuid, i.owner_id, i.source_hash)
)sql"};

constexpr storage::Statement remove{R"sql(
-- calls.delete_rows
DELETE FROM calls c
 USING unnest($2::uuid[], $3::uuid[]) AS i (owner_id, call_id)
 WHERE (c.organisation_id, c.owner_id, c.call_id) = ($1::uuid, i.owner_id, i.call_id)
)sql"};

constexpr storage::Statement insert{R"sql(
-- calls.insert_rows
INSERT INTO calls (organisation_id, decision_id, owner_id, call_id, source_hash, direction, own_number, counterpart,
                   started_at, answered_at, ended_at, outcome)
SELECT $1::uuid, $2::uuid, owner_id, call_id, source_hash, direction, own_number, counterpart,
       to_timestamp(started_ms / 1000.0), to_timestamp(answered_ms / 1000.0), to_timestamp(ended_ms / 1000.0), outcome
  FROM unnest($3::uuid[], $4::uuid[], $5::text[], $6::bytea[], $7::bytea[], $8::bigint[], $9::bigint[], $10::bigint[],
              $11::text[], $12::bytea[])
       AS i (owner_id, call_id, direction, own_number, counterpart, started_ms, answered_ms, ended_ms, outcome,
             source_hash)
)sql"};

// Not ON CONFLICT DO UPDATE, which wants the right to read what it overwrites.
constexpr storage::Statement correct{R"sql(
-- calls.correct_rows
UPDATE calls c
   SET direction = i.direction, own_number = i.own_number, counterpart = i.counterpart,
       started_at = to_timestamp(i.started_ms / 1000.0), answered_at = to_timestamp(i.answered_ms / 1000.0),
       ended_at = to_timestamp(i.ended_ms / 1000.0), outcome = i.outcome
  FROM unnest($2::uuid[], $3::uuid[], $4::text[], $5::bytea[], $6::bytea[], $7::bigint[], $8::bigint[], $9::bigint[],
              $10::text[])
       AS i (owner_id, call_id, direction, own_number, counterpart, started_ms, answered_ms, ended_ms, outcome)
 WHERE (c.organisation_id, c.owner_id, c.call_id) = ($1::uuid, i.owner_id, i.call_id)
)sql"};

/// The parameters of both, a column each.
struct Columns {
    storage::ArrayLiteral owners, ids, hashes, directions, own_numbers, counterparts, started, answered, ended,
        outcomes;
    bool empty = true;

    void add(CallRow const& row, CallTimes const& times) {
        empty = false;
        owners.add(row.owner.text());
        ids.add(row.id.text());
        hashes.add(storage::bytea(row.source_hash));
        directions.add(name_of(row.direction));
        started.add(std::to_string(storage::ms(times.started_at)));
        if (times.answered_at)
            answered.add(std::to_string(storage::ms(*times.answered_at)));
        else
            answered.add_null();
        ended.add(std::to_string(storage::ms(times.ended_at)));
        outcomes.add(name_of(row.outcome));
    }
};

Result<void> seal_numbers(storage::ColumnCipher& cipher, SetupPermit const& permit, CallRow const& row,
                          Columns& columns) {
    auto const seal = [&](std::string_view column, Party const& party) {
        return cipher.seal(row.owner, {column, row.id.value()}, party.open(permit).text);
    };
    auto const own = seal(field::CallsOwnNumber::column, row.own);
    if (!own) return own.error();
    columns.own_numbers.add(storage::bytea(*own));
    if (!row.other) {
        columns.counterparts.add_null();
        return {};
    }
    auto const other = seal(field::CallsCounterpart::column, *row.other);
    if (!other) return other.error();
    columns.counterparts.add(storage::bytea(*other));
    return {};
}

}  // namespace

Result<void> write_rows(storage::Tx& tx, storage::ColumnCipher& cipher, SetupPermit const& permit,
                        std::vector<CallRow> const& rows) {
    Columns fresh;
    Columns known;
    for (CallRow const& row : rows) {
        Columns& columns = row.exists ? known : fresh;
        if (auto const sealed = seal_numbers(cipher, permit, row, columns); !sealed) return sealed;
        columns.add(row, row.times.open(permit));
    }
    std::string const organisation = permit.organisation().text();
    if (!fresh.empty)
        tx.exec(insert, organisation, permit.decision().text(), fresh.owners.text(), fresh.ids.text(),
                fresh.directions.text(), fresh.own_numbers.text(), fresh.counterparts.text(), fresh.started.text(),
                fresh.answered.text(), fresh.ended.text(), fresh.outcomes.text(), fresh.hashes.text());
    if (!known.empty)
        tx.exec(correct, organisation, known.owners.text(), known.ids.text(), known.directions.text(),
                known.own_numbers.text(), known.counterparts.text(), known.started.text(), known.answered.text(),
                known.ended.text(), known.outcomes.text());
    return {};
}

std::vector<FoundRow> find_rows(storage::Tx& tx, OrganisationId organisation,
                                std::vector<OwnerHash> const& wanted) {
    storage::ArrayLiteral owners, hashes;
    for (auto const& [owner, hash] : wanted) {
        owners.add(owner.text());
        hashes.add(storage::bytea(hash));
    }
    std::vector<FoundRow> found;
    for (auto const& row : tx.exec(find, organisation.text(), owners.text(), hashes.text()))
        found.push_back({row[0].as<std::size_t>() - 1, storage::id_of<CallId>(row[1])});
    return found;
}

void delete_rows(storage::Tx& tx, OrganisationId organisation, std::vector<RowKey> const& rows) {
    if (rows.empty()) return;
    storage::ArrayLiteral owners, ids;
    for (auto const& [owner, id] : rows) {
        owners.add(owner.text());
        ids.add(id.text());
    }
    tx.exec(remove, organisation.text(), owners.text(), ids.text());
}

}  // namespace samtal::calls
