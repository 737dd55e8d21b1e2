#include "samtal/storage/migrator.hpp"

#include "connection.hpp"
#include "samtal/storage/key_store.hpp"
#include "samtal/storage/values.hpp"

#include <fmt/format.h>

#include <map>
#include <stdexcept>

namespace samtal::storage {

namespace {

// Number of the advisory lock under which schemas change; any constant, the same in every version.
constexpr auto lock_migrations = "SELECT pg_advisory_xact_lock(7216427)";

constexpr auto make_table = R"sql(
-- storage.make_migrations_table
CREATE TABLE IF NOT EXISTS schema_migrations (
    number     integer     PRIMARY KEY,
    name       text        NOT NULL,
    content    bytea       NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE  schema_migrations            IS 'not personal';
COMMENT ON COLUMN schema_migrations.number     IS 'not personal';
COMMENT ON COLUMN schema_migrations.name       IS 'not personal';
COMMENT ON COLUMN schema_migrations.content    IS 'not personal; SHA-256 of the step as it landed';
COMMENT ON COLUMN schema_migrations.applied_at IS 'not personal';
)sql";

std::map<int, std::string> applied(pqxx::work& work) {
    std::map<int, std::string> found;
    for (auto const& row : work.exec("SELECT number, content FROM schema_migrations"))
        found.emplace(row[0].as<int>(), bytes_of(row[1]));
    return found;
}

void check(std::map<int, std::string> const& landed, std::vector<Migration> const& known) {
    if (!landed.empty() && landed.rbegin()->first > static_cast<int>(known.size()))
        throw std::runtime_error{fmt::format("the database is at schema {}, newer than this program's {}",
                                             landed.rbegin()->first, known.size())};
    for (Migration const& step : known)
        if (auto const at = landed.find(step.number); at != landed.end() && at->second != sha256(step.sql))
            throw std::runtime_error{
                fmt::format("migration {:04}_{} differs from the one that landed", step.number, step.name)};
}

/// True when the step was missing.
bool apply(pqxx::connection& connection, std::string const& owner, std::vector<Migration> const& known,
           Migration const& step) try {
    pqxx::work work{connection};
    work.exec(lock_migrations);
    work.exec("SET LOCAL ROLE " + work.quote_name(owner));
    work.exec("SET LOCAL client_min_messages = warning");
    work.exec(make_table);
    auto const landed = applied(work);
    check(landed, known);
    if (landed.contains(step.number)) return false;
    work.exec(std::string{step.sql});
    work.exec(fmt::format("INSERT INTO schema_migrations (number, name, content) VALUES ({}, '{}', '{}')",
                          step.number, step.name, bytea(sha256(step.sql))));
    work.commit();
    return true;
} catch (pqxx::sql_error const& e) {
    throw std::runtime_error{fmt::format("migration {:04}_{} failed: sqlstate {}: {}", step.number, step.name,
                                         e.sqlstate(), e.what())};  // schema only: there are no rows to quote
}

}  // namespace

MigrationReport migrate(LoginOptions const& login, std::string const& owner, std::vector<Migration> const& known) {
    Connection connection{login};
    MigrationReport report;
    for (Migration const& step : known)
        if (apply(connection.raw(), owner, known, step)) ++report.applied;
    return report;
}

}  // namespace samtal::storage
