#include "support/database.hpp"

#include "samtal/consent/consent.hpp"
#include "samtal/ops/config_section.hpp"
#include "samtal/register/register.hpp"
#include "samtal/storage/values.hpp"
#include "storage/connection.hpp"

#include <fmt/format.h>

#include <cstdlib>
#include <stdexcept>

namespace samtal::testing {

namespace {

std::string test_data() {
    char const* const directory = std::getenv("SAMTAL_TEST_DATA");
    if (directory == nullptr) throw std::runtime_error{"run me under script/lib/with-cluster.sh"};
    return directory;
}

/// One section of config/operator.toml: where a database is.
storage::LoginOptions login(std::string const& data, std::string const& section) {
    auto file = ops::ConfigFile::load(data + "/config/operator.toml");
    storage::LoginOptions options;
    file.section(section)
        .read("host", options.host)
        .read("port", options.port, 1U, 65'535U)
        .read("name", options.name)
        .read("user", options.user)
        .read("password_file", options.password_file);
    return options;
}

storage::DatabaseOptions main_options(std::string const& data) {
    auto const main = login(data, "main");
    storage::DatabaseOptions options;
    options.host = main.host;
    options.port = main.port;
    options.name = main.name;
    options.secrets_directory = data + "/secrets";
    return options;
}

storage::LoginOptions keystore_login(std::string const& data) {
    auto options = login(data, "keystore");
    options.user = "samtal_keystore";
    options.password_file = data + "/secrets/samtal_keystore";
    return options;
}

/// Ends the pools' threads before main returns: OpenSSL cleans up at exit, and what its threads hold would look
/// like a leak.
class ClosesTheDatabase final : public ::testing::Environment {
    void TearDown() override {
        if (std::getenv("SAMTAL_TEST_DATA") == nullptr) return;  // the unit tests have none
        TestDatabase::shared().db.close();
        TestDatabase::shared().keys.reset();
    }
};
[[maybe_unused]] auto* const closes_the_database = ::testing::AddGlobalTestEnvironment(new ClosesTheDatabase);

}  // namespace

TestDatabase::TestDatabase(std::string directory)
    : ring{directory + "/keys"},
      db{main_options(directory)},
      keys{storage::make_pg_subject_keys(keystore_login(directory), ring)},
      cipher{*keys},
      main{login(directory, "main")},
      keystore{keystore_login(directory)},
      data{std::move(directory)} {}

TestDatabase& TestDatabase::shared() {
    static TestDatabase database{test_data()};
    // What a server does when it starts.
    static bool const has_terms = [] {
        for (auto const& purpose : processing::built_in().purposes)
            if (purpose.choice == "opt_in")
                database.admin(
                    fmt::format("SELECT renew_consent_terms('{{{}}}', ARRAY['{}'::bytea], '2020-01-01')",
                                purpose.name, storage::bytea(purpose.terms_hash)));
        return true;
    }();
    (void)has_terms;
    return database;
}

pqxx::result TestDatabase::admin(std::string const& sql) {
    pqxx::connection connection{storage::connection_string(main)};
    pqxx::work work{connection};
    work.exec("SET LOCAL ROLE samtal_owner");
    auto result = work.exec(sql);
    work.commit();
    return result;
}

DatabaseTest::DatabaseTest() : standings{consent::make_standings(db, gate)}, organisation{new_organisation()} {
    gate.use(*standings);
}

OrganisationId DatabaseTest::new_organisation() {
    auto const id = fresh_id<OrganisationId>();
    test.admin(fmt::format(
        "INSERT INTO organisations (organisation_id, brand, name) VALUES ('{}', 'advoco', 'Test AB')", id.text()));
    return id;
}

Principal DatabaseTest::person_in(OrganisationId where) {
    Principal const who{where, fresh_id<UserId>(), fresh_id<SessionId>()};
    test.keys->create(who.user);
    test.admin(fmt::format(
        "INSERT INTO users (organisation_id, user_id, role, state) VALUES ('{}', '{}', 'member', 'active')",
        where.text(), who.user.text()));
    return who;
}

void DatabaseTest::consent(Principal const& who, std::string_view purpose, std::string_view state) {
    test.admin(fmt::format(
        "INSERT INTO consent_state (organisation_id, user_id, purpose, state, since, notice_version, terms_hash, "
        "event_id) VALUES ('{0}', '{1}', '{2}', '{3}', now(), 'test', current_terms('{2}'), gen_random_uuid()) "
        "ON CONFLICT (organisation_id, user_id, purpose) DO UPDATE SET state = excluded.state",
        who.organisation.text(), who.user.text(), purpose, state));
}

}  // namespace samtal::testing
