#pragma once

#include "call_repositories.hpp"
#include "samtal/calls/fading.hpp"
#include "samtal/storage/column_cipher.hpp"
#include "samtal/storage/tx.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace samtal::calls {

/// One person's row of a call, to be written.
struct CallRow {
    SetupPermit const& permit;
    UserId owner;
    CallId id;
    bool exists;            // a correction: the row with that id is overwritten
    std::string_view call;  // its name among all switches; hashed under the owner's key, as the next one
    std::string part;       // its part's; empty for a call that came whole
    std::int64_t part_rank;
    Direction direction;
    Party const& own;
    std::optional<Party> const& other;
    SomeTimes const& times;
    Outcome outcome;
};

/// Seals and writes. Those of one owner come one after the other; who was erased meanwhile gets none.
void write_rows(storage::Tx&, storage::KeySource&, std::vector<CallRow> const&);

struct RowAsked {
    OrganisationId organisation;
    UserId owner;
    std::string source_hash;
};
struct FoundRow {
    std::size_t place;  // in what was asked for
    CallId id;
    std::string part_hash;  // empty for a call that came whole
    std::int64_t part_rank;
};
[[nodiscard]] std::vector<FoundRow> find_rows(storage::Tx&, std::vector<RowAsked> const&);

/// When an owner would have a row.
struct RowTimes {
    OrganisationId organisation;
    UserId owner;
    Timestamp started_at, ended_at;
};
/// Which of them, by place, fall together with a call of the owner that has faded already, lost its other side, or
/// is only counted. Nothing that is left of such a call says which one it was.
[[nodiscard]] std::vector<std::size_t> faded_among(storage::Tx&, std::vector<RowTimes> const&);

struct RowKey {
    OrganisationId organisation;
    UserId owner;
    CallId id;
};
void delete_rows(storage::Tx&, std::vector<RowKey> const&);

}  // namespace samtal::calls
