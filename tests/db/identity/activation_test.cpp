#include "identity_fixture.hpp"

namespace samtal::identity {
namespace {

class ActivationTest : public IdentityTest {
protected:
    std::string problem(Activation a) {
        auto const done = activate(std::move(a));
        return done ? "none" : std::string{done.error().problem.text()};
    }
};

TEST_F(ActivationTest, MakesAUserWhoCanSignIn) {
    auto const [user, name] = this->user();
    auto const pair = login(name);
    ASSERT_TRUE(pair);
    EXPECT_EQ(pair->user, user);
    auto const me = testing::run(identity().account(acting(principal(*pair))));
    ASSERT_TRUE(me);
    EXPECT_EQ(me->username.open(doorstep_), name);
    EXPECT_EQ(me->brand, "advoco");
}

TEST_F(ActivationTest, WritesLedgerStateAndAcknowledgementTogether) {
    auto const invited = invite();
    Activation a = activation(invited, fresh_name());
    a.consents = {{"call_history", true}, {"marketing", false}};
    ASSERT_TRUE(activate(std::move(a)));
    auto const rows =
        test.admin(fmt::format("SELECT s.purpose, s.state, e.state FROM consent_state s JOIN consent_events e "
                               "USING (organisation_id, event_id) "
                               "WHERE s.user_id = '{}' ORDER BY 1",
                               invited.user.text()));
    ASSERT_EQ(rows.size(), 2U);
    EXPECT_EQ(storage::text_of(rows[0][1]), "given");
    EXPECT_EQ(storage::text_of(rows[1][2]), "refused");
    auto const seen = test.admin(
        fmt::format("SELECT notice_version FROM acknowledgements WHERE user_id = '{}'", invited.user.text()));
    ASSERT_EQ(seen.size(), 1U);
    EXPECT_EQ(storage::text_of(seen[0][0]), notices.current_version());
}

TEST_F(ActivationTest, LetsOneOfTwoHundredUsesOfACodeSucceed) {
    auto const invited = invite();
    std::vector<Task<Result<UserId>>> tries;
    for (int n = 0; n < 200; ++n)
        tries.push_back(identity().activate(doorstep_, activation(invited, fresh_name())));
    int succeeded = 0;
    for (auto const& done : run_all(std::move(tries))) {
        succeeded += done ? 1 : 0;
        EXPECT_TRUE(done || done.error().code == Errc::not_found);
    }
    EXPECT_EQ(succeeded, 1);
}

TEST_F(ActivationTest, LeavesTheCodeValidAfterAFailedTry) {
    auto const invited = invite();
    auto const taken = user().second;
    EXPECT_EQ(problem(activation(invited, taken)), "username-taken");
    Activation outdated = activation(invited, fresh_name());
    outdated.acknowledged_notice = "0";
    EXPECT_EQ(problem(std::move(outdated)), "notice-outdated");
    Activation weak = activation(invited, fresh_name());
    weak.password = Secret{"short"};
    EXPECT_EQ(activate(std::move(weak)).error().field.text(), "password");
    Activation unknown = activation(invited, fresh_name());
    unknown.consents = {{"chat_messaging", true}};
    EXPECT_EQ(activate(std::move(unknown)).error().field.text(), "consents");
    EXPECT_TRUE(activate(activation(invited, fresh_name())));
}

TEST_F(ActivationTest, RefusesAnUnknownAUsedAndAnExpiredCodeAlike) {
    auto const used = invite();
    ASSERT_TRUE(activate(activation(used, fresh_name())));
    auto const late = invite();
    now += activation_code_life;
    auto const unknown = activate(activation({late.user, "0000-0000"}, fresh_name()));
    for (auto const& invited : {used, late}) {
        auto const refused = activate(activation(invited, fresh_name()));
        EXPECT_EQ(refused.error().code, Errc::not_found);
        EXPECT_EQ(refused.error().reason.text(), unknown.error().reason.text());
    }
}

TEST_F(ActivationTest, KeepsUserNamesUniqueInTheWholeDeployment) {
    auto const taken = user().second;
    std::string upper = taken;
    std::ranges::transform(upper, upper.begin(),
                           [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    organisation = new_organisation();
    EXPECT_EQ(problem(activation(invite(), upper)), "username-taken");
}

TEST_F(ActivationTest, StoresNeitherNameNorPasswordReadably) {
    auto const name = user().second;
    auto const rows =
        test.admin("SELECT encode(username, 'escape'), encode(password_hash, 'escape') FROM credentials");
    for (auto const& row : rows) {
        EXPECT_EQ(storage::text_of(row[0]).find(name), std::string::npos);
        EXPECT_EQ(storage::text_of(row[1]).find("argon2"), std::string::npos);
    }
}

}  // namespace
}  // namespace samtal::identity
