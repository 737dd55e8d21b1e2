#pragma once

#include "archive_row.hpp"
#include "samtal/register/choice.hpp"

#include <optional>
#include <string>
#include <vector>

namespace samtal::rights {

using RightsPermit = Permit<purpose::RightsAndEvidence>;

/// Whose rows.
struct ArchiveSubject {
    OrganisationId organisation;
    UserId user;
    std::string pseudonym;  // under which the audit trail knows them
    bool own_only;          // not what they reach through others' rows
};

struct ArchivePage {
    std::vector<ArchiveRow> rows;
    std::optional<std::string> next;  // where the next page begins; nothing after the last
};

/// A person's rows, a page at a time, opened on the database's thread. Reads through the register's export
/// function: rights have no grants on the tables.
class PgArchiveRepository {
public:
    PgArchiveRepository(storage::Database& db, storage::ColumnCipher& cipher) : db_{db}, cipher_{cipher} {}

    /// `not_found` when the person has no key any more.
    Task<Result<std::string>> pseudonym_of(RightsPermit const&, UserId);
    /// As an ISO 8601 period; empty: as the register says.
    Task<Result<processing::ChosenPeriods>> chosen_periods(RightsPermit const&, OrganisationId);
    Task<Result<ArchivePage>> page(RightsPermit const&, ArchiveSubject const&, ArchiveTable const&,
                                   std::optional<std::string> const& after);

private:
    Result<std::optional<std::string>> open(ArchiveSubject const&, UserId owner, storage::Cell const&,
                                            std::string const& sealed);
    storage::Database& db_;
    storage::ColumnCipher& cipher_;
};

}  // namespace samtal::rights
