#pragma once

#include "connection.hpp"
#include "samtal/storage/key_wrapping.hpp"

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace samtal::storage {

struct KeyEpochs {
    int open = 0;
    int newest = 0;
    std::optional<int> announced;  // its file is made, nothing is wrapped in it yet
    std::vector<int> doomed;       // closed and not destroyed
};

/// The two tables of wrapped keys.
enum class KeyKind { subject, statistics };

struct KeyRow {
    std::string id;  // of the subject, or the number of the statistics epoch
    std::string wrapped;
};

/// What a rotation does to the key store. Holds the right to rotate for as long as it lives.
class PgKeyRotationRepository {
public:
    /// Throws std::runtime_error when another rotation runs.
    explicit PgKeyRotationRepository(LoginOptions const&);

    [[nodiscard]] KeyEpochs epochs();
    void announce(int epoch);
    /// Closes the open one in the same moment. Waits for those who wrap in it.
    void open(int epoch);
    [[nodiscard]] int nodes_that_do_not_know(int epoch);

    /// Keys wrapped in the epoch, in the order of their ids, after this one.
    [[nodiscard]] std::vector<KeyRow> keys_in(KeyKind, int epoch, std::string const& after, int most);
    /// Rows that were erased meanwhile stay away.
    void replace(KeyKind, int old_epoch, int new_epoch, std::span<KeyRow const>);
    [[nodiscard]] bool holds_keys(int epoch);
    void mark_destroyed(int epoch);

private:
    template <class Body>
    void run(Mode mode, Body body);

    Connection connection_;
};

}  // namespace samtal::storage
