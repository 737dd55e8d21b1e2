#include "identity_fixture.hpp"

namespace samtal::identity {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view new_password = "ett helt nytt kattbord";

class PasswordsTest : public IdentityTest {
protected:
    Result<void> change(Principal const& who, std::string_view current, std::string_view replacement) {
        PasswordChange const change{who, Secret{std::string{current}}, Secret{std::string{replacement}},
                                    "192.0.2.1"};
        return testing::run(identity().change_password(acting(who), change));
    }
    /// The code out of the mail that a request sent. run() returns when the work behind the answer is done, too.
    std::string reset_code(std::string const& name) {
        auto const before = letters.all.size();
        EXPECT_TRUE(testing::run(identity().request_reset(doorstep(), {Username{name}, "192.0.2.1"})));
        if (letters.all.size() != before + 1) return "no mail";
        std::string const& text = letters.all.back().text;
        std::string const link = "https://chat.example.org/password-reset#";
        auto const begin = text.find(link) + link.size();
        return text.substr(begin, text.find('\n', begin) - begin);
    }
    ResetConfirmation confirmation(std::string const& code, std::string_view password = new_password) {
        return {Secret{code}, Secret{std::string{password}}};
    }
    Result<void> confirm(std::string const& code, std::string_view password = new_password) {
        return testing::run(identity().confirm_reset(doorstep_, confirmation(code, password)));
    }
};

TEST_F(PasswordsTest, ChangeEndsTheOtherSessions) {
    auto const name = user().second;
    auto const here = login(name).value();
    auto const there = login(name).value();
    auto const live_here = socket(here);
    auto const live_there = socket(there);
    ASSERT_TRUE(person(there.access));
    ASSERT_TRUE(change(principal(here), good_password, new_password));
    EXPECT_FALSE(person(there.access));
    EXPECT_FALSE(refresh(there.refresh));
    EXPECT_TRUE(person(here.access));
    EXPECT_TRUE(live_here->closed.empty());
    EXPECT_EQ(live_there->closed.size(), 1U);
    EXPECT_FALSE(login(name));
    EXPECT_TRUE(login(name, new_password));
}

TEST_F(PasswordsTest, ChangeNeedsTheCurrentOneAndAGoodOne) {
    auto const name = user().second;
    auto const here = login(name).value();
    EXPECT_EQ(change(principal(here), "fel men tillrackligt langt", new_password).error().code,
              Errc::unauthenticated);
    EXPECT_EQ(change(principal(here), good_password, "short").error().field.text(), "new");
    EXPECT_EQ(change(principal(here), good_password, "x " + name).error().field.text(), "new");
    EXPECT_TRUE(login(name));
}

TEST_F(PasswordsTest, ParametersGrowAtTheNextLogin) {
    auto const name = user().second;
    options.argon2_passes = 2;
    restart();
    auto const stored = [&] {
        return storage::text_of(
            test.admin("SELECT md5(string_agg(password_hash, '' ORDER BY user_id)) FROM credentials")[0][0]);
    };
    auto const before = stored();
    ASSERT_TRUE(login(name));
    auto const after = stored();
    EXPECT_NE(after, before);
    ASSERT_TRUE(login(name));
    EXPECT_EQ(stored(), after);
}

TEST_F(PasswordsTest, ALinkSetsANewOneAndEndsEverySession) {
    auto const name = user().second;
    auto const pair = login(name).value();
    auto const live = socket(pair);
    auto const code = reset_code(name);
    EXPECT_EQ(letters.all.back().to, "anna@example.org");
    EXPECT_TRUE(person(pair.access)) << "asking ends nothing";
    ASSERT_TRUE(confirm(code));
    EXPECT_FALSE(person(pair.access));
    EXPECT_EQ(live->closed.size(), 1U);
    EXPECT_FALSE(login(name));
    EXPECT_TRUE(login(name, new_password));
}

TEST_F(PasswordsTest, OfManyUsesOfALinkOneSucceeds) {
    auto const name = user().second;
    auto const code = reset_code(name);
    std::vector<ResetConfirmation> kept;
    for (int n = 0; n < 200; ++n) kept.push_back(confirmation(code));
    std::vector<Task<Result<void>>> tries;
    for (auto const& one : kept) tries.push_back(identity().confirm_reset(doorstep_, one));
    int succeeded = 0;
    for (auto const& done : run_all(std::move(tries))) {
        succeeded += done ? 1 : 0;
        EXPECT_TRUE(done || done.error().code == Errc::not_found);
    }
    EXPECT_EQ(succeeded, 1);
}

TEST_F(PasswordsTest, TwoLinksOfOnePersonNeverWaitForEachOther) {
    for (int round = 0; round < 5; ++round) {
        auto const name = user().second;
        std::vector<ResetConfirmation> kept;
        for (int n = 0; n < 2; ++n) kept.push_back(confirmation(reset_code(name)));
        std::vector<Task<Result<void>>> tries;
        for (auto const& one : kept) tries.push_back(identity().confirm_reset(doorstep_, one));
        int succeeded = 0;
        for (auto const& done : run_all(std::move(tries))) succeeded += done ? 1 : 0;
        EXPECT_EQ(succeeded, 1) << "using one uses up the other";
    }
}

TEST_F(PasswordsTest, ABadPasswordLeavesTheLinkValid) {
    auto const name = user().second;
    auto const code = reset_code(name);
    EXPECT_EQ(confirm(code, "short").error().field.text(), "password");
    EXPECT_TRUE(confirm(code));
    EXPECT_EQ(confirm(code).error().code, Errc::not_found);
}

TEST_F(PasswordsTest, ALinkWorksForHalfAnHour) {
    auto const name = user().second;
    auto const code = reset_code(name);
    now += 30min;
    EXPECT_EQ(confirm(code).error().code, Errc::not_found);
}

TEST_F(PasswordsTest, NobodyIsWrittenToWhoDoesNotExistOrAsksTooOften) {
    EXPECT_EQ(reset_code(fresh_name()), "no mail");
    auto const name = user().second;
    int mails = 0;
    for (int n = 0; n < 20; ++n) mails += reset_code(name) == "no mail" ? 0 : 1;
    EXPECT_EQ(mails, 5);
}

TEST_F(PasswordsTest, ALoginUnderWayDoesNotSurviveAChange) {
    auto const name = user().second;
    auto const here = login(name).value();
    PasswordChange const changing{principal(here), Secret{std::string{good_password}},
                                  Secret{std::string{new_password}}, "a"};
    auto const permit = acting(principal(here));
    Login const old{.username = Username{name},
                    .password = Secret{std::string{good_password}},
                    .device = std::nullopt,
                    .address = "a"};
    std::vector<Result<void>> changed;
    std::vector<Result<TokenPair>> logins;
    boost::asio::io_context loop;
    auto const done = [](std::exception_ptr failure) { EXPECT_FALSE(failure); };
    boost::asio::co_spawn(loop, collect(identity().change_password(permit, changing), changed), done);
    for (int n = 0; n < 16; ++n)
        boost::asio::co_spawn(loop, collect(identity().login(doorstep_, old), logins), done);
    loop.run();
    ASSERT_TRUE(changed.at(0));
    for (auto const& pair : logins)
        if (pair) EXPECT_FALSE(person(pair->access)) << "made with the old password, so it ended with it";
}

}  // namespace
}  // namespace samtal::identity
