#pragma once

#include "samtal/storage/purpose_pool.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace samtal::storage {

/// One landed step of a schema. Built into the program from migrations/<database>/NNNN_name.up.sql.
struct Migration {
    int number;
    std::string_view name;
    std::string_view sql;
};
extern std::vector<Migration> const main_migrations;
extern std::vector<Migration> const keys_migrations;
extern std::vector<Migration> const statistics_migrations;

struct MigrationReport {
    int applied = 0;
    bool grants_renewed = false;
};

/// Applies what is missing, each step in a transaction of its own, as `owner` (SET ROLE); only one at a time
/// (advisory lock). Throws std::runtime_error: the schema is newer than this program, a landed step differs, or a
/// step failed (its name and SQLSTATE).
MigrationReport migrate(LoginOptions const&, std::string const& owner, std::vector<Migration> const&);

/// Makes the purposes' roles, gives each its register grants and its password from `secrets_directory`. Skips the
/// grants when neither register nor schema changed.
MigrationReport grant_roles(LoginOptions const&, std::string const& secrets_directory, bool schema_changed);

}  // namespace samtal::storage
