#include "pg_call_rows_repository.hpp"

#include "samtal/storage/binary_array.hpp"
#include "samtal/storage/values.hpp"

namespace samtal::calls {

namespace {

// Fenced by OFFSET: else a PostgreSQL without statistics may read all calls of an owner to find one.
constexpr storage::Statement find{R"sql(
-- calls.find_rows
SELECT i.n, c.call_id, c.part_hash, c.part_rank
  FROM unnest($1::uuid[], $2::uuid[], $3::bytea[]) WITH ORDINALITY AS i (organisation_id, owner_id, source_hash, n)
 CROSS JOIN LATERAL (SELECT organisation_id, owner_id, call_id, part_hash, part_rank
                       FROM calls WHERE source_hash = i.source_hash OFFSET 0) AS c
 WHERE (c.organisation_id, c.owner_id) = (i.organisation_id, i.owner_id)
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
SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::bytea[], $6::bytea[], $7::timestamptz[],
                     $8::timestamptz[], $9::timestamptz[], $10::text[], $11::bytea[], $12::bigint[], $13::boolean[],
                     $14::bytea[], $15::bytea[], $16::uuid[])
)sql"};

// Not ON CONFLICT DO UPDATE, which wants the right to read what it overwrites.
constexpr storage::Statement correct{R"sql(
-- calls.correct_rows
UPDATE calls c
   SET direction = i.direction, own_number = i.own_number, counterpart = i.counterpart,
       started_at = i.started_at, answered_at = i.answered_at, ended_at = i.ended_at, outcome = i.outcome,
       part_hash = i.part_hash, part_rank = i.part_rank, clock_off = i.clock_off, counterpart_hash = i.counterpart_hash
  FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::bytea[], $6::bytea[], $7::timestamptz[],
              $8::timestamptz[], $9::timestamptz[], $10::text[], $11::bytea[], $12::bigint[], $13::boolean[], $14::bytea[])
       AS i (organisation_id, owner_id, call_id, direction, own_number, counterpart, started_at, answered_at, ended_at,
             outcome, part_hash, part_rank, clock_off, counterpart_hash)
 WHERE (c.organisation_id, c.owner_id, c.call_id) = (i.organisation_id, i.owner_id, i.call_id)
)sql"};

using storage::BinaryArray;

/// The parameters of both, a column each.
struct Columns {
    BinaryArray organisations{BinaryArray::Of::uuid}, owners{BinaryArray::Of::uuid}, ids{BinaryArray::Of::uuid},
        directions{BinaryArray::Of::text}, own_numbers{BinaryArray::Of::bytea},
        counterparts{BinaryArray::Of::bytea}, started{BinaryArray::Of::timestamptz},
        answered{BinaryArray::Of::timestamptz}, ended{BinaryArray::Of::timestamptz},
        outcomes{BinaryArray::Of::text}, part_hashes{BinaryArray::Of::bytea}, part_ranks{BinaryArray::Of::bigint},
        clocks_off{BinaryArray::Of::boolean}, counterpart_hashes{BinaryArray::Of::bytea},
        hashes{BinaryArray::Of::bytea}, decisions{BinaryArray::Of::uuid};
    bool empty = true;

    void add(CallRow const& row) {
        CallTimes const& times = row.times.open(row.permit);
        empty = false;
        organisations.add(row.permit.organisation().value());
        owners.add(row.owner.value());
        ids.add(row.id.value());
        directions.add(name_of(row.direction));
        started.add_time(times.started_at);
        if (times.answered_at)
            answered.add_time(*times.answered_at);
        else
            answered.add_null();
        ended.add_time(times.ended_at);
        outcomes.add(name_of(row.outcome));
        if (row.part_hash.empty())
            part_hashes.add_null();
        else
            part_hashes.add(row.part_hash);
        part_ranks.add(row.part_rank);
        clocks_off.add_flag(times.clock_off);
        hashes.add(row.source_hash);
        decisions.add(row.permit.decision().value());
    }
};

Result<void> seal_numbers(storage::ColumnCipher& cipher, CallRow const& row, Columns& columns) {
    auto const seal = [&](std::string_view column, Party const& party) {
        return cipher.seal(row.owner, {column, row.id.value()}, party.open(row.permit).text);
    };
    auto const own = seal(field::CallsOwnNumber::column, row.own);
    if (!own) return own.error();
    columns.own_numbers.add(*own);
    if (!row.other) {
        columns.counterparts.add_null();
        columns.counterpart_hashes.add_null();
        return {};
    }
    auto const other = seal(field::CallsCounterpart::column, *row.other);
    if (!other) return other.error();
    auto const hash = counterpart_hash(cipher, row.owner, row.other->open(row.permit).text);
    if (!hash) return hash.error();
    columns.counterparts.add(*other);
    columns.counterpart_hashes.add(*hash);
    return {};
}

}  // namespace

Result<std::string> counterpart_hash(storage::ColumnCipher& cipher, UserId owner, std::string_view number) {
    return cipher.owner_hash(owner, "counterpart", number);
}

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
        tx.exec(statement, c.organisations.parameter(), c.owners.parameter(), c.ids.parameter(),
                c.directions.parameter(), c.own_numbers.parameter(), c.counterparts.parameter(),
                c.started.parameter(), c.answered.parameter(), c.ended.parameter(), c.outcomes.parameter(),
                c.part_hashes.parameter(), c.part_ranks.parameter(), c.clocks_off.parameter(),
                c.counterpart_hashes.parameter(), more...);
    };
    run(insert, fresh, fresh.hashes.parameter(), fresh.decisions.parameter());
    run(correct, known);
    return {};
}

std::vector<FoundRow> find_rows(storage::Tx& tx, std::vector<RowAsked> const& asked) {
    std::vector<FoundRow> found;
    if (asked.empty()) return found;
    BinaryArray organisations{BinaryArray::Of::uuid}, owners{BinaryArray::Of::uuid},
        hashes{BinaryArray::Of::bytea};
    for (auto const& [organisation, owner, hash] : asked) {
        organisations.add(organisation.value());
        owners.add(owner.value());
        hashes.add(hash);
    }
    for (auto const& row :
         tx.exec(find, organisations.parameter(), owners.parameter(), hashes.parameter()))
        found.push_back({row[0].as<std::size_t>() - 1, storage::id_of<CallId>(row[1]),
                         row[2].is_null() ? std::string{} : storage::bytes_of(row[2]), row[3].as<std::int64_t>()});
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
