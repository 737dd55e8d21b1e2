#include "samtal/calls/phone_numbers.hpp"

#include <gtest/gtest.h>

namespace samtal::calls {
namespace {

std::string read(std::string_view text) {
    auto const number = normalise(NumberingPlan{}, text);
    return number ? number->text : std::string{number.error().reason.text()};
}

bool assignable(std::string_view text) {
    auto const number = normalise(NumberingPlan{}, text);
    return number && number->assignable;
}

TEST(PhoneNumber, IsE164HoweverItIsWritten) {
    for (auto const* const written :
         {"+46701740605", "+46 70-174 06 05", "0701740605", "070-174 06 05", "0046701740605",
          "+46 (0)70 174 06 05", "0046 (0) 701740605", "(070) 1740605"}) {
        EXPECT_EQ(read(written), "+46701740605") << written;
        EXPECT_TRUE(assignable(written)) << written;
    }
}

TEST(PhoneNumber, KeepsForeignCountryCodes) {
    EXPECT_EQ(read("+4915112345678"), "+4915112345678");
    EXPECT_EQ(read("001 212 555 0100"), "+12125550100");
}

TEST(PhoneNumber, LeavesExtensionsAndServicesAsDigits) {
    for (auto const* const digits : {"112", "101", "0", "0112", "90510", "118118"}) {
        EXPECT_EQ(read(digits), digits);
        EXPECT_FALSE(assignable(digits)) << digits;
    }
}

TEST(PhoneNumber, KeepsOtherTextAsItCameAndNeverAssignsIt) {
    for (auto const* const text :
         {"anonymous", "sip:anna@example.org", "'; DROP TABLE calls; --", "%s%n", "+46 70 17x", "+", "+0701740605",
          "1234567890123456", "\xe2\x80\xaegnp.exe", "Åsa"}) {
        EXPECT_EQ(read(text), text);
        EXPECT_FALSE(assignable(text)) << text;
    }
}

TEST(PhoneNumber, RefusesControlCharactersNothingAndTooMuch) {
    for (auto const* const text : {"a\r\nb", "\x1b[31mred", "\x7f", "070\t1740605", "\xc2\x85"})
        EXPECT_EQ(read(text), "must not hold control characters");
    EXPECT_EQ(read(""), "must not be empty");
    EXPECT_EQ(read(std::string(65, '9')), "is too long");
    EXPECT_EQ(read(std::string(64, '9')), std::string(64, '9'));
}

TEST(PhoneNumber, FollowsItsPlan) {
    NumberingPlan const norway{"47", "", "00"};  // no trunk prefix
    EXPECT_EQ(normalise(NumberingPlan{"358", "0", "00"}, "040 1234567")->text, "+358401234567");
    EXPECT_EQ(normalise(norway, "0047 22 12 34 56")->text, "+4722123456");
}

TEST(PhoneNumber, IsWholeWhenTheOrganisationSaysHow) {
    NumberingPlan const plan{.short_prefix = "+46701740", .short_digits = 3};
    EXPECT_EQ(normalise(plan, "605")->text, "+46701740605");
    EXPECT_EQ(normalise(plan, "6 05")->text, "+46701740605");
    for (auto const* const other : {"60", "6051", "90510"}) EXPECT_EQ(normalise(plan, other)->text, other);
    EXPECT_EQ(normalise(plan, "0701740605")->text, "+46701740605");
}

TEST(PhoneNumber, HasACountryWithoutATrunkPrefixToo) {
    NumberingPlan const norway{.country_code = "47", .trunk_prefix = ""};
    EXPECT_EQ(normalise(norway, "22123456")->text, "+4722123456");
    EXPECT_EQ(normalise(norway, "112")->text, "112");
}

TEST(SwitchSettings, StandBeforeTheDeploymentsPlan) {
    SwitchSettings const nothing;
    EXPECT_EQ(nothing.over(NumberingPlan{}).country_code, "46");
    SwitchSettings const own{.time_zone = {}, .country_code = "47", .short_prefix = "+4722", .short_digits = 4};
    EXPECT_EQ(normalise(own.over(NumberingPlan{}), "3456")->text, "+47223456");
}

}  // namespace
}  // namespace samtal::calls
