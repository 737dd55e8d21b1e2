#include "samtal/core/id.hpp"
#include "samtal/core/secret.hpp"
#include "samtal/core/time.hpp"
#include "samtal/core/uuid_v7.hpp"

#include <gtest/gtest.h>

namespace samtal {
namespace {

using namespace std::chrono_literals;

TEST(Id, ReadsTheUsualFormAndNothingElse) {
    EXPECT_EQ(UserId::parse("0198A20A-b46a-7a3b-8000-0123456789ab")->text(),
              "0198a20a-b46a-7a3b-8000-0123456789ab");
    for (auto const* bad : {"", "0198a20ab46a7a3b80000123456789ab", "{0198a20a-b46a-7a3b-8000-0123456789ab}",
                            "0198a20a-b46a-7a3b-8000-0123456789ag", "0198a20a-b46a-7a3b-8000-0123456789ab ",
                            "0198a20a0b46a-7a3b-8000-0123456789ab"})
        EXPECT_FALSE(UserId::parse(bad)) << bad;
}

TEST(UuidV7, CarriesItsTimeAndVersionAndGrowsWithTime) {
    auto const early = uuid_v7(std::chrono::sys_days{std::chrono::year{2026} / 11 / 23});
    auto const late = uuid_v7(std::chrono::sys_days{std::chrono::year{2026} / 11 / 24});
    EXPECT_LT(MessageId{early}, MessageId{late});
    EXPECT_EQ(uuid_text(early)[14], '7');
    EXPECT_EQ(uuid_text(early).substr(0, 13), "01a205b3-d000");
}

TEST(UuidV7, SortsInTheOrderOfMakingWithinAMillisecondAndWhenTheClockTrembles) {
    std::chrono::system_clock::time_point const now = std::chrono::sys_days{std::chrono::year{2026} / 11 / 25};
    MessageId last{uuid_v7(now)};
    for (int n = 0; n < 20'000; ++n) {
        MessageId const next{uuid_v7(n % 3 == 0 ? now - 20ms : now)};
        ASSERT_LT(last, next);
        last = next;
    }
}

TEST(UuidV7, ComesBackFromASimulatedFuture) {
    std::chrono::system_clock::time_point const now = std::chrono::sys_days{std::chrono::year{2026} / 11 / 25};
    static_cast<void>(uuid_v7(now + std::chrono::years{8}));
    EXPECT_EQ(uuid_text(uuid_v7(now)).substr(0, 13),
              uuid_text(uuid_v7(now + std::chrono::milliseconds{0})).substr(0, 13));
    EXPECT_LT(MessageId{uuid_v7(now)}, MessageId{uuid_v7(now + std::chrono::years{1})});
}

TEST(Time, WritesWhatItReads) {
    for (auto const* text : {"1970-01-01T00:00:00.000Z", "2024-02-29T23:59:59.999Z", "2026-11-23T21:17:17.123Z"})
        EXPECT_EQ(rfc3339(parse_rfc3339(text).value()), text);
}

TEST(Time, UnderstandsOffsetsAndCutsBelowAMillisecond) {
    EXPECT_EQ(rfc3339(parse_rfc3339("2026-11-23T01:30:00+01:30").value()), "2026-11-23T00:00:00.000Z");
    EXPECT_EQ(rfc3339(parse_rfc3339("2026-11-23t00:00:00.1239999z").value()), "2026-11-23T00:00:00.123Z");
}

TEST(Time, RefusesWhatIsNoTime) {
    for (auto const* bad :
         {"", "2026-11-23", "2026-02-30T00:00:00Z", "2026-11-23T24:00:00Z", "2026-11-23T00:60:00Z",
          "2026-11-23T00:00:00", "2026-11-23T00:00:00Zx", "1969-12-31T23:59:59Z", "2026-11-23 00:00:00Z",
          "2026-11-23T00:00:00.Z", "+026-11-23T00:00:00Z"})
        EXPECT_FALSE(parse_rfc3339(bad)) << bad;
    EXPECT_FALSE(parse_full_date("2026-13-01"));
    EXPECT_FALSE(parse_full_date("2026-11-23T00:00:00Z"));
}

TEST(Secret, PrintsNothingAndLeavesNothingWhereItWas) {
    Secret from{"correct horse"};
    Secret const to{std::move(from)};
    EXPECT_EQ(to.reveal(), "correct horse");
    EXPECT_EQ(from.reveal(), "");  // NOLINT(bugprone-use-after-move): that is the promise
    EXPECT_EQ(fmt::format("{}", to), "[secret]");
}

}  // namespace
}  // namespace samtal
