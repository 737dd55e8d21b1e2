#include "identity_fixture.hpp"

namespace samtal::identity {
namespace {

using namespace std::chrono_literals;

class EmailChangeTest : public IdentityTest {
protected:
    /// Somebody signed in who has just proved that it is them.
    Principal stepped_up(std::string const& name) {
        auto const who = principal(login(name).value());
        Reauthentication const proof{who, Secret{std::string{good_password}}, "192.0.2.1"};
        EXPECT_TRUE(testing::run(identity().reauthenticate(acting(who), proof)));
        return who;
    }
    Result<boost::uuids::uuid> ask(Principal const& who, std::string address) {
        return testing::run(identity().request_email_change(who, MailAddress{std::move(address)}));
    }
    /// The code out of the last letter.
    Secret code() const {
        std::string const& text = letters.all.back().text;
        auto const begin = text.find('#') + 1;
        return Secret{text.substr(begin, text.find('\n', begin) - begin)};
    }
    Result<void> confirm(Secret const& code) {
        return testing::run(identity().confirm_email_change(doorstep_, code));
    }
};

TEST_F(EmailChangeTest, TheLetterGoesToTheNewAddressAndThenToTheOld) {
    auto const who = stepped_up(user().second);
    ASSERT_TRUE(ask(who, "ny@example.org"));
    EXPECT_EQ(letters.all.back().to, "ny@example.org");
    ASSERT_TRUE(confirm(code()));
    EXPECT_EQ(letters.all.back().to, "anna@example.org");
}

TEST_F(EmailChangeTest, ALinkWorksForHalfAnHour) {
    auto const who = stepped_up(user().second);
    ASSERT_TRUE(ask(who, "ny@example.org"));
    auto const late = code();
    now += 30min;
    EXPECT_EQ(confirm(late).error().code, Errc::not_found);
}

TEST_F(EmailChangeTest, StepUpEndsAfterFiveMinutes) {
    auto const who = stepped_up(user().second);
    now += 5min;
    EXPECT_EQ(ask(who, "ny@example.org").error().problem.text(), "step-up-required");
    EXPECT_TRUE(letters.all.empty());
}

TEST_F(EmailChangeTest, I5_AChangeAndAResetOfOnePersonNeverWaitForEachOther) {
    for (int round = 0; round < 5; ++round) {
        auto const name = user().second;
        auto const who = stepped_up(name);
        ASSERT_TRUE(ask(who, "ny@example.org"));
        auto const change = code();
        ASSERT_TRUE(testing::run(identity().request_reset(doorstep(), {Username{name}, "192.0.2.1"})));
        ResetConfirmation const reset{code(), Secret{"ett helt nytt kattbord"}};
        std::vector<Task<Result<void>>> tries;
        tries.push_back(identity().confirm_email_change(doorstep_, change));
        tries.push_back(identity().confirm_reset(doorstep_, reset));
        int succeeded = 0;
        for (auto const& done : run_all(std::move(tries))) succeeded += done ? 1 : 0;
        EXPECT_EQ(succeeded, 1) << "using one uses up the other";
    }
}

}  // namespace
}  // namespace samtal::identity
