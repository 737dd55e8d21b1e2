#pragma once

#include "samtal/consent/gate.hpp"
#include "samtal/core/uuid_v7.hpp"
#include "samtal/storage/column_cipher.hpp"
#include "samtal/storage/database.hpp"
#include "samtal/storage/key_store.hpp"
#include "support/run.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <string_view>

namespace samtal::testing {

/// The clusters of SAMTAL_TEST_DATA (script/lib/with-cluster.sh), shared by all tests: each makes an organisation
/// of its own.
class TestDatabase {
public:
    static TestDatabase& shared();

    storage::KeyRing ring;
    storage::Database db;
    std::unique_ptr<storage::SubjectKeys> keys;
    storage::ColumnCipher cipher;
    storage::LoginOptions main;  // as the migrator
    storage::LoginOptions keystore;
    std::string data;  // the directory

    /// As the migrator, which may read and write everything: to look behind the curtain, and to set the stage.
    pqxx::result admin(std::string const& sql);

private:
    explicit TestDatabase(std::string directory);
};

template <class SomeId>
SomeId fresh_id() {
    return SomeId{uuid_v7(std::chrono::system_clock::now())};
}

/// An organisation with people, and permits for them.
class DatabaseTest : public ::testing::Test {
protected:
    DatabaseTest();

    /// An active person with a key of their own.
    Principal person() { return person_in(organisation); }
    Principal person_in(OrganisationId);
    OrganisationId new_organisation();
    void consent(Principal const&, std::string_view purpose, std::string_view state = "given");

    template <Purpose P>
    Permit<P> permit(Principal const& who, Scope const& scope) {
        return *run(gate.permit<P>(who, scope));
    }
    template <Purpose P>
    Permit<P> permit(Principal const& who) {
        return permit<P>(who, who.user);
    }

    TestDatabase& test = TestDatabase::shared();
    storage::Database& db = test.db;
    storage::ColumnCipher& cipher = test.cipher;
    consent::Gate gate;
    std::unique_ptr<consent::StandingRepository> standings;
    OrganisationId organisation;
};

}  // namespace samtal::testing
