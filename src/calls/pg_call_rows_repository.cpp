#include "pg_call_rows_repository.hpp"

#include "samtal/storage/values.hpp"

namespace samtal::calls {

namespace {

constexpr storage::Statement find{R"sql(
-- calls.find_rows
SELECT i.n, c.call_id, c.part_hash, c.part_rank
  FROM unnest($1::uuid[], $2::uuid[], $3::bytea[]) WITH ORDINALITY AS i (organisation_id, owner_id, source_hash, n)
  JOIN calls c ON (c.organisation_id, c.owner_id, c.source_hash) = (i.organisation_id, i.owner_id, i.source_hash)
)sql"};

constexpr storage::Statement remove{R"sql(
-- calls.delete_rows
DELETE FROM calls c
 USING unnest($1::uuid[], $2::uuid[], $3::uuid[]) AS i (organisation_id, owner_id, call_id)
 WHERE (c.organisation_id, c.owner_id, c.call_id) = (i.organisation_id, i.owner_id, i.call_id)
)sql"};

constexpr storage::Statement insert{R"sql(
-- calls.insert_rows
INSERT INTO calls (organisation_id, owner_id, call_id, direction, own_number, counterpart, started_at, answered_at,
                   ended_at, outcome, part_hash, part_rank, clock_off, counterpart_hash, source_hash, decision_id)
SELECT organisation_id, owner_id, call_id, direction, own_number, counterpart, to_timestamp(started_ms / 1000.0),
       to_timestamp(answered_ms / 1000.0), to_timestamp(ended_ms / 1000.0), outcome, part_hash, part_rank, clock_off,
       counterpart_hash, source_hash, decision_id
  FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::bytea[], $6::bytea[], $7::bigint[], $8::bigint[],
              $9::bigint[], $10::text[], $11::bytea[], $12::bigint[], $13::boolean[], $14::bytea[], $15::bytea[], $16::uuid[])
       AS i (organisation_id, owner_id, call_id, direction, own_number, counterpart, started_ms, answered_ms, ended_ms,
             outcome, part_hash, part_rank, clock_off, counterpart_hash, source_hash, decision_id)
)sql"};

// The parts of a call, and what is corrected of it, begin within an hour.
constexpr storage::Statement find_faded{R"sql(
-- calls.find_faded
SELECT i.n FROM unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::bigint[]) WITH ORDINALITY
                AS i (organisation_id, owner_id, started_ms, ended_ms, n)
 CROSS JOIN LATERAL (SELECT to_timestamp(i.started_ms / 1000.0) AS began, to_timestamp(i.ended_ms / 1000.0) AS ended) AS t
 WHERE EXISTS (SELECT FROM calls c WHERE (c.organisation_id, c.owner_id) = (i.organisation_id, i.owner_id) AND c.stage <> 'full'
                  AND c.started_at BETWEEN t.began - interval '1 hour' AND t.ended AND c.ended_at >= t.began)
    OR EXISTS (SELECT FROM call_counters k WHERE (k.organisation_id, k.owner_id) = (i.organisation_id, i.owner_id)
                  AND k.hour > t.began - interval '1 hour' AND k.hour <= t.ended)
)sql"};

// Not ON CONFLICT DO UPDATE, which wants the right to read what it overwrites.
constexpr storage::Statement correct{R"sql(
-- calls.correct_rows
UPDATE calls c
   SET direction = i.direction, own_number = i.own_number, counterpart = i.counterpart,
       started_at = to_timestamp(i.started_ms / 1000.0), answered_at = to_timestamp(i.answered_ms / 1000.0),
       ended_at = to_timestamp(i.ended_ms / 1000.0), outcome = i.outcome, part_hash = i.part_hash,
       part_rank = i.part_rank, clock_off = i.clock_off, counterpart_hash = i.counterpart_hash
  FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::bytea[], $6::bytea[], $7::bigint[], $8::bigint[],
              $9::bigint[], $10::text[], $11::bytea[], $12::bigint[], $13::boolean[], $14::bytea[])
       AS i (organisation_id, owner_id, call_id, direction, own_number, counterpart, started_ms, answered_ms, ended_ms,
             outcome, part_hash, part_rank, clock_off, counterpart_hash)
 WHERE (c.organisation_id, c.owner_id, c.call_id) = (i.organisation_id, i.owner_id, i.call_id) AND c.stage = 'full'
)sql"};

/// The parameters of both, a column each.
struct Columns {
    storage::ArrayLiteral organisations, owners, ids, directions, own_numbers, counterparts, started, answered,
        ended, outcomes, part_hashes, part_ranks, clocks_off, counterpart_hashes, hashes, decisions;
    bool empty = true;

    void add(CallRow const& row) {
        CallTimes const& times = row.times.open(row.permit);
        empty = false;
        organisations.add(row.permit.organisation().text());
        owners.add(row.owner.text());
        ids.add(row.id.text());
        directions.add(name_of(row.direction));
        started.add(std::to_string(storage::ms(times.started_at)));
        if (times.answered_at)
            answered.add(std::to_string(storage::ms(*times.answered_at)));
        else
            answered.add_null();
        ended.add(std::to_string(storage::ms(times.ended_at)));
        outcomes.add(name_of(row.outcome));
        if (row.part_hash.empty())
            part_hashes.add_null();
        else
            part_hashes.add(storage::bytea(row.part_hash));
        part_ranks.add(std::to_string(row.part_rank));
        clocks_off.add(times.clock_off ? "t" : "f");
        hashes.add(storage::bytea(row.source_hash));
        decisions.add(row.permit.decision().text());
    }
};

Result<void> seal_numbers(storage::ColumnCipher& cipher, CallRow const& row, Columns& columns) {
    auto const seal = [&](std::string_view column, Party const& party) {
        return cipher.seal(row.owner, {column, row.id.value()}, party.open(row.permit).text);
    };
    auto const own = seal(field::CallsOwnNumber::column, row.own);
    if (!own) return own.error();
    columns.own_numbers.add(storage::bytea(*own));
    if (!row.other) {
        columns.counterparts.add_null();
        columns.counterpart_hashes.add_null();
        return {};
    }
    auto const other = seal(field::CallsCounterpart::column, *row.other);
    if (!other) return other.error();
    auto const hash = counterpart_hash(cipher, row.owner, row.other->open(row.permit).text);
    if (!hash) return hash.error();
    columns.counterparts.add(storage::bytea(*other));
    columns.counterpart_hashes.add(storage::bytea(*hash));
    return {};
}

}  // namespace

Result<void> write_rows(storage::Tx& tx, storage::ColumnCipher& cipher, std::vector<CallRow> const& rows) {
    Columns fresh;
    Columns known;
    for (CallRow const& row : rows) {
        Columns& columns = row.exists ? known : fresh;
        if (auto const sealed = seal_numbers(cipher, row, columns); !sealed) return sealed;
        columns.add(row);
    }
    auto const run = [&tx](storage::Statement const& statement, Columns const& c, auto const&... more) {
        if (c.empty) return;
        tx.exec(statement, c.organisations.text(), c.owners.text(), c.ids.text(), c.directions.text(),
                c.own_numbers.text(), c.counterparts.text(), c.started.text(), c.answered.text(), c.ended.text(),
                c.outcomes.text(), c.part_hashes.text(), c.part_ranks.text(), c.clocks_off.text(),
                c.counterpart_hashes.text(), more...);
    };
    run(insert, fresh, fresh.hashes.text(), fresh.decisions.text());
    run(correct, known);
    return {};
}

std::vector<FoundRow> find_rows(storage::Tx& tx, std::vector<RowAsked> const& asked) {
    std::vector<FoundRow> found;
    if (asked.empty()) return found;
    storage::ArrayLiteral organisations, owners, hashes;
    for (auto const& [organisation, owner, hash] : asked) {
        organisations.add(organisation.text());
        owners.add(owner.text());
        hashes.add(storage::bytea(hash));
    }
    for (auto const& row : tx.exec(find, organisations.text(), owners.text(), hashes.text()))
        found.push_back({row[0].as<std::size_t>() - 1, storage::id_of<CallId>(row[1]),
                         row[2].is_null() ? std::string{} : storage::bytes_of(row[2]), row[3].as<std::int64_t>()});
    return found;
}

std::vector<std::size_t> faded_among(storage::Tx& tx, std::vector<RowTimes> const& asked) {
    std::vector<std::size_t> found;
    if (asked.empty()) return found;
    storage::ArrayLiteral organisations, owners, started, ended;
    for (RowTimes const& row : asked) {
        organisations.add(row.organisation.text());
        owners.add(row.owner.text());
        started.add(std::to_string(storage::ms(row.started_at)));
        ended.add(std::to_string(storage::ms(row.ended_at)));
    }
    for (auto const& row : tx.exec(find_faded, organisations.text(), owners.text(), started.text(), ended.text()))
        found.push_back(row[0].as<std::size_t>() - 1);
    return found;
}

void delete_rows(storage::Tx& tx, std::vector<RowKey> const& rows) {
    if (rows.empty()) return;
    storage::ArrayLiteral organisations, owners, ids;
    for (auto const& [organisation, owner, id] : rows) {
        organisations.add(organisation.text());
        owners.add(owner.text());
        ids.add(id.text());
    }
    tx.exec(remove, organisations.text(), owners.text(), ids.text());
}

}  // namespace samtal::calls
