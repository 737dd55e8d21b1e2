#include "samtal/register/choice.hpp"

#include "samtal/core/register.hpp"

#include <gtest/gtest.h>

namespace samtal::processing {
namespace {

constexpr auto calls = purpose::CallHistory::name;

TEST(ChosenPeriods, I1_AreNeverLongerThanTheRegistersOfTheSameStep) {
    Register const r = built_in();
    EXPECT_TRUE(may_choose(r, calls, "P30D", "masked"));
    EXPECT_FALSE(may_choose(r, calls, "P31D", "masked"));
    EXPECT_TRUE(may_choose(r, calls, "P1D", "token"));
    EXPECT_FALSE(may_choose(r, calls, "P0D", "token"));
    EXPECT_TRUE(may_choose(r, calls, "P90D"));
    EXPECT_FALSE(may_choose(r, calls, "P3M"));
    EXPECT_TRUE(may_choose(r, calls, "P13M", "counters"));
    EXPECT_FALSE(may_choose(r, calls, "P14M", "counters"));
    EXPECT_FALSE(may_choose(r, calls, "P1D", "no such step"));
    EXPECT_FALSE(may_choose(r, purpose::ChatMessaging::name, "P1D", "masked"));
}

TEST(ChosenPeriods, A4_StandInTheNoticeInsteadOfTheRegisters) {
    Register const before = built_in();
    Register const chosen = with_choice(
        before,
        {.chat = "P6M", .calls_masked = "P3D", .calls_token = "", .calls = "P20D", .call_counters = "P99Y"});
    auto const& kept = chosen.purpose(calls)->kept;
    EXPECT_NE(kept.en.find("20 days after the call"), std::string::npos) << kept.en;
    EXPECT_NE(kept.en.find("go after 3 days"), std::string::npos) << kept.en;
    EXPECT_NE(kept.en.find("after 60 days"), std::string::npos) << "not chosen: " << kept.en;
    EXPECT_NE(kept.en.find("13 months"), std::string::npos) << "may not be chosen: " << kept.en;
    EXPECT_TRUE(kept.en.ends_with("So your organisation chose."));
    EXPECT_TRUE(kept.sv.ends_with("Så har din organisation valt."));
    EXPECT_EQ(chosen.purpose(purpose::ChatMessaging::name)->kept.en, "6 months, as your organisation chose.");
    EXPECT_EQ(chosen.purpose(calls)->terms_hash, before.purpose(calls)->terms_hash) << "nobody is asked anew";
    EXPECT_EQ(with_choice(before, {}).purpose(calls)->kept.sv, before.purpose(calls)->kept.sv);
}

}  // namespace
}  // namespace samtal::processing
