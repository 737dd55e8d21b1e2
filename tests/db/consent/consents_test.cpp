#include "samtal/consent/consent.hpp"

#include "support/database.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace samtal::consent {
namespace {

using testing::run;
using P = purpose::RightsAndEvidence;

class ConsentsTest : public testing::DatabaseTest {
protected:
    Result<Standing> choose(std::string purpose, std::string state, std::string version) {
        return run(consents->choose(permit<P>(anna), {std::move(purpose), std::move(state), std::move(version)}));
    }
    Result<Standing> choose(std::string state) {
        return choose("call_history", std::move(state), notices.current_version());
    }

    Notices const notices{{{"advoco", "Advoco", "sv"}}};
    std::unique_ptr<Consents> consents = make_consents(db, notices, system_now);
    Principal const anna = person();
};

TEST_F(ConsentsTest, A3_HoldFromTheNextRequestOn) {
    EXPECT_FALSE(run(gate.permit<purpose::CallHistory>(anna, anna.user)));
    ASSERT_TRUE(choose("given"));
    EXPECT_TRUE(run(gate.permit<purpose::CallHistory>(anna, anna.user)));
    ASSERT_TRUE(choose("withdrawn"));
    EXPECT_FALSE(run(gate.permit<purpose::CallHistory>(anna, anna.user)));
}

TEST_F(ConsentsTest, RefuseAnOldNoticeAnUnknownPurposeAndOneThatRestsOnNoConsent) {
    EXPECT_EQ(choose("call_history", "given", "yesterday's").error().problem.text(), "notice-outdated");
    EXPECT_EQ(choose("no_such", "given", notices.current_version()).error().code, Errc::not_found);
    EXPECT_EQ(choose("chat_messaging", "given", notices.current_version()).error().problem.text(),
              "not-consent-based");
}

TEST_F(ConsentsTest, KeepEveryActAndTheirSum) {
    for (auto const* state : {"given", "withdrawn", "refused", "given"}) ASSERT_TRUE(choose(state));
    auto const history = run(consents->history(permit<P>(anna), "call_history"));
    ASSERT_EQ(history->size(), 4U);
    auto const sum = run(consents->list(permit<P>(anna)));
    ASSERT_EQ(sum->size(), 1U);
    EXPECT_EQ(sum->front().state, "given");
    EXPECT_EQ(sum->front().event, history->back().event);
}

TEST_F(ConsentsTest, OfARestrictedOrSuspendedAccountOpenNothing) {
    ASSERT_TRUE(choose("given"));
    test.admin(fmt::format("UPDATE users SET state = 'suspended' WHERE user_id = '{}'", anna.user.text()));
    EXPECT_FALSE(run(gate.permit<purpose::CallHistory>(anna, anna.user)));
}

TEST(Notices, AreRenderedInBothLanguagesWithEveryPurpose) {
    Notices const notices{{{"advoco", "Advo & <co>", "sv"}}};
    for (auto const* language : {"sv", "en"}) {
        auto const text = notices.text("advoco", language);
        ASSERT_TRUE(text);
        EXPECT_NE(text->html.find("Advo &amp; &lt;co&gt;"), std::string::npos);
        EXPECT_NE(text->text.find("Infracom Communications AB"), std::string::npos);
    }
    EXPECT_NE(notices.text("advoco", "sv")->text.find("Samtalshistorik"), std::string::npos);
    EXPECT_NE(notices.text("advoco", "en")->text.find("Call history"), std::string::npos);
    EXPECT_FALSE(notices.text("advoco", "de"));
}

}  // namespace
}  // namespace samtal::consent
