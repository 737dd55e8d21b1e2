#include "pg_call_rows_repository.hpp"

#include "samtal/storage/binary_array.hpp"
#include "samtal/storage/subject_cipher.hpp"
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
       started_at = i.started_at, answered_at = i.answered_at, ended_at = i.ended_at, outcome = i.outcome,
       part_hash = i.part_hash, part_rank = i.part_rank, clock_off = i.clock_off, counterpart_hash = i.counterpart_hash
  FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::bytea[], $6::bytea[], $7::timestamptz[],
              $8::timestamptz[], $9::timestamptz[], $10::text[], $11::bytea[], $12::bigint[], $13::boolean[], $14::bytea[])
       AS i (organisation_id, owner_id, call_id, direction, own_number, counterpart, started_at, answered_at, ended_at,
             outcome, part_hash, part_rank, clock_off, counterpart_hash)
 WHERE (c.organisation_id, c.owner_id, c.call_id) = (i.organisation_id, i.owner_id, i.call_id) AND c.stage = 'full'
)sql"};

using storage::BinaryArray;

/// The parameters of both, a column each.
class Columns {
public:
    [[nodiscard]] bool empty() const { return empty_; }

    void add(CallRow const& row, storage::SubjectCipher const& cipher) {
        add_plain(row);
        add_sealed(row, cipher);
        empty_ = false;
    }
    template <class... More>
    void run(storage::Tx& tx, storage::Statement const& statement, More const&... more) const {
        if (empty_) return;
        tx.exec(statement, organisations.parameter(), owners.parameter(), ids.parameter(), directions.parameter(),
                own_numbers.parameter(), counterparts.parameter(), started.parameter(), answered.parameter(),
                ended.parameter(), outcomes.parameter(), part_hashes.parameter(), part_ranks.parameter(),
                clocks_off.parameter(), counterpart_hashes.parameter(), more.parameter()...);
    }
    void insert(storage::Tx& tx) const { run(tx, calls::insert, hashes, decisions); }
    void correct(storage::Tx& tx) const { run(tx, calls::correct); }

private:
    BinaryArray organisations{BinaryArray::Of::uuid}, owners{BinaryArray::Of::uuid}, ids{BinaryArray::Of::uuid},
        directions{BinaryArray::Of::text}, own_numbers{BinaryArray::Of::bytea},
        counterparts{BinaryArray::Of::bytea}, started{BinaryArray::Of::timestamptz},
        answered{BinaryArray::Of::timestamptz}, ended{BinaryArray::Of::timestamptz},
        outcomes{BinaryArray::Of::text}, part_hashes{BinaryArray::Of::bytea}, part_ranks{BinaryArray::Of::bigint},
        clocks_off{BinaryArray::Of::boolean}, counterpart_hashes{BinaryArray::Of::bytea},
        hashes{BinaryArray::Of::bytea}, decisions{BinaryArray::Of::uuid};
    bool empty_ = true;

    void add_plain(CallRow const& row) {
        CallTimes const& times = row.times.open(row.permit);
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
        part_ranks.add(row.part_rank);
        clocks_off.add_flag(times.clock_off);
        decisions.add(row.permit.decision().value());
    }

    void add_sealed(CallRow const& row, storage::SubjectCipher const& cipher) {
        auto const seal = [&](std::string_view column, Party const& party) {
            return cipher.seal({column, row.id.value()}, party.open(row.permit).text);
        };
        hashes.add(cipher.owner_hash("call", row.call));
        if (row.part.empty())
            part_hashes.add_null();
        else
            part_hashes.add(cipher.owner_hash("call-part", row.part));
        own_numbers.add(seal(field::CallsOwnNumber::column, row.own));
        if (row.other) {
            counterparts.add(seal(field::CallsCounterpart::column, *row.other));
            counterpart_hashes.add(counterpart_hash(cipher, row.other->open(row.permit).text));
        } else {
            counterparts.add_null();
            counterpart_hashes.add_null();
        }
    }
};

}  // namespace

void write_rows(storage::Tx& tx, storage::KeySource& keys, std::vector<CallRow> const& rows) {
    Columns fresh;
    Columns known;
    std::optional<Result<storage::SubjectCipher>> cipher;
    for (std::size_t n = 0; n < rows.size(); ++n) {
        CallRow const& row = rows[n];
        if (n == 0 || rows[n - 1].owner != row.owner) cipher.emplace(storage::SubjectCipher::of(keys, row.owner));
        if (*cipher) (row.exists ? known : fresh).add(row, **cipher);
    }
    fresh.insert(tx);
    known.correct(tx);
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
    for (auto const& row : tx.exec(find, organisations.parameter(), owners.parameter(), hashes.parameter()))
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
