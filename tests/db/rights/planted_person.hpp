#pragma once

#include "samtal/storage/values.hpp"
#include "support/database.hpp"

#include <fmt/format.h>

#include <map>
#include <string>
#include <vector>

namespace samtal::rights {

/// A value that nothing else in the database has.
class Marks {
public:
    std::string text(std::string_view what) {
        return fmt::format("{} {}", what, testing::fresh_id<MessageId>().text());
    }
    /// Each later than the one before.
    std::string time() {
        static int n = 0;
        ++n;
        return rfc3339(parse_rfc3339("2031-02-03T04:05:06.007Z").value() + std::chrono::seconds{n});
    }
    std::string id() { return testing::fresh_id<MessageId>().text(); }
};

/// A row that is put together column by column, and what an archive is to show of it.
class PlantedRow {
public:
    PlantedRow(std::string table_name, storage::ColumnCipher& column_cipher, Principal const& who)
        : table{std::move(table_name)}, cipher_{column_cipher}, who_{who} {
        if (table != "audit_leaves") raw("organisation_id", fmt::format("'{}'", who.organisation.text()));
    }
    /// Stored and shown as it is.
    PlantedRow& plain(std::string const& column, std::string const& value) {
        shown[column] = value;
        return raw(column, fmt::format("'{}'", value));
    }
    PlantedRow& sealed(std::string const& column, std::string const& plain_text, std::string const& row,
                       std::string const& as_shown = {}) {
        shown[column] = as_shown.empty() ? plain_text : as_shown;
        auto const value = cipher_.seal(who_.user, {table + "." + column, parse_uuid(row).value()}, plain_text);
        return raw(column, fmt::format("'{}'", storage::bytea(value.value())));
    }
    /// Sealed, and shown in no archive.
    PlantedRow& hidden(std::string const& column, std::string const& plain_text, std::string const& row) {
        sealed(column, plain_text, row);
        shown.erase(column);
        return *this;
    }
    /// Shown in no archive.
    PlantedRow& raw(std::string const& column, std::string const& sql) {
        columns_ += (columns_.empty() ? "" : ", ") + column;
        values_ += (values_.empty() ? "" : ", ") + sql;
        return *this;
    }
    void insert(testing::TestDatabase& test) const {
        test.admin(fmt::format("INSERT INTO {} ({}) VALUES ({})", table, columns_, values_));
    }

    std::string table;
    std::map<std::string, std::string> shown;

private:
    storage::ColumnCipher& cipher_;
    Principal who_;
    std::string columns_;
    std::string values_;
};

/// A person with a row in every table, every column of it filled with what nobody else has.
struct PlantedPerson {
    PlantedPerson(testing::TestDatabase&, Principal const&);

    Principal who;
    std::vector<PlantedRow> rows;

private:
    PlantedRow& row(std::string table);
    void plant_account();
    void plant_account_links();
    void plant_choices();
    void plant_profile();
    void plant_chat();
    void plant_calls();
    void plant_rooms_of_calls();
    void plant_audit();
    void plant_holds();
    void plant_rights();

    testing::TestDatabase& test_;
    Marks mark_;
    std::string user_;
};

}  // namespace samtal::rights
