#pragma once

#include "samtal/core/task.hpp"
#include "samtal/statistics/release.hpp"
#include "samtal/storage/key_wrapping.hpp"
#include "samtal/storage/purpose_pool.hpp"

#include <vector>

namespace samtal::statistics {

/// The keys under which an open epoch's pseudonyms are made. In the key store only, and nowhere in memory between
/// two flushes: what is deleted there is gone. Throws Unavailable when the key store is.
class PgEpochKeysRepository {
public:
    PgEpochKeysRepository(storage::LoginOptions login, storage::KeyRing const&);

    /// The epoch's key, made when it has none.
    Task<storage::Key> key_of(Epoch);
    Task<std::vector<Epoch>> epochs();
    Task<void> destroy(Epoch);
    void close();

private:
    void make(storage::Tx&, Epoch) const;

    storage::KeyWrapper wrapper_;
    storage::PurposePool pool_;
};

}  // namespace samtal::statistics
