#include "samtal/storage/values.hpp"
#include "statistics/closer.hpp"
#include "statistics/flusher.hpp"
#include "support/database.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace samtal::statistics {
namespace {

using testing::fresh_id;
using testing::run;

std::string policies_text(std::string const& yearly) {
    std::ifstream in{
        (std::filesystem::path{__FILE__}.parent_path() / "../../../config/statistics.toml").lexically_normal()};
    std::string text{std::istreambuf_iterator<char>{in}, {}};
    std::string const shipped = "2_928_000_000";
    return text.replace(text.find(shipped), shipped.size(), yearly);
}

/// Each test has a year of its own, so that budgets and epochs do not meet.
std::uint32_t next_year() {
    static std::uint32_t day = 700;
    return day += 732;
}

class EpochsTest : public testing::DatabaseTest {
protected:
    EpochsTest() : EpochsTest{"2_928_000_000"} {}
    explicit EpochsTest(std::string const& yearly)
        : policies{Policies::parse(policies_text(yearly), "statistics.toml")} {}

    StatisticsPermit permit() { return gate.permit_machine<purpose::AnonymousStatistics>(OrganisationId::nil()); }
    Epoch open(std::uint32_t day) { return *run(contributions.open_epoch(permit_, day, day)); }
    void flush() { run(done(flusher.flush(permit_, today))); }
    static Task<bool> done(Task<void> task) {
        co_await std::move(task);
        co_return true;
    }
    int number(std::string const& sql) { return test.admin(sql)[0][0].as<int>(); }
    int rows(char const* table, Epoch epoch) {
        return number(fmt::format("SELECT count(*) FROM {} WHERE epoch = {}", table, epoch));
    }
    bool add(Epoch epoch, Flush const& part) { return *run(contributions.add(permit_, epoch, part)); }
    Counts counts(Epoch epoch) {
        Counts seen;
        EXPECT_FALSE(run(
            releases.close(permit_, epoch, true, [&seen](ReleaseTransaction&, Counts const& c) -> Result<void> {
                seen = c;
                return Error{Errc::invalid, "only looking"};
            })));
        return seen;
    }

    std::uint32_t const today = next_year();
    Timestamp now{std::chrono::days{today}};
    Policies const policies;
    StatisticsPermit const permit_ = permit();
    FoldingRecorder recorder{policies, [this] { return now; }};
    PgEpochKeysRepository keys{test.keystore, test.ring};
    PgContributionRepository contributions{db, policies};
    PgReleaseRepository releases{db, policies};
    Flusher flusher{recorder, contributions, keys};
    Closer closer{policies, contributions, releases, keys};
};

PseudonymousRow row(unsigned char who, Metric metric, std::uint16_t bucket, std::uint32_t value = 1) {
    return {std::string(32, static_cast<char>(who)), metric, bucket, value};
}

Flush flush_of(std::vector<PseudonymousRow> rows) {
    return {fresh_id<UserId>().value(), std::move(rows)};
}

TEST_F(EpochsTest, StoreWhatWasFoldedUnderAPseudonymOfTheEpoch) {
    auto const who = fresh_id<UserId>();
    recorder.fold(who, Metric::sign_ins, "");
    flush();
    Epoch const epoch = open(today);
    EXPECT_EQ(rows("statistics_contributions", epoch), 1);
    auto const stored = test.admin(fmt::format(
        "SELECT encode(pseudonym, 'hex') FROM statistics_contributions WHERE epoch = {}", epoch))[0][0];
    auto const name = stored.as<std::string>();
    EXPECT_EQ(name, storage::bytea(pseudonym(run(keys.key_of(epoch)), who)).substr(2));
    EXPECT_EQ(name.find(who.text().substr(24)), std::string::npos);
}

TEST_F(EpochsTest, BoundAPersonOverManyFlushes) {
    auto const who = fresh_id<UserId>();
    for (int n = 0; n < 4; ++n) {
        for (int m = 0; m < 3; ++m) recorder.fold(who, Metric::message_sent, "");
        flush();
    }
    EXPECT_EQ(number(fmt::format("SELECT value FROM statistics_contributions WHERE epoch = {}", open(today))),
              policies.of(Metric::message_sent).most_in_bucket);
}

TEST_F(EpochsTest, CountARepeatedFlushOnce) {
    Epoch const epoch = open(today);
    auto const part = flush_of({row(1, Metric::message_sent, 0), row(2, Metric::message_sent, 0)});
    EXPECT_TRUE(add(epoch, part));
    EXPECT_TRUE(add(epoch, part));
    EXPECT_EQ(counts(epoch).at(2).at(0), 2);
}

TEST_F(EpochsTest, CountNobodyInMoreBucketsThanThePolicyAllows) {
    Epoch const epoch = open(today);
    std::vector<PseudonymousRow> everywhere;
    for (std::uint16_t bucket = 0; bucket < 7; ++bucket)
        everywhere.push_back(row(1, Metric::client_platform, bucket));
    EXPECT_TRUE(add(epoch, flush_of(everywhere)));
    auto const seen = counts(epoch);
    std::int64_t sum = 0;
    for (auto const count : seen.at(6)) sum += count;
    EXPECT_EQ(sum, policies.of(Metric::client_platform).most_buckets);
    EXPECT_EQ(counts(epoch), seen) << "the choice must not depend on when it is made";
}

TEST_F(EpochsTest, LeaveNothingBehindButTheRelease) {
    for (int n = 0; n < 50; ++n) recorder.fold(fresh_id<UserId>(), Metric::active_users, "");
    flush();
    Epoch const epoch = *run(closer.close_now(permit_, today));
    run(done(closer.destroy_keys(permit_)));

    EXPECT_EQ(rows("statistics_contributions", epoch), 0);
    EXPECT_EQ(rows("statistics_budget", epoch), 8);
    auto const waiting = *run(releases.waiting(permit_));
    ASSERT_FALSE(waiting.empty());
    auto const release =
        std::find_if(waiting.begin(), waiting.end(), [&](auto const& w) { return w.epoch == epoch; });
    ASSERT_NE(release, waiting.end());
    std::size_t buckets = 0;
    for (auto const& policy : policies.all()) buckets += policy.labels.size();
    auto const frames = *read_frames(release->frames);
    EXPECT_EQ(frames.size(), buckets);
    EXPECT_NEAR(static_cast<double>(frames[0].value), 50, 25);  // noise passes 25 once in 10^11 runs
    EXPECT_EQ(frames[1].value, Frame::suppressed);

    auto const with_key = run(keys.epochs());
    EXPECT_EQ(std::find(with_key.begin(), with_key.end(), epoch), with_key.end());
    *run(releases.mark_delivered(permit_, epoch));
    EXPECT_TRUE(*run(releases.is_delivered(permit_, epoch)));
}

TEST_F(EpochsTest, ReleaseAsManyFramesForADayOnWhichNothingHappened) {
    Epoch const epoch = *run(closer.close_now(permit_, today));
    EXPECT_EQ(number(fmt::format("SELECT octet_length(frames) FROM statistics_outbox WHERE epoch = {}", epoch)),
              (5 + 5 + 7 + 5) * static_cast<int>(Frame::size));
}

TEST_F(EpochsTest, TakeNothingOnceClosedAndGiveTheDayAnother) {
    Epoch const first = *run(closer.close_now(permit_, today));
    EXPECT_FALSE(add(first, flush_of({row(1, Metric::sign_ins, 0)})));
    recorder.fold(fresh_id<UserId>(), Metric::sign_ins, "");
    flush();
    Epoch const second = open(today);
    EXPECT_EQ(second, first + 1);
    EXPECT_EQ(rows("statistics_contributions", second), 1);
    EXPECT_EQ(rows("statistics_contributions", first), 0);
}

TEST_F(EpochsTest, CountWhatComesAfterItsDayWasClosedAmongTodays) {
    *run(closer.close_now(permit_, today));
    EXPECT_EQ(*run(contributions.open_epoch(permit_, today, today + 1)), first_epoch(today + 1));
}

TEST_F(EpochsTest, AreReleasedOnce) {
    Epoch const epoch = open(today);
    auto const nothing = [](ReleaseTransaction&, Counts const&) -> Result<void> {
        ADD_FAILURE() << "a closed epoch is counted again";
        return {};
    };
    ASSERT_EQ(*run(closer.close_now(permit_, today)), epoch);
    EXPECT_EQ(*run(releases.close(permit_, epoch, true, nothing)), Closing::already_closed);
}

TEST_F(EpochsTest, HaveAKeyThatStaysAndThenIsGoneForEver) {
    Epoch const epoch = open(today);
    auto const key = run(keys.key_of(epoch));
    EXPECT_EQ(run(keys.key_of(epoch)), key);
    run(done(keys.destroy(epoch)));
    EXPECT_NE(run(keys.key_of(epoch)), key);
}

class SpentBudgetTest : public EpochsTest {
protected:
    SpentBudgetTest() : EpochsTest{"12_000_000"} {}  // one release of all metrics and a half
};

TEST_F(SpentBudgetTest, ReleasesNothingAndKeepsTheEpochOpen) {
    ASSERT_TRUE(run(closer.close_now(permit_, today)));
    recorder.fold(fresh_id<UserId>(), Metric::sign_ins, "");
    flush();
    auto const refused = run(closer.close_now(permit_, today));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Errc::conflict);
    Epoch const second = open(today);
    EXPECT_EQ(rows("statistics_outbox", second), 0);
    EXPECT_EQ(rows("statistics_budget", second), 0);
    EXPECT_EQ(rows("statistics_contributions", second), 1);
}

TEST_F(SpentBudgetTest, StillDeletesContributionsWhenTheDayEnds) {
    ASSERT_TRUE(run(closer.close_now(permit_, today)));
    recorder.fold(fresh_id<UserId>(), Metric::sign_ins, "");
    flush();
    Epoch const second = open(today);
    run(done(closer.close_past(permit_, today + 1)));
    run(done(closer.destroy_keys(permit_)));
    EXPECT_EQ(rows("statistics_contributions", second), 0);
    EXPECT_EQ(rows("statistics_outbox", second), 0);
    EXPECT_EQ(number(fmt::format("SELECT count(*) FROM statistics_epochs WHERE epoch = {} AND closed_at IS NULL",
                                 second)),
              0);
}

TEST_F(SpentBudgetTest, IsFreshInTheNextYear) {
    ASSERT_TRUE(run(closer.close_now(permit_, today)));
    EXPECT_TRUE(run(closer.close_now(permit_, today + 366)));
}

}  // namespace
}  // namespace samtal::statistics
