#include "samtal/calls/fading.hpp"

#include <gtest/gtest.h>

#include <set>

namespace samtal::calls {
namespace {

TEST(MaskedNumber, E1_LosesItsLastFourDigits) {
    EXPECT_EQ(masked("+46701740605"), "+4670174****");
    EXPECT_EQ(masked("+468123456"), "+46812****");
    EXPECT_EQ(masked("0701740605"), "070174****");
}

TEST(MaskedNumber, E1_OfAShortNumberOrOfNoneNothingIsLeft) {
    for (auto const* number : {"112", "0605", "1177", "4611414", "+461234", "", "+", "anna@example.org",
                               "sip:46701740605", "0605****x", "Anna Ek 0701740605"})
        EXPECT_EQ(masked(number), "****") << number;
}

TEST(MaskedNumber, E1_IsNotMaskedAgain) {
    for (auto const* number : {"+46701740605", "112", "+468123456", "12345678"})
        EXPECT_EQ(masked(masked(number)), masked(number)) << number;
}

TEST(CallToken, E1_SaysNothingAndIsNeverTheSame) {
    std::set<std::string> tokens;
    for (int n = 0; n < 1000; ++n) tokens.insert(random_token());
    EXPECT_EQ(tokens.size(), 1000U);
    for (auto const& token : tokens) {
        EXPECT_EQ(token.size(), 17U);
        EXPECT_EQ(token.front(), '~');
        EXPECT_EQ(token.find_first_not_of("0123456789abcdef", 1), std::string::npos);
    }
}

}  // namespace
}  // namespace samtal::calls
