#include "pg_epoch_keys_repository.hpp"

#include "samtal/storage/values.hpp"

#include <sodium.h>

#include <optional>

namespace samtal::statistics {

namespace {

using storage::Key;
using storage::Mode;
using storage::Tx;

constexpr storage::Statement insert_key{R"sql(
-- statistics.insert_epoch_key
INSERT INTO statistics_epoch_keys (epoch, wrapped_in, wrapped) VALUES ($1::integer, $2, $3::bytea) ON CONFLICT DO NOTHING
)sql"};

constexpr storage::Statement read_key{R"sql(
-- statistics.read_epoch_key
SELECT wrapped_in, wrapped FROM statistics_epoch_keys WHERE epoch = $1::integer
)sql"};

constexpr storage::Statement list_epochs{R"sql(
-- statistics.list_epoch_keys
SELECT epoch FROM statistics_epoch_keys ORDER BY epoch
)sql"};

constexpr storage::Statement delete_key{R"sql(
-- statistics.delete_epoch_key
DELETE FROM statistics_epoch_keys WHERE epoch = $1::integer
)sql"};

std::optional<storage::WrappedKey> read(Tx& tx, Epoch epoch) {
    auto const rows = tx.exec(read_key, epoch);
    if (rows.empty()) return std::nullopt;
    return storage::WrappedKey{rows[0][0].as<int>(), storage::bytes_of(rows[0][1])};
}

/// `body` lives in the coroutine's frame, which waits until the job is done.
template <class Body>
Task<void> run(storage::PurposePool& pool, Body body) {
    storage::JobOf job{Mode::transaction, [&body](Tx& tx) {
                           body(tx);
                           return true;
                       }};
    if (!co_await pool.execute(job)) throw Unavailable{"the key store is busy"};
}

}  // namespace

PgEpochKeysRepository::PgEpochKeysRepository(storage::LoginOptions login, storage::KeyRing const& ring)
    : wrapper_{ring.directory()}, pool_{std::move(login), 1, 64, {}} {}

Task<Key> PgEpochKeysRepository::key_of(Epoch epoch) {
    std::string const place = storage::place_of_statistics_key(epoch);
    std::optional<Key> key;
    co_await run(pool_, [&](Tx& tx) {
        if (!read(tx, epoch)) make(tx, epoch);
        // Perhaps another server's, where it was first.
        key = wrapper_.open(place, [&] { return read(tx, epoch); });
        if (!key) throw Unavailable{"the epoch was closed meanwhile"};
    });
    co_return *key;
}

void PgEpochKeysRepository::make(Tx& tx, Epoch epoch) const {
    Key fresh;
    randombytes_buf(fresh.data(), fresh.size());
    auto const wrapped = wrapper_.wrap(tx, storage::place_of_statistics_key(epoch), fresh);
    sodium_memzero(fresh.data(), fresh.size());
    tx.exec(insert_key, epoch, wrapped.epoch, storage::bytea(wrapped.bytes));
}

Task<std::vector<Epoch>> PgEpochKeysRepository::epochs() {
    std::vector<Epoch> found;
    co_await run(pool_, [&](Tx& tx) {
        found.clear();
        for (auto const& row : tx.exec(list_epochs)) found.push_back(row[0].as<Epoch>());
    });
    co_return found;
}

Task<void> PgEpochKeysRepository::destroy(Epoch epoch) {
    co_await run(pool_, [&](Tx& tx) { tx.exec(delete_key, epoch); });
}

void PgEpochKeysRepository::close() {
    pool_.close();
}

}  // namespace samtal::statistics
