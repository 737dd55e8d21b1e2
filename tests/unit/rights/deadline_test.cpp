#include "rights/deadline.hpp"

#include <gtest/gtest.h>

namespace samtal::rights {
namespace {

Timestamp at(char const* text) {
    return parse_rfc3339(text).value();
}

TEST(Deadline, IsTheSameDayOfTheNextMonth) {
    EXPECT_EQ(months_later(at("2026-11-25T13:43:10.5Z"), answer_within), at("2026-12-25T13:43:10.5Z"));
    EXPECT_EQ(months_later(at("2026-12-01T00:00:00Z"), answer_within), at("2027-01-01T00:00:00Z"));
}

TEST(Deadline, IsTheLastDayOfAShorterMonth) {
    EXPECT_EQ(months_later(at("2026-01-31T10:00:00Z"), answer_within), at("2026-02-28T10:00:00Z"));
    EXPECT_EQ(months_later(at("2028-01-31T10:00:00Z"), answer_within), at("2028-02-29T10:00:00Z"));
    EXPECT_EQ(months_later(at("2026-03-31T10:00:00Z"), answer_within + extension), at("2026-06-30T10:00:00Z"));
}

}  // namespace
}  // namespace samtal::rights
