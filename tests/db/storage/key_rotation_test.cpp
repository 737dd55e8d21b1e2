#include "key_store_fixture.hpp"

#include "samtal/storage/key_wrapping.hpp"
#include "samtal/storage/values.hpp"
#include "statistics/pg_epoch_keys_repository.hpp"
#include "storage/key_files.hpp"

#include <fmt/format.h>

#include <atomic>
#include <future>
#include <map>
#include <mutex>
#include <vector>

namespace samtal::storage {
namespace {

using namespace std::chrono_literals;

struct Killed {};

class KeyRotationTest : public KeyStoreTest {
protected:
    /// Nobody lost, and one key-encryption key opens all.
    void expect_all(std::map<UserId, Key> const& wanted) {
        auto const fresh = server();
        for (auto const& [who, key] : wanted) ASSERT_EQ(fresh->key_of(who).value(), key);
        EXPECT_EQ(number("SELECT count(DISTINCT epoch) FROM subject_keys"), 1);
        EXPECT_EQ(number("SELECT min(epoch) FROM subject_keys"), open_epoch());
        EXPECT_EQ(kek_files(), 1);
        EXPECT_TRUE(std::filesystem::exists(kek_file(open_epoch())));
        EXPECT_EQ(number("SELECT count(*) FROM key_epochs WHERE destroyed_at IS NULL"), 1);
    }
    std::map<UserId, Key> people(int count) {
        std::map<UserId, Key> made;
        while (static_cast<int>(made.size()) < count) {
            auto const who = person_of(*a);
            made.emplace(who, a->key_of(who).value());
        }
        return made;
    }
    std::string refusal(KeyRotationOptions const& options) {
        try {
            rotate_keys(options);
        } catch (std::runtime_error const& e) {
            return e.what();
        }
        return "none";
    }

    std::unique_ptr<SubjectKeys> a = server();
    std::unique_ptr<SubjectKeys> b = server();
};

/// Makes people and reads them, and strangers' too, for as long as it lives.
class Traffic {
public:
    explicit Traffic(SubjectKeys& keys) : thread_{[this, &keys] { serve(keys); }} {}
    ~Traffic() { end(); }
    std::map<UserId, Key> end() {
        stopping_ = true;
        if (thread_.joinable()) thread_.join();
        return made;
    }

    std::map<UserId, Key> made;
    std::atomic<int> failures = 0;
    std::atomic<int> served = 0;

private:
    void serve(SubjectKeys& keys) {
        while (!stopping_) {
            try {
                auto const who = testing::fresh_id<UserId>();
                if (!keys.create(who)) ++failures;
                made.emplace(who, keys.key_of(who).value());
                auto const& [other, key] = *made.begin();
                if (keys.key_of(other).value() != key) ++failures;
                ++served;
            } catch (std::exception const&) {
                ++failures;
            }
        }
    }

    std::atomic<bool> stopping_ = false;
    std::thread thread_;
};

TEST_F(KeyRotationTest, LosesNobodyWhileServersServe) {
    auto wanted = people(300);
    int const before = open_epoch();
    Traffic at_a{*a};
    Traffic at_b{*b};
    for (int n = 1; n <= 3; ++n) {
        int const served = at_a.served + at_b.served;
        auto const report = rotate_keys(rotation());
        EXPECT_EQ(report.epoch, before + n);
        EXPECT_EQ(report.destroyed, 1);
        EXPECT_GE(report.rewrapped, 300);
        EXPECT_FALSE(report.resumed);
        EXPECT_FALSE(std::filesystem::exists(kek_file(report.epoch - 1)));
        EXPECT_TRUE(eventually([&] { return at_a.served + at_b.served > served + 20; }));
    }
    wanted.merge(at_a.end());
    wanted.merge(at_b.end());
    EXPECT_EQ(at_a.failures + at_b.failures, 0);
    expect_all(wanted);
}

TEST_F(KeyRotationTest, GoesOnWhereItWasKilled) {
    auto wanted = people(120);
    int kills = 0;
    for (bool finished = false; !finished; ++kills) {
        int const before = open_epoch();
        int steps = 0;
        auto options = rotation();
        options.after = [&](std::string_view) {
            if (steps++ == kills) throw Killed{};
        };
        try {
            rotate_keys(options);
            finished = true;
        } catch (Killed const&) {
            auto const fresh = server();  // between the steps everybody is there, on any server
            for (auto const& [who, key] : wanted) ASSERT_EQ(fresh->key_of(who).value(), key);
            auto const newcomer = person_of(*b);
            wanted.emplace(newcomer, b->key_of(newcomer).value());
            auto const resumed = rotate_keys(rotation());
            EXPECT_GT(resumed.epoch, before);
            EXPECT_LE(resumed.epoch, before + 2);
            expect_all(wanted);
        }
    }
    EXPECT_GE(kills, 10);
    expect_all(wanted);
}

TEST_F(KeyRotationTest, IsRefusedWhileAnotherRuns) {
    auto options = rotation();
    int refused = 0;
    options.after = [&](std::string_view) {
        if (refusal(rotation()) == "another rotation of the keys is running") ++refused;
    };
    rotate_keys(options);
    EXPECT_GE(refused, 5);
    EXPECT_EQ(refusal(rotation()), "none");
}

TEST_F(KeyRotationTest, WaitsForWhoeverWrapsLate) {
    auto const late = testing::fresh_id<UserId>();
    Key key;
    key.fill(7);
    std::promise<void> wrapped;
    std::promise<void> go_on;
    std::thread wrapper{[&] {
        Connection connection{test.keystore};
        JobOf job{Mode::transaction, [&](Tx& tx) {
                      auto const made = KeyWrapper{keys_directory()}.wrap(tx, place_of_subject_key(late), key);
                      wrapped.set_value();
                      go_on.get_future().wait();
                      static constexpr Statement insert{
                          "-- test.insert_key\nINSERT INTO subject_keys VALUES ($1, $2, $3::bytea)"};
                      tx.exec(insert, late.text(), made.epoch, bytea(made.bytes));
                      return true;
                  }};
        connection.run(job, {});
    }};
    wrapped.get_future().wait();
    int const before = open_epoch();
    auto rotated = std::async(std::launch::async, [&] { return rotate_keys(rotation()); });
    EXPECT_TRUE(eventually([&] {
        return number("SELECT count(*) FROM pg_locks WHERE NOT granted") > 0;  // the rotation, at the open epoch
    }));
    EXPECT_EQ(open_epoch(), before);
    go_on.set_value();
    wrapper.join();
    EXPECT_EQ(rotated.get().epoch, before + 1);
    expect_all({{late, key}});
}

TEST_F(KeyRotationTest, StopsBeforeAServerThatSeesOtherFiles) {
    std::string const elsewhere = keys_directory() + ".copy";
    std::filesystem::copy(keys_directory(), elsewhere);
    KeyRing const copy{elsewhere};
    auto astray = make_pg_subject_keys(test.keystore, copy);
    auto const wanted = people(10);
    (void)remembered(*this, *astray);  // it lives, and holds its lease
    auto options = rotation();
    options.patience = 300ms;
    int const before = open_epoch();
    EXPECT_NE(refusal(options).find("a server cannot read kek-"), std::string::npos);
    EXPECT_EQ(open_epoch(), before);
    for (auto const& [who, key] : wanted) EXPECT_EQ(astray->key_of(who).value(), key);
    astray.reset();
    auto const report = rotate_keys(rotation());
    EXPECT_TRUE(report.resumed);
    EXPECT_EQ(report.epoch, before + 1);
    expect_all(wanted);
    std::filesystem::remove_all(elsewhere);
}

TEST_F(KeyRotationTest, KeepsTheOldKeyWhenTheBackupFails) {
    auto const wanted = people(10);
    int const before = open_epoch();
    auto options = rotation();
    options.before_destruction = [] { throw std::runtime_error{"no room"}; };
    EXPECT_EQ(refusal(options), "no room");
    EXPECT_TRUE(std::filesystem::exists(kek_file(before)));
    auto const report = rotate_keys(rotation());
    EXPECT_TRUE(report.resumed);
    EXPECT_EQ(report.epoch, before + 1);
    EXPECT_EQ(report.rewrapped, 0);
    expect_all(wanted);
}

TEST_F(KeyRotationTest, DestroysNothingWhileAKeyDoesNotOpen) {
    auto const wanted = people(5);
    auto const broken = person_of(*a);
    ask(fmt::format("UPDATE subject_keys SET wrapped = '\\x00' WHERE subject_id = '{}'", broken.text()));
    int const before = open_epoch();
    EXPECT_NE(refusal(rotation()).find("does not open"), std::string::npos);
    EXPECT_TRUE(std::filesystem::exists(kek_file(before)));
    remove_row(broken);
    EXPECT_TRUE(rotate_keys(rotation()).resumed);
    expect_all(wanted);
}

TEST_F(KeyRotationTest, BringsNobodyBackWhoIsErasedMeanwhile) {
    auto const wanted = people(200);
    std::vector<UserId> erased;
    auto next = wanted.begin();
    auto options = rotation();
    options.after = [&](std::string_view step) {
        if (step != "batch" || next == wanted.end()) return;
        a->erase(next->first);
        a->erase(std::prev(wanted.end(), static_cast<long>(erased.size()) + 1)->first);
        erased.push_back((next++)->first);
    };
    rotate_keys(options);
    ASSERT_GE(erased.size(), 3U);
    for (auto const who : erased) EXPECT_EQ(b->key_of(who).error().code, Errc::not_found);
    for (std::size_t i = 1; i <= erased.size(); ++i)
        EXPECT_FALSE(server()->key_of(std::prev(wanted.end(), static_cast<long>(i))->first));
}

TEST_F(KeyRotationTest, TakesTheStatisticsKeysAlong) {
    using testing::run;
    statistics::PgEpochKeysRepository keys{test.keystore, test.ring};
    constexpr statistics::Epoch epoch = 4'000'000;
    auto const key = run(keys.key_of(epoch));
    rotate_keys(rotation());
    EXPECT_EQ(number("SELECT count(*) FROM statistics_epoch_keys WHERE wrapped_in <> "
                     "(SELECT max(epoch) FROM key_epochs)"),
              0);
    EXPECT_EQ(run(keys.key_of(epoch)), key);
    ask("DELETE FROM statistics_epoch_keys WHERE epoch = 4000000");
    keys.close();
}

TEST_F(KeyRotationTest, OverwritesTheOldKeyFile) {
    std::string const path = keys_directory() + "/kek-0.key";
    make_key_file(path);
    std::filesystem::create_hard_link(path, path + ".link");  // what an undelete would find
    destroy_key_file(path);
    EXPECT_FALSE(std::filesystem::exists(path));
    EXPECT_EQ(read_key_file(path + ".link"), Key{});
    destroy_key_file(path);  // again is nothing
    std::filesystem::remove(path + ".link");
    EXPECT_FALSE(std::filesystem::exists(path + ".destroyed"));
}

}  // namespace
}  // namespace samtal::storage
