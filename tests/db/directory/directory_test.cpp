#include "samtal/directory/directory.hpp"

#include "support/database.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <boost/asio/thread_pool.hpp>

namespace samtal::directory {
namespace {

using testing::run;
using P = purpose::ProfileDirectory;

class DirectoryTest : public testing::DatabaseTest {
protected:
    /// A person with a profile, sealed as administration seals it.
    Principal named(std::string const& given, std::string const& family) {
        Principal const who = person();
        auto const seal = [&](std::string_view column, std::string const& plain) {
            auto const sealed = cipher.seal(who.user, {column, who.user.value()}, plain).value();
            std::string hex;
            for (char const c : sealed) hex += fmt::format("{:02x}", static_cast<unsigned char>(c));
            return "decode('" + hex + "', 'hex')";
        };
        test.admin(
            fmt::format("INSERT INTO profiles (organisation_id, user_id, given_name, family_name, email) VALUES "
                        "('{}', '{}', {}, {}, {})",
                        who.organisation.text(), who.user.text(), seal("profiles.given_name", given),
                        seal("profiles.family_name", family), seal("profiles.email", given + "@example.org")));
        return who;
    }

    std::vector<std::string> search(Principal const& who, std::string query, std::size_t limit = 50) {
        auto const lock = permit<P>(who);
        auto const page = run(directory->search(lock, {std::move(query), {}, limit}));
        std::vector<std::string> names;
        for (Profile const& p : page->people) names.push_back(p.given_name.open(lock));
        return names;
    }

    boost::asio::thread_pool loop{1};
    std::unique_ptr<Directory> directory = make_directory(db, cipher, loop.get_executor(), {});
};

TEST_F(DirectoryTest, B2_ShowsColleaguesAndNobodyElse) {
    auto const anna = named("Anna", "Ek");
    auto const stranger = person_in(new_organisation());
    EXPECT_TRUE(run(directory->colleague(permit<P>(anna), anna.user)));
    EXPECT_EQ(run(directory->colleague(permit<P>(stranger), anna.user)).error().code, Errc::not_found);
    EXPECT_EQ(run(directory->colleague(permit<P>(anna), testing::fresh_id<UserId>())).error().code,
              Errc::not_found);
}

TEST_F(DirectoryTest, FindsPeopleWhateverTheCaseAndSortsThemByFamilyName) {
    auto const anna = named("Åsa", "Örn");
    named("Bo", "Alm");
    EXPECT_EQ(search(anna, ""), (std::vector<std::string>{"Bo", "Åsa"}));
    EXPECT_EQ(search(anna, "åSA"), (std::vector<std::string>{"Åsa"}));
    EXPECT_EQ(search(anna, "nobody"), (std::vector<std::string>{}));
}

TEST_F(DirectoryTest, B2_DoesNotFindByWhatThePersonHides) {
    auto const anna = named("Anna", "Ek");
    auto const bo = named("Bo", "Lind");
    ProfileChange change;
    change.hidden = {{"family_name", true}, {"email", true}};
    ASSERT_TRUE(run(directory->change(permit<P>(bo), change)));
    EXPECT_TRUE(search(anna, "lind").empty());
    EXPECT_TRUE(search(anna, "bo@example").empty());
    EXPECT_EQ(search(anna, "bo"), (std::vector<std::string>{"Bo"}));
}

TEST_F(DirectoryTest, SeesEveryChangeAtOnceOnEveryServer) {
    auto const anna = named("Anna", "Ek");
    auto const bo = named("Bo", "Lind");
    auto const elsewhere = make_directory(db, cipher, loop.get_executor(), {});
    ASSERT_EQ(search(anna, "lind").size(), 1U);
    ProfileChange change;
    change.family_name.emplace("Gran");
    ASSERT_TRUE(run(elsewhere->change(permit<P>(bo), change)));
    EXPECT_TRUE(search(anna, "lind").empty());
    EXPECT_EQ(search(anna, "gran").size(), 1U);
    test.admin(fmt::format("UPDATE users SET state = 'suspended' WHERE user_id = '{}'", bo.user.text()));
    EXPECT_TRUE(search(anna, "gran").empty());
    named("Ny", "Gran");
    EXPECT_EQ(search(anna, "gran"), (std::vector<std::string>{"Ny"}));
}

// The negative control: what changes without being counted is not seen, so searches do not read everybody each
// time.
TEST_F(DirectoryTest, ReadsNobodyAnewWhileNothingChanges) {
    auto const anna = named("Anna", "Ek");
    ASSERT_EQ(search(anna, "ek").size(), 1U);
    test.admin(
        fmt::format("ALTER TABLE profiles DISABLE TRIGGER directory_change;"
                    "UPDATE profiles SET private_fields = '{{family_name}}' WHERE user_id = '{}';"
                    "ALTER TABLE profiles ENABLE TRIGGER directory_change;",
                    anna.user.text()));
    EXPECT_EQ(search(anna, "ek").size(), 1U);
}

TEST_F(DirectoryTest, PagesWithoutLosingAnybody) {
    auto const anna = named("A", "A");
    for (auto const* family : {"B", "C", "D", "E"}) named("X", family);
    auto const lock = permit<P>(anna);
    std::optional<UserId> after;
    std::size_t seen = 0;
    for (bool more = true; more;) {
        auto const page = run(directory->search(lock, {"", after, 2}));
        seen += page->people.size();
        after = page->people.back().user;
        more = page->more;
    }
    EXPECT_EQ(seen, 5U);
}

}  // namespace
}  // namespace samtal::directory
