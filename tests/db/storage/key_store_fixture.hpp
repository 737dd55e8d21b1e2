#pragma once

#include "samtal/storage/key_rotation.hpp"
#include "storage/connection.hpp"
#include "support/database.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <thread>

namespace samtal::storage {

/// The key store behind the curtain, and servers of their own on it.
class KeyStoreTest : public ::testing::Test {
protected:
    using Clock = std::chrono::steady_clock;

    [[nodiscard]] std::unique_ptr<SubjectKeys> server() const {
        return make_pg_subject_keys(test.keystore, test.ring);
    }
    [[nodiscard]] std::string keys_directory() const { return test.ring.directory(); }
    [[nodiscard]] std::string kek_file(int epoch) const {
        return keys_directory() + "/kek-" + std::to_string(epoch) + ".key";
    }
    [[nodiscard]] int kek_files() const {
        int count = 0;
        for (auto const& entry : std::filesystem::directory_iterator{keys_directory()})
            if (entry.path().filename().string().starts_with("kek")) ++count;
        return count;
    }

    [[nodiscard]] LoginOptions operator_login() const {
        auto login = test.keystore;
        login.user = "samtal_keys_migrator";
        login.password_file = test.data + "/secrets/samtal_keys_migrator";
        return login;
    }
    pqxx::result ask(std::string const& sql) const {
        pqxx::connection connection{connection_string(operator_login())};
        pqxx::work work{connection};
        work.exec("SET LOCAL ROLE samtal_keys_owner");
        auto result = work.exec(sql);
        work.commit();
        return result;
    }
    [[nodiscard]] int number(std::string const& sql) const { return ask(sql)[0][0].as<int>(); }
    [[nodiscard]] int open_epoch() const {
        return number("SELECT epoch FROM key_epochs WHERE opened_at IS NOT NULL AND closed_at IS NULL");
    }
    void remove_row(UserId who) const { ask("DELETE FROM subject_keys WHERE subject_id = '" + who.text() + "'"); }

    [[nodiscard]] KeyRotationOptions rotation() const {
        KeyRotationOptions options;
        options.keystore = operator_login();
        options.keys_directory = keys_directory();
        options.batch = 50;
        return options;
    }

    static UserId person_of(SubjectKeys& keys) {
        auto const who = testing::fresh_id<UserId>();
        EXPECT_TRUE(keys.create(who));
        return who;
    }

    /// Asks until it is so; false when it takes longer than anybody would wait.
    template <class Condition>
    static bool eventually(Condition condition) {
        auto const latest = Clock::now() + std::chrono::seconds{20};
        while (!condition()) {
            if (Clock::now() > latest) return false;
            std::this_thread::sleep_for(std::chrono::milliseconds{2});
        }
        return true;
    }

    /// Somebody whose key this server uses from memory: their row is gone, and it answers all the same.
    static UserId remembered(KeyStoreTest const& self, SubjectKeys& keys) {
        std::optional<UserId> found;
        EXPECT_TRUE(eventually([&] {
            UserId const who = person_of(keys);
            if (!keys.key_of(who)) return false;
            self.remove_row(who);
            if (keys.key_of(who)) found = who;
            return found.has_value();
        }));
        return found.value();
    }

    testing::TestDatabase& test = testing::TestDatabase::shared();
};

}  // namespace samtal::storage
