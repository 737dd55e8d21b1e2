#include "pg_key_rotation_repository.hpp"

#include "samtal/storage/values.hpp"

#include <stdexcept>

namespace samtal::storage {

namespace {

// Number of the advisory lock under which keys are rotated; any constant, the same in every version.
constexpr Statement lock_rotation{R"sql(
-- storage.lock_rotation
SELECT pg_try_advisory_lock(7216428)
)sql"};

constexpr Statement list_epochs{R"sql(
-- storage.list_key_epochs
SELECT epoch, opened_at IS NOT NULL, closed_at IS NOT NULL FROM key_epochs WHERE destroyed_at IS NULL ORDER BY epoch
)sql"};

constexpr Statement newest_epoch{R"sql(
-- storage.newest_key_epoch
SELECT max(epoch) FROM key_epochs
)sql"};

constexpr Statement announce_epoch{R"sql(
-- storage.announce_key_epoch
INSERT INTO key_epochs (epoch) VALUES ($1)
)sql"};

constexpr Statement tell_nodes{R"sql(
-- storage.tell_nodes
SELECT pg_notify('samtal_keys', '')
)sql"};

constexpr Statement close_epoch{R"sql(
-- storage.close_key_epoch
UPDATE key_epochs SET closed_at = now() WHERE opened_at IS NOT NULL AND closed_at IS NULL
)sql"};

constexpr Statement open_epoch{R"sql(
-- storage.open_key_epoch
UPDATE key_epochs SET opened_at = now() WHERE epoch = $1
)sql"};

constexpr Statement ignorant_nodes{R"sql(
-- storage.nodes_that_do_not_know
SELECT count(*) FROM nodes WHERE lease_until > clock_timestamp() AND known_epoch < $1
)sql"};

constexpr Statement subject_keys_in{R"sql(
-- storage.subject_keys_in
SELECT subject_id, wrapped FROM subject_keys WHERE subject_id > $2::uuid AND epoch = $1 ORDER BY subject_id LIMIT $3
)sql"};

constexpr Statement statistics_keys_in{R"sql(
-- storage.statistics_keys_in
SELECT epoch, wrapped FROM statistics_epoch_keys WHERE epoch > $2::integer AND wrapped_in = $1 ORDER BY epoch LIMIT $3
)sql"};

constexpr Statement replace_subject_keys{R"sql(
-- storage.replace_subject_keys
UPDATE subject_keys AS k SET epoch = $2, wrapped = fresh.wrapped
FROM unnest($3::uuid[], $4::bytea[]) AS fresh (subject_id, wrapped)
WHERE k.subject_id = fresh.subject_id AND k.epoch = $1
)sql"};

constexpr Statement replace_statistics_keys{R"sql(
-- storage.replace_statistics_keys
UPDATE statistics_epoch_keys AS k SET wrapped_in = $2, wrapped = fresh.wrapped
FROM unnest($3::integer[], $4::bytea[]) AS fresh (epoch, wrapped)
WHERE k.epoch = fresh.epoch AND k.wrapped_in = $1
)sql"};

constexpr Statement epoch_holds_keys{R"sql(
-- storage.key_epoch_holds_keys
SELECT EXISTS (SELECT FROM subject_keys WHERE epoch = $1)
    OR EXISTS (SELECT FROM statistics_epoch_keys WHERE wrapped_in = $1)
)sql"};

constexpr Statement mark_epoch_destroyed{R"sql(
-- storage.mark_key_epoch_destroyed
UPDATE key_epochs SET destroyed_at = now() WHERE epoch = $1
)sql"};

}  // namespace

PgKeyRotationRepository::PgKeyRotationRepository(LoginOptions const& login) : connection_{login} {
    // What a daily timer runs needs fewer rights than a migration.
    pqxx::nontransaction{connection_.raw()}.exec("SET ROLE samtal_keys_rotator");
    bool alone = false;
    run(Mode::single, [&](Tx& tx) { alone = tx.exec(lock_rotation)[0][0].as<bool>(); });
    if (!alone) throw std::runtime_error{"another rotation of the keys is running"};
}

template <class Body>
void PgKeyRotationRepository::run(Mode mode, Body body) {
    JobOf job{mode, [&body](Tx& tx) {
                  body(tx);
                  return true;
              }};
    try {
        connection_.run(job, {});
    } catch (Retry const&) {
        throw Unavailable{"the key store broke off; run the rotation again"};
    }
}

KeyEpochs PgKeyRotationRepository::epochs() {
    KeyEpochs found;
    run(Mode::single, [&](Tx& tx) {
        for (auto const& row : tx.exec(list_epochs)) {
            int const epoch = row[0].as<int>();
            if (!row[1].as<bool>())
                found.announced = epoch;
            else if (row[2].as<bool>())
                found.doomed.push_back(epoch);
            else
                found.open = epoch;
        }
        found.newest = tx.exec(newest_epoch)[0][0].as<int>();
    });
    return found;
}

void PgKeyRotationRepository::announce(int epoch) {
    run(Mode::transaction, [&](Tx& tx) {
        tx.exec(announce_epoch, epoch);
        tx.exec(tell_nodes);
    });
}

void PgKeyRotationRepository::open(int epoch) {
    run(Mode::transaction, [&](Tx& tx) {
        tx.exec(close_epoch);
        tx.exec(open_epoch, epoch);
    });
}

int PgKeyRotationRepository::nodes_that_do_not_know(int epoch) {
    int count = 0;
    run(Mode::single, [&](Tx& tx) { count = tx.exec(ignorant_nodes, epoch)[0][0].as<int>(); });
    return count;
}

std::vector<KeyRow> PgKeyRotationRepository::keys_in(KeyKind kind, int epoch, std::string const& after, int most) {
    std::vector<KeyRow> found;
    run(Mode::single, [&](Tx& tx) {
        auto const& statement = kind == KeyKind::subject ? subject_keys_in : statistics_keys_in;
        auto const rows = tx.exec(statement, epoch, after, most);
        found.reserve(static_cast<std::size_t>(rows.size()));
        for (auto const& row : rows) found.push_back({text_of(row[0]), bytes_of(row[1])});
    });
    return found;
}

void PgKeyRotationRepository::replace(KeyKind kind, int old_epoch, int new_epoch, std::span<KeyRow const> rows) {
    ArrayLiteral ids;
    ArrayLiteral wrapped;
    for (KeyRow const& row : rows) {
        ids.add(row.id);
        wrapped.add(bytea(row.wrapped));
    }
    auto const& statement = kind == KeyKind::subject ? replace_subject_keys : replace_statistics_keys;
    run(Mode::transaction, [&](Tx& tx) { tx.exec(statement, old_epoch, new_epoch, ids.text(), wrapped.text()); });
}

bool PgKeyRotationRepository::holds_keys(int epoch) {
    bool some = true;
    run(Mode::single, [&](Tx& tx) { some = tx.exec(epoch_holds_keys, epoch)[0][0].as<bool>(); });
    return some;
}

void PgKeyRotationRepository::mark_destroyed(int epoch) {
    run(Mode::transaction, [&](Tx& tx) { tx.exec(mark_epoch_destroyed, epoch); });
}

}  // namespace samtal::storage
