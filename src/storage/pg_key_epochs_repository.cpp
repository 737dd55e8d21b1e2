#include "key_files.hpp"
#include "samtal/storage/key_wrapping.hpp"

namespace samtal::storage {

namespace {

constexpr Statement lock_open_epoch{R"sql(
-- storage.lock_open_epoch
SELECT lock_open_epoch()
)sql"};

constexpr Statement find_open_epoch{R"sql(
-- storage.find_open_epoch
SELECT epoch FROM key_epochs WHERE opened_at IS NOT NULL AND closed_at IS NULL
)sql"};

}  // namespace

WrappedKey KeyWrapper::wrap(Tx& tx, std::string_view place, Key const& key) const {
    int const epoch = tx.exec(lock_open_epoch)[0][0].as<int>();
    Key kek = read_key_file(kek_file(directory_, epoch));
    Wipe const wipe{kek};
    return {epoch, seal_key(kek, place, key)};
}

void KeyWrapper::probe(Tx& tx) const {
    auto const open = tx.exec(find_open_epoch);
    if (open.empty()) throw std::runtime_error{"the key store has no open epoch"};
    Key kek = read_key_file(kek_file(directory_, open[0][0].as<int>()));
    Wipe const wipe{kek};
}

}  // namespace samtal::storage
