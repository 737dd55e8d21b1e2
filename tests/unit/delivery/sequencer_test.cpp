#include "delivery/sequencer.hpp"

#include <boost/uuid/random_generator.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <random>
#include <set>
#include <utility>

namespace samtal::delivery {
namespace {

using namespace std::chrono_literals;
using Seqs = std::vector<std::int64_t>;

/// One conversation, a database that holds some of its events, and a member who is here.
class SequencerTest : public ::testing::Test {
protected:
    Event event(std::int64_t seq) const {
        return {
            organisation, place, {.seq = seq}, people, std::make_shared<std::string const>(std::to_string(seq))};
    }
    void offer(Seqs const& seqs) {
        for (auto const seq : seqs) {
            stored.insert(seq);
            sequencer.offer(event(seq));
        }
    }
    gateway::EventLog::Missed read(gateway::EventLog::Gap const& gap, std::size_t limit = 100) const {
        gateway::EventLog::Missed missed{{}, gap.until};
        for (auto const seq : stored) {
            if (seq <= gap.after.value_or(old) || seq > gap.until) continue;
            if (missed.events.size() == limit) {
                missed.until = missed.events.back().number;
                break;
            }
            missed.events.push_back({seq, people, event(seq).frame});
        }
        return missed;
    }
    /// Fills the gaps that are due at `now`; how many.
    int repair(std::size_t limit = 100) {
        int gaps = 0;
        Sequencer::Steady due;
        while (auto const gap = sequencer.next_gap(now, due)) {
            sequencer.filled(*gap, read(*gap, limit));
            ++gaps;
        }
        return gaps;
    }
    void have_patience() { now = std::chrono::steady_clock::now() + 1s; }

    OrganisationId const organisation{boost::uuids::random_generator{}()};
    ConversationId place{boost::uuids::random_generator{}()};
    People const people =
        std::make_shared<std::vector<UserId> const>(1, UserId{boost::uuids::random_generator{}()});
    std::set<std::int64_t> stored;
    std::int64_t old = 0;  // up to here the events are too old to be missed where nothing is known
    bool here = true;
    bool lease = true;
    Seqs pushed;
    Sequencer::Steady now = std::chrono::steady_clock::now();
    Sequencer sequencer{{.push = [this](Event const& e) { pushed.push_back(e.number()); },
                         .here = [this](std::vector<UserId> const&) { return here; },
                         .may_push = [this] { return lease; },
                         .wake = [] {}}};
};

TEST_F(SequencerTest, PushesWhatComesInOrderAtOnce) {
    offer({1, 2, 3});
    EXPECT_EQ(pushed, (Seqs{1, 2, 3}));
    have_patience();
    EXPECT_EQ(repair(), 0);
}

TEST_F(SequencerTest, WaitsForTheOneThatWasOvertaken) {
    offer({1, 3, 4});
    EXPECT_EQ(pushed, (Seqs{1}));
    EXPECT_EQ(repair(), 0);  // it may be on its way
    offer({2});
    EXPECT_EQ(pushed, (Seqs{1, 2, 3, 4}));
    have_patience();
    EXPECT_EQ(repair(), 0);
}

TEST_F(SequencerTest, ReadsBackWhatDoesNotCome) {
    stored = {1, 2, 3};
    offer({1, 4});
    have_patience();
    EXPECT_EQ(repair(), 1);
    EXPECT_EQ(pushed, (Seqs{1, 2, 3, 4}));
    offer({2, 3});  // late after all
    EXPECT_EQ(pushed.size(), 4U);
}

TEST_F(SequencerTest, ReadsBackBeforeTheFirstThatItSeesOfAConversation) {
    old = 6;
    stored = {5, 6, 7, 8};
    offer({9});
    EXPECT_TRUE(pushed.empty());
    EXPECT_EQ(repair(), 1);  // at once: nothing is known
    EXPECT_EQ(pushed, (Seqs{7, 8, 9}));
}

TEST_F(SequencerTest, ReadsNothingBackWhenNobodyIsHere) {
    here = false;
    offer({1, 5, 9});
    here = true;
    offer({10});
    EXPECT_EQ(pushed, (Seqs{1, 10}));
    have_patience();
    EXPECT_EQ(repair(), 0);
}

TEST_F(SequencerTest, GoesOnWhereSomethingIsGoneForGood) {
    stored = {1, 4, 6};
    offer({1, 6});
    have_patience();
    repair();
    EXPECT_EQ(pushed, (Seqs{1, 4, 6}));
    offer({7});
    EXPECT_EQ(pushed.back(), 7);
}

TEST_F(SequencerTest, ReadsPageAfterPage) {
    for (std::int64_t seq = 1; seq <= 1'000; ++seq) stored.insert(seq);
    offer({1, 1'000});
    have_patience();
    EXPECT_GT(repair(64), 10);
    EXPECT_EQ(pushed.size(), 1'000U);
    EXPECT_TRUE(std::ranges::is_sorted(pushed));
}

TEST_F(SequencerTest, KeepsMessagesAndChangesApart) {
    offer({1, 2});
    for (std::int64_t change : {0, 1, 2, 4}) {
        Event one = event(1);
        one.place = {.change = change};
        sequencer.offer(std::move(one));
    }
    offer({3});
    EXPECT_EQ(pushed, (Seqs{1, 2, 0, 1, 2, 3}));
    have_patience();
    Sequencer::Steady due;
    auto const gap = sequencer.next_gap(now, due);
    ASSERT_TRUE(gap);
    EXPECT_EQ(gap->kind, Kind::changes);
    EXPECT_EQ(gap->after, 2);
    sequencer.filled(*gap, {{}, gap->until});  // another change took the place of number 3
    EXPECT_EQ(pushed.back(), 4);
}

TEST_F(SequencerTest, PushesWhatOnlyTheDatabaseKnew) {
    offer({1, 2});
    stored.insert({3, 4});
    sequencer.reach({organisation, place, {.seq = 2}}, system_now() - 1min);
    EXPECT_EQ(repair(), 0);
    sequencer.reach({organisation, place, {.seq = 4}}, system_now() - 1min);
    repair();
    EXPECT_EQ(pushed, (Seqs{1, 2, 3, 4}));
}

TEST_F(SequencerTest, IsSilentWithoutALeaseAndCatchesUpWithOne) {
    offer({1});
    lease = false;
    offer({2, 3});
    have_patience();
    EXPECT_EQ(repair(), 0);
    EXPECT_EQ(pushed, (Seqs{1}));
    lease = true;
    repair();
    EXPECT_EQ(pushed, (Seqs{1, 2, 3}));
}

TEST_F(SequencerTest, WhereNothingIsKnownMissesWhatCameSinceAllWasWell) {
    Timestamp const began = system_now() - 1h;
    Sequencer old{
        {.push = [](Event const&) {},
         .here = [](std::vector<UserId> const&) { return true; },
         .may_push = [] { return true; },
         .wake = [] {},
         .clock = [first = true, began]() mutable { return std::exchange(first, false) ? began : system_now(); }}};
    Timestamp const good = system_now() - 5min;
    old.good_until(good);
    old.offer(event(9));
    Sequencer::Steady due;
    auto const gap = old.next_gap(now, due);
    ASSERT_TRUE(gap);
    EXPECT_LT(gap->since, good);
    EXPECT_GT(gap->since, began);
}

TEST_F(SequencerTest, TriesAgainWhenTheDatabaseIsAway) {
    stored.insert(2);
    offer({1, 3});
    have_patience();
    Sequencer::Steady due;
    auto const gap = sequencer.next_gap(now, due);
    ASSERT_TRUE(gap);
    sequencer.failed(*gap, now);
    EXPECT_EQ(repair(), 0);
    EXPECT_LE(due - now, 1s);
    now += 1s;
    EXPECT_EQ(repair(), 1);
    EXPECT_EQ(pushed, (Seqs{1, 2, 3}));
}

TEST_F(SequencerTest, KeepsAFloodOfEarlyEventsBounded) {
    for (std::int64_t seq = 1; seq <= 5'000; ++seq) stored.insert(seq);
    offer({1});
    for (std::int64_t seq = 3; seq <= 5'000; ++seq) sequencer.offer(event(seq));
    have_patience();
    repair();
    ASSERT_EQ(pushed.size(), 5'000U);
    EXPECT_TRUE(std::ranges::is_sorted(pushed));
}

TEST_F(SequencerTest, KeepsTheOrderWhateverIsLostDoubledAndReordered) {
    std::mt19937 random{20'261'125};  // any seed will do
    for (int round = 0; round < 200; ++round) {
        place = ConversationId{boost::uuids::random_generator{}()};
        pushed.clear();
        stored.clear();
        std::int64_t const last = 50;
        for (std::int64_t seq = 1; seq <= last; ++seq) stored.insert(seq);
        Seqs come(static_cast<std::size_t>(last));
        std::iota(come.begin(), come.end(), 1);
        for (int n = 0; n < 40; ++n) {
            auto const one = random() % come.size();
            auto const other = std::min(one + random() % 5, come.size() - 1);
            if (n % 4 == 0)
                come[one] = come[other];
            else
                std::swap(come[one], come[other]);
        }
        for (auto const seq : come) {
            sequencer.offer(event(seq));
            if (random() % 7 == 0) {
                have_patience();
                repair(3);
            }
        }
        sequencer.reach({organisation, place, {.seq = last}}, system_now() - 1min);
        have_patience();
        repair(3);
        Seqs all(static_cast<std::size_t>(last));
        std::iota(all.begin(), all.end(), 1);
        ASSERT_EQ(pushed, all) << "round " << round;
    }
}

}  // namespace
}  // namespace samtal::delivery
