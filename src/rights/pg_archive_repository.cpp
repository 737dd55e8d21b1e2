#include "pg_archive_repository.hpp"

#include "samtal/consent/organisation_choice.hpp"
#include "samtal/storage/values.hpp"

namespace samtal::rights {

namespace {

/// Rows of 8 KiB texts at most: a page is a few megabytes at the very worst.
constexpr int page_size = 500;

// The function is derived from the register (tools/register/export.py).
constexpr storage::Statement export_page{R"sql(
-- rights.export_page
SELECT place::text, owner, row_id, content
  FROM export_page($1, $2::boolean, $3::uuid, $4::uuid, $5::bytea, $6::text[], $7::integer)
)sql"};

UserId owner_of(pqxx::row const& row) {
    return row[1].is_null() ? UserId::nil() : storage::id_of<UserId>(row[1]);
}

boost::uuids::uuid row_id_of(pqxx::row const& row) {
    return row[2].is_null() ? boost::uuids::uuid{} : parse_uuid(row[2].c_str()).value();
}

}  // namespace

Task<Result<std::string>> PgArchiveRepository::pseudonym_of(RightsPermit const& permit, UserId user) {
    // Asks the key store, which may block: so on the database's thread.
    co_return co_await db_.read(permit, [&](storage::Tx&) -> Result<std::string> {
        return cipher_.owner_hash(user, "audit", user.text());
    });
}

Task<Result<processing::ChosenPeriods>> PgArchiveRepository::chosen_periods(RightsPermit const& permit,
                                                                            OrganisationId organisation) {
    co_return co_await db_.read(permit, [organisation](storage::Tx& tx) -> Result<processing::ChosenPeriods> {
        return consent::chosen_periods_of(tx, organisation);
    });
}

Result<std::optional<std::string>> PgArchiveRepository::open(ArchiveSubject const& subject, UserId owner,
                                                             storage::Cell const& cell,
                                                             std::string const& sealed) {
    auto plain = cipher_.open(owner, cell, sealed);
    if (plain) return std::optional{*std::move(plain)};
    // Another person who was erased: their text is gone. The person themselves: they are gone, and with them the
    // archive.
    if (plain.error().code == Errc::not_found && owner != subject.user) return std::optional<std::string>{};
    return plain.error();
}

Task<Result<ArchivePage>> PgArchiveRepository::page(RightsPermit const& permit, ArchiveSubject const& subject,
                                                    ArchiveTable const& table,
                                                    std::optional<std::string> const& after) {
    co_return co_await db_.read(permit, [&](storage::Tx& tx) -> Result<ArchivePage> {
        auto const rows =
            tx.exec(export_page, table.name, subject.own_only, subject.organisation.text(), subject.user.text(),
                    storage::bytea(subject.pseudonym), after ? after->c_str() : nullptr, page_size);
        ArchivePage page;
        for (auto const& row : rows) {
            UserId const owner = owner_of(row);
            auto const row_id = row_id_of(row);
            auto decoded = decode_row({row[3].c_str(), row[3].size()}, table,
                                      [&](std::string const& column, std::string const& sealed) {
                                          return open(subject, owner, {column, row_id}, sealed);
                                      });
            if (!decoded) return decoded.error();
            page.rows.push_back(*std::move(decoded));
        }
        if (page.rows.size() == page_size) page.next = storage::text_of(rows[rows.size() - 1][0]);
        return page;
    });
}

}  // namespace samtal::rights
