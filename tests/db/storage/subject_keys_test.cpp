#include "key_store_fixture.hpp"

#include <sodium.h>

#include <fmt/format.h>

#include <atomic>
#include <regex>
#include <vector>

namespace samtal::storage {
namespace {

using namespace std::chrono_literals;

class SubjectKeysTest : public KeyStoreTest {
protected:
    std::string stone_row(Tombstone const& stone) {
        return text_of_row(
            ask(fmt::format("SELECT t::text FROM tombstones t WHERE tombstone_id = '{}'", uuid_text(stone.id))));
    }
    static std::string text_of_row(pqxx::result const& rows) { return rows[0][0].as<std::string>(); }

    std::unique_ptr<SubjectKeys> a = server();
    std::unique_ptr<SubjectKeys> b = server();
};

TEST_F(SubjectKeysTest, AreMadeOnceForEachPerson) {
    auto const anna = person_of(*a);
    auto const bo = person_of(*a);
    Key const first = a->key_of(anna).value();
    EXPECT_TRUE(b->create(anna));
    EXPECT_EQ(b->key_of(anna).value(), first);
    EXPECT_NE(b->key_of(bo).value(), first);
    EXPECT_EQ(a->key_of(testing::fresh_id<UserId>()).error().code, Errc::not_found);
}

TEST_F(SubjectKeysTest, AreGoneEverywhereWhenTheErasureIsAnswered) {
    for (int i = 0; i < 20; ++i) {
        auto const who = remembered(*this, *b);
        auto const began = Clock::now();
        a->erase(who);
        auto const took = Clock::now() - began;
        EXPECT_EQ(b->key_of(who).error().code, Errc::not_found);
        EXPECT_EQ(a->key_of(who).error().code, Errc::not_found);
        EXPECT_LT(took, 2s);
    }
}

TEST_F(SubjectKeysTest, AreErasedOnceAndForAll) {
    auto const who = person_of(*a);
    auto const first = a->erase(who);
    auto const again = b->erase(who);
    EXPECT_EQ(first.id, again.id);
    EXPECT_EQ(first.erased_on, again.erased_on);
    EXPECT_TRUE(std::regex_match(first.erased_on, std::regex{R"(20\d\d-\d\d-\d\d)"}));
    EXPECT_EQ(b->create(who).error().code, Errc::conflict);
    EXPECT_EQ(b->key_of(who).error().code, Errc::not_found);
}

TEST_F(SubjectKeysTest, KnowWhoWasErasedAmongMany) {
    std::vector<UserId> people;
    for (int i = 0; i < 11'000; ++i) people.push_back(testing::fresh_id<UserId>());
    std::vector<UserId> const wanted{people[0], people[4'999], people[5'000], people[10'999]};
    for (auto const who : wanted) a->erase(who);  // who has no key any more gets a tombstone too
    EXPECT_EQ(b->erased_among(people), wanted);
    EXPECT_TRUE(b->erased_among({}).empty());
}

TEST_F(SubjectKeysTest, LeaveATombstoneThatNamesNobody) {
    auto const who = person_of(*a);
    std::string row = stone_row(a->erase(who));
    std::string id = who.text();
    for (std::string* text : {&row, &id}) std::erase(*text, '-');
    for (std::size_t at = 0; at + 8 <= id.size(); at += 4)
        EXPECT_EQ(row.find(id.substr(at, 8)), std::string::npos);
    // Not a hash that anybody could make who has the id: another deployment's keys find nobody.
    std::string const directory = std::filesystem::temp_directory_path() / ("ring-" + who.text());
    KeyRing::create_missing(directory);
    KeyRing const other{directory};
    EXPECT_TRUE(make_pg_subject_keys(test.keystore, other)->erased_among(std::vector{who}).empty());
    EXPECT_EQ(b->erased_among(std::vector{who}).size(), 1U);
    std::filesystem::remove_all(directory);
}

TEST_F(SubjectKeysTest, AreNotUsedFromMemoryByAServerThatCannotRenewItsLease) {
    auto const who = remembered(*this, *b);
    pqxx::connection connection{connection_string(operator_login())};
    pqxx::work blocked{connection};
    blocked.exec("SET LOCAL ROLE samtal_keys_owner");
    blocked.exec("LOCK TABLE nodes IN SHARE ROW EXCLUSIVE MODE");  // nobody can renew
    auto const began = Clock::now();
    a->erase(who);
    EXPECT_LT(Clock::now() - began, 3s);
    EXPECT_EQ(b->key_of(who).error().code, Errc::not_found);
    blocked.abort();
    auto const later = remembered(*this, *b);  // and it recovers by itself
    a->erase(later);
    EXPECT_EQ(b->key_of(later).error().code, Errc::not_found);
}

TEST_F(SubjectKeysTest, AreErasedThoughAServerDiedWithoutLeaving) {
    auto const dead = testing::fresh_id<UserId>().text();
    ask(fmt::format("INSERT INTO nodes VALUES ('{}', now() + interval '1 hour', 1000, -1)", dead));
    auto const who = person_of(*a);
    auto const began = Clock::now();
    a->erase(who);
    auto const took = Clock::now() - began;
    ask(fmt::format("DELETE FROM nodes WHERE node_id = '{}'", dead));
    EXPECT_GE(took, 1s);
    EXPECT_LT(took, 3s);
}

TEST_F(SubjectKeysTest, OpenForTheirOwnPersonOnly) {
    auto const anna = person_of(*a);
    auto const bo = person_of(*a);
    ask(
        fmt::format("UPDATE subject_keys k SET wrapped = o.wrapped FROM subject_keys o "
                    "WHERE k.subject_id = '{}' AND o.subject_id = '{}'",
                    anna.text(), bo.text()));
    EXPECT_THROW((void)a->key_of(anna), std::runtime_error);
    EXPECT_TRUE(a->key_of(bo));
    remove_row(anna);
}

TEST_F(SubjectKeysTest, NameTheKeyFileThatIsMissing) {
    auto const who = person_of(*a);
    std::string const file = kek_file(open_epoch());
    std::filesystem::rename(file, file + ".away");
    auto const complaint = [&](auto const& act) -> std::string {
        try {
            act();
        } catch (std::runtime_error const& e) {
            return e.what();
        }
        return "none";
    };
    std::vector<std::string> const said{
        complaint([&] { (void)a->key_of(who); }),
        complaint([&] { (void)a->create(testing::fresh_id<UserId>()); }),
        complaint([&] { a->probe(); }),
        complaint([&] { KeyRing const ring{keys_directory()}; }),
    };
    std::filesystem::rename(file + ".away", file);
    for (auto const& text : said) EXPECT_NE(text.find(keys_directory() + "/kek-"), std::string::npos) << text;
    EXPECT_TRUE(a->key_of(who));
    EXPECT_NO_THROW(a->probe());
}

TEST_F(SubjectKeysTest, AreNotLeftBehindWhenCreatedAndErasedAtOnce) {
    for (int round = 0; round < 30; ++round) {
        auto const who = testing::fresh_id<UserId>();
        std::thread creator{[&] { (void)b->create(who); }};
        a->erase(who);
        creator.join();
        EXPECT_EQ(number(fmt::format("SELECT count(*) FROM subject_keys WHERE subject_id = '{}'", who.text())), 0);
    }
}

TEST_F(SubjectKeysTest, AreErasedByManyAtOnce) {
    std::vector<UserId> people;
    for (int i = 0; i < 40; ++i) people.push_back(person_of(*a));
    std::vector<std::thread> erasers;
    for (auto* keys : {a.get(), b.get()})
        for (int half = 0; half < 2; ++half)
            erasers.emplace_back([&, keys, half] {
                for (std::size_t i = static_cast<std::size_t>(half); i < people.size(); i += 2)
                    keys->erase(people[i]);
            });
    for (auto& eraser : erasers) eraser.join();
    EXPECT_EQ(a->erased_among(people), people);
    for (auto const who : people) EXPECT_EQ(b->key_of(who).error().code, Errc::not_found);
}

}  // namespace
}  // namespace samtal::storage
