#include "greetings/schedule_codec.hpp"
#include "greetings/schedule_rules.hpp"

#include <gtest/gtest.h>

#include <array>

namespace samtal::greetings {
namespace {

using namespace std::chrono_literals;

Timestamp at(std::string_view text) {
    return parse_rfc3339(text).value();
}

Result<Schedule> read(std::string_view json) {
    auto const input = gateway::parse_input(json).value();
    return decode_schedule(gateway::FieldReader{input}, input, "Europe/Stockholm");
}

bool applies_at(std::string_view json, std::string_view time) {
    return applies(*read(json), at(time));
}

TEST(Schedule, ThatIsNoneAppliesAlways) {
    EXPECT_TRUE(applies(std::nullopt, at("2026-11-25T12:00:00Z")));
}

TEST(Schedule, FollowsTheClockOfItsPlace) {
    auto const* const evenings = R"({"weekly":[{"days":["wed"],"from":"17:00","to":"18:00"}]})";
    EXPECT_TRUE(applies_at(evenings, "2026-11-25T16:30:00Z"));  // winter: an hour ahead of UTC
    EXPECT_FALSE(applies_at(evenings, "2026-11-25T17:00:00Z"));
    EXPECT_TRUE(applies_at(evenings, "2026-07-01T15:30:00Z"));  // summer: two
    EXPECT_FALSE(applies_at(evenings, "2026-07-01T16:30:00Z"));
    EXPECT_FALSE(applies_at(evenings, "2026-11-26T16:30:00Z"));  // Thursday
    auto const* const there =
        R"({"time_zone":"America/New_York","weekly":[{"days":["wed"],"from":"17:00","to":"18:00"}]})";
    EXPECT_TRUE(applies_at(there, "2026-11-25T22:30:00Z"));
}

TEST(Schedule, MayPassMidnight) {
    auto const* const night = R"({"weekly":[{"days":["sun"],"from":"22:00","to":"06:00"}]})";
    EXPECT_TRUE(applies_at(night, "2026-11-29T22:00:00+01:00"));  // Sunday
    EXPECT_TRUE(applies_at(night, "2026-11-30T05:59:00+01:00"));  // Monday
    EXPECT_FALSE(applies_at(night, "2026-11-30T06:00:00+01:00"));
    EXPECT_FALSE(applies_at(night, "2026-11-29T05:00:00+01:00"));
    auto const* const whole = R"({"weekly":[{"days":["mon"],"from":"00:00","to":"24:00"}]})";
    EXPECT_TRUE(applies_at(whole, "2026-11-30T23:59:59+01:00"));
    EXPECT_FALSE(applies_at(whole, "2026-12-01T00:00:00+01:00"));
}

TEST(Schedule, HoldsDatesWithoutTheLast) {
    auto const* const christmas = R"({"dates":[{"from":"2026-12-24","to":"2026-12-27"}]})";
    EXPECT_TRUE(applies_at(christmas, "2026-12-24T00:00:00+01:00"));
    EXPECT_TRUE(applies_at(christmas, "2026-12-26T23:59:59+01:00"));
    EXPECT_FALSE(applies_at(christmas, "2026-12-27T00:00:00+01:00"));
    EXPECT_FALSE(applies_at(christmas, "2026-12-23T23:59:59+01:00"));
}

TEST(Schedule, IsReadAgainAsItWasWritten) {
    auto const schedule = read(
        R"({"time_zone":"Asia/Tokyo","weekly":[{"days":["mon","sun"],"from":"17:30","to":"08:05"}],"dates":[{"from":"2026-12-24","to":"2026-12-27"}]})");
    EXPECT_EQ(decode_sealed_schedule(encode_schedule(*schedule)), *schedule);
}

TEST(Schedule, ThatIsNoneIsRefused) {
    for (auto const* const json :
         {"{}", R"({"weekly":[]})", R"({"weekly":{}})", R"({"weekly":[7]})",
          R"({"dates":[{"from":"2026-12-27","to":"2026-12-27"}]})",
          R"({"dates":[{"from":"2026-02-30","to":"2026-03-01"}]})",
          R"({"weekly":[{"days":[],"from":"08:00","to":"09:00"}]})",
          R"({"weekly":[{"days":["mån"],"from":"08:00","to":"09:00"}]})",
          R"({"weekly":[{"days":["mon"],"from":"24:00","to":"09:00"}]})",
          R"({"weekly":[{"days":["mon"],"from":"8:00","to":"09:00"}]})",
          R"({"weekly":[{"days":["mon"],"from":"08:60","to":"09:00"}]})",
          R"({"weekly":[{"days":["mon"],"from":"08:00","to":"24:01"}]})",
          R"({"weekly":[{"days":["mon"],"from":"08:00","to":"09:00","x":1}]})",
          R"({"time_zone":"Mars/Olympus","dates":[{"from":"2026-12-24","to":"2026-12-27"}]})",
          R"({"time_zone":"","dates":[{"from":"2026-12-24","to":"2026-12-27"}]})"})
        EXPECT_FALSE(read(json)) << json;
}

TEST(Greeting, OfAbsenceSpeaksForTheOthers) {
    std::array const all{Kind::voicemail, Kind::busy, Kind::absent};
    std::array const here{Kind::voicemail, Kind::busy};
    std::array const busy_only{Kind::busy};
    EXPECT_EQ(played(Kind::busy, all), Kind::absent);
    EXPECT_EQ(played(Kind::busy, here), Kind::busy);
    EXPECT_EQ(played(std::nullopt, here), Kind::voicemail);
    EXPECT_EQ(played(Kind::absent, here), std::nullopt);
    EXPECT_EQ(played(std::nullopt, busy_only), std::nullopt);
    EXPECT_EQ(played(Kind::busy, {}), std::nullopt);
}

}  // namespace
}  // namespace samtal::greetings
