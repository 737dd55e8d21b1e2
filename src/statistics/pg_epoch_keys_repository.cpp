#include "pg_epoch_keys_repository.hpp"

#include "samtal/storage/values.hpp"

#include <fmt/format.h>
#include <sodium.h>

#include <stdexcept>

namespace samtal::statistics {

namespace {

using storage::Key;
using storage::Mode;
using storage::Tx;

constexpr storage::Statement insert_key{R"sql(
-- statistics.insert_epoch_key
INSERT INTO statistics_epoch_keys (epoch, wrapped) VALUES ($1::integer, $2::bytea) ON CONFLICT DO NOTHING
)sql"};

constexpr storage::Statement read_key{R"sql(
-- statistics.read_epoch_key
SELECT wrapped FROM statistics_epoch_keys WHERE epoch = $1::integer
)sql"};

constexpr storage::Statement list_epochs{R"sql(
-- statistics.list_epoch_keys
SELECT epoch FROM statistics_epoch_keys ORDER BY epoch
)sql"};

constexpr storage::Statement delete_key{R"sql(
-- statistics.delete_epoch_key
DELETE FROM statistics_epoch_keys WHERE epoch = $1::integer
)sql"};

constexpr std::size_t nonce_size = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t tag_size = crypto_aead_xchacha20poly1305_ietf_ABYTES;

unsigned char const* raw(std::string const& s) {
    return reinterpret_cast<unsigned char const*>(s.data());
}
unsigned char* raw(std::string& s) {
    return reinterpret_cast<unsigned char*>(s.data());
}

/// Binds a wrapped key to its row, so that one swapped for another is refused.
std::string place_of(Epoch epoch) {
    return fmt::format("statistics_epoch_keys:{}", epoch);
}

std::string wrap(Key const& kek, Epoch epoch, Key const& key) {
    std::string wrapped(nonce_size + key.size() + tag_size, '\0');
    randombytes_buf(wrapped.data(), nonce_size);
    std::string const place = place_of(epoch);
    crypto_aead_xchacha20poly1305_ietf_encrypt(raw(wrapped) + nonce_size, nullptr, key.data(), key.size(),
                                               raw(place), place.size(), nullptr, raw(wrapped), kek.data());
    return wrapped;
}

Key unwrap(Key const& kek, Epoch epoch, std::string const& wrapped) {
    Key key;
    std::string const place = place_of(epoch);
    if (wrapped.size() != nonce_size + key.size() + tag_size ||
        crypto_aead_xchacha20poly1305_ietf_decrypt(key.data(), nullptr, nullptr, raw(wrapped) + nonce_size,
                                                   wrapped.size() - nonce_size, raw(place), place.size(),
                                                   raw(wrapped), kek.data()) != 0)
        throw std::runtime_error{
            "a statistics epoch's key does not open with this deployment's key-encryption key"};
    return key;
}

/// `body` lives in the coroutine's frame, which waits until the job is done.
template <class Body>
Task<void> run(storage::PurposePool& pool, Body body) {
    storage::JobOf job{Mode::single, [&body](Tx& tx) {
                           body(tx);
                           return true;
                       }};
    if (!co_await pool.execute(job)) throw Unavailable{"the key store is busy"};
}

}  // namespace

PgEpochKeysRepository::PgEpochKeysRepository(storage::LoginOptions login, Key const& key_encryption_key)
    : kek_{key_encryption_key}, pool_{std::move(login), 1, 64, {}} {}

Task<Key> PgEpochKeysRepository::key_of(Epoch epoch) {
    Key fresh;
    randombytes_buf(fresh.data(), fresh.size());
    std::string const wrapped_fresh = storage::bytea(wrap(kek_, epoch, fresh));
    sodium_memzero(fresh.data(), fresh.size());
    std::string wrapped;
    co_await run(pool_, [&](Tx& tx) {
        tx.exec(insert_key, epoch, wrapped_fresh);
        auto const rows = tx.exec(read_key, epoch);  // another server's, where it was first
        if (rows.empty()) throw Unavailable{"the epoch was closed meanwhile"};
        wrapped = storage::bytes_of(rows[0][0]);
    });
    co_return unwrap(kek_, epoch, wrapped);
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
