#include "register/periods.hpp"

#include <gtest/gtest.h>

namespace samtal::processing {
namespace {

TEST(Period, IsYearsMonthsAndDaysInThisOrder) {
    for (auto const* good : {"P0D", "P90D", "P12M", "P5Y", "P1Y6M", "P1Y2M3D"})
        EXPECT_TRUE(Period::parse(good)) << good;
    for (auto const* bad :
         {"", "P", "90D", "P90", "PD", "P-1D", "P1D1Y", "P1D1D", "PT24H", "p90d", "P90D ", "P99999999999D"})
        EXPECT_FALSE(Period::parse(bad)) << bad;
}

TEST(Period, IsSaidInWords) {
    auto const say = [](char const* text, char const* language) {
        return Period::parse(text)->in_words(language);
    };
    EXPECT_EQ(say("P90D", "sv"), "90 dagar");
    EXPECT_EQ(say("P90D", "en"), "90 days");
    EXPECT_EQ(say("P1D", "sv"), "1 dag");
    EXPECT_EQ(say("P1M", "en"), "1 month");
    EXPECT_EQ(say("P5Y", "sv"), "5 år");
    EXPECT_EQ(say("P1Y6M", "sv"), "1 år och 6 månader");
    EXPECT_EQ(say("P1Y6M", "en"), "1 year and 6 months");
    EXPECT_EQ(say("P0D", "en"), "0 days");
}

TEST(Period, I1_IsLongerThanTheLawWhenItCanBe) {
    Limit const half_a_year{"traffic", "P6M", 181, "LEK 9:22"};
    for (auto const* within : {"P6M", "P5M", "P181D", "P5M1D"})
        EXPECT_FALSE(is_longer(*Period::parse(within), half_a_year)) << within;
    for (auto const* beyond : {"P7M", "P1Y", "P182D", "P6M1D"})
        EXPECT_TRUE(is_longer(*Period::parse(beyond), half_a_year)) << beyond;
    Limit const days{"address", "P30D", 30, "GDPR 5.1 e"};
    EXPECT_FALSE(is_longer(*Period::parse("P30D"), days));
    EXPECT_TRUE(is_longer(*Period::parse("P31D"), days));
    EXPECT_TRUE(is_longer(*Period::parse("P1M"), days));  // 31 days in some months
}

}  // namespace
}  // namespace samtal::processing
