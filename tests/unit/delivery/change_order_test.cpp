#include "delivery/sequencer.hpp"

#include <boost/uuid/random_generator.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <string>

namespace samtal::delivery {
namespace {

using namespace std::chrono_literals;
using Names = std::vector<std::string>;

/// One conversation whose messages and changes come by several servers, a database that holds them all, and a
/// member who is here. "m2" is the second message, "c1" the first change.
class ChangeOrder : public ::testing::Test {
protected:
    static std::string name(Kind kind, std::int64_t number) {
        return (kind == Kind::messages ? "m" : "c") + std::to_string(number);
    }
    Event event(gateway::Place place) const {
        bool const change = !place.of_message();
        return {organisation, conversation, place, people,
                std::make_shared<std::string const>(
                    name(change ? Kind::changes : Kind::messages, change ? place.change : place.seq))};
    }
    void commit(gateway::Place place) {
        if (place.change > 0)
            changes[place.change] = place.seq;
        else
            messages.insert(place.seq);
    }
    /// The conversation begins here; else nothing is known of its changes.
    void begin() {
        sequencer.offer(event({}));
        pushed.clear();
    }
    void message(std::int64_t seq) {
        commit({.seq = seq});
        sequencer.offer(event({.seq = seq}));
    }
    /// Made when there were that many messages.
    void change(std::int64_t number, std::int64_t seq) {
        commit({.seq = seq, .change = number});
        sequencer.offer(event({.seq = seq, .change = number}));
    }
    gateway::EventLog::Missed read(gateway::EventLog::Gap const& gap) const {
        bool const of_messages = gap.kind == Kind::messages;
        gateway::EventLog::Missed missed{{}, gap.until, of_messages || messages.empty() ? 0 : *messages.rbegin()};
        for (auto n = gap.after.value_or(old) + 1; n <= gap.until; ++n)
            if (of_messages ? messages.contains(n) : changes.contains(n))
                missed.events.push_back(
                    {n, people,
                     event(of_messages ? gateway::Place{.seq = n} : gateway::Place{.change = n}).frame});
        return missed;
    }
    /// Fills the gaps that are due at `now`; how many.
    int repair() {
        int gaps = 0;
        Sequencer::Steady due;
        while (auto const gap = sequencer.next_gap(now, due)) {
            sequencer.filled(*gap, read(*gap));
            ++gaps;
        }
        return gaps;
    }
    void have_patience() { now = std::chrono::steady_clock::now() + 1s; }

    OrganisationId const organisation{boost::uuids::random_generator{}()};
    ConversationId conversation{boost::uuids::random_generator{}()};
    People const people =
        std::make_shared<std::vector<UserId> const>(1, UserId{boost::uuids::random_generator{}()});
    std::set<std::int64_t> messages;
    std::map<std::int64_t, std::int64_t> changes;
    std::int64_t old = 0;  // up to here nothing is missed where nothing is known
    bool here = true;
    bool lease = true;
    Names pushed;
    Sequencer::Steady now = std::chrono::steady_clock::now();
    Sequencer sequencer{{.push = [this](Event const& e) { pushed.push_back(*e.frame); },
                         .here = [this](std::vector<UserId> const&) { return here; },
                         .may_push = [this] { return lease; },
                         .wake = [] {}}};
};

TEST_F(ChangeOrder, AnEditThatOvertookItsMessageWaitsForIt) {
    begin();
    message(1);
    change(1, 2);
    EXPECT_EQ(pushed, (Names{"m1"}));
    EXPECT_EQ(repair(), 0);  // it may be on its way
    message(2);
    EXPECT_EQ(pushed, (Names{"m1", "m2", "c1"}));
    have_patience();
    EXPECT_EQ(repair(), 0);
}

TEST_F(ChangeOrder, AMessageThatDoesNotComeIsReadBackBeforeItsEdit) {
    begin();
    message(1);
    commit({.seq = 2});
    change(1, 2);
    change(2, 2);
    have_patience();
    EXPECT_EQ(repair(), 1);
    EXPECT_EQ(pushed, (Names{"m1", "m2", "c1", "c2"}));
}

TEST_F(ChangeOrder, AnEditIsTheFirstThatIsHeardOfAConversation) {
    old = 6;
    commit({.seq = 7});
    change(7, 7);
    have_patience();
    repair();
    EXPECT_EQ(pushed, (Names{"m7", "c7"}));
    message(8);
    EXPECT_EQ(pushed.back(), "m8");
}

TEST_F(ChangeOrder, AnEditOfOldMessagesTellsNoneOfThemAgain) {
    old = 90;
    for (std::int64_t seq = 1; seq <= 90; ++seq) commit({.seq = seq});
    change(1, 90);
    repair();
    message(91);
    have_patience();
    repair();
    EXPECT_EQ(pushed, (Names{"c1", "m91"}));
}

TEST_F(ChangeOrder, AnEditThatWasReadBackWaitsToo) {
    begin();
    message(1);
    change(1, 1);
    change(3, 2);  // the second is lost, and so is a message
    commit({.seq = 2});
    commit({.seq = 2, .change = 2});
    Sequencer::Steady due;
    have_patience();
    auto const first = sequencer.next_gap(now, due);
    ASSERT_TRUE(first);
    EXPECT_EQ(first->kind, Kind::changes);
    sequencer.filled(*first, read(*first));
    EXPECT_EQ(pushed, (Names{"m1", "c1"}));
    message(2);
    EXPECT_EQ(pushed, (Names{"m1", "c1", "m2", "c2", "c3"}));
    repair();
    EXPECT_EQ(pushed.size(), 5U);
}

TEST_F(ChangeOrder, WhatWaitedWhenTheLeaseEndedComesWithTheNext) {
    message(1);
    change(1, 2);
    lease = false;
    message(2);
    EXPECT_EQ(pushed, (Names{"m1"}));
    lease = true;
    have_patience();
    repair();
    EXPECT_EQ(pushed, (Names{"m1", "m2", "c1"}));
}

TEST_F(ChangeOrder, NothingIsReadForAnEditWhenNobodyIsHere) {
    here = false;
    message(1);
    change(1, 1);
    change(2, 5);
    have_patience();
    EXPECT_EQ(repair(), 0);
}

TEST_F(ChangeOrder, WhereNothingIsKnownOneForOthersHidesNoneThatIsLate) {
    here = false;  // the second is about an old message, and who may see that is not here
    message(2);
    change(2, 2);
    here = true;
    change(1, 2);
    have_patience();
    repair();
    EXPECT_TRUE(std::ranges::count(pushed, "c1") == 1);
}

TEST_F(ChangeOrder, WhoeverTellsThatAConversationBeganItIsToldOnce) {
    sequencer.offer(event({}));
    sequencer.offer(event({}));
    sequencer.reach({organisation, conversation, {}}, system_now() - 1min);
    EXPECT_EQ(repair(), 0);
    EXPECT_EQ(pushed.size(), 1U);
}

TEST_F(ChangeOrder, ThatAConversationBeganIsReadBack) {
    old = -1;
    changes[0] = 0;
    commit({.seq = 0, .change = 1});
    sequencer.reach({organisation, conversation, {.change = 1}}, system_now() - 1min);
    EXPECT_EQ(repair(), 1);
    EXPECT_EQ(pushed, (Names{"c0", "c1"}));
}

TEST_F(ChangeOrder, ThatAConversationBeganWaitsForALease) {
    lease = false;
    sequencer.offer(event({}));
    EXPECT_TRUE(pushed.empty());
    lease = true;
    have_patience();
    repair();
    EXPECT_EQ(pushed.size(), 1U);
}

TEST_F(ChangeOrder, SeveralThatAreReadBackMayHaveOneNumber) {
    begin();
    sequencer.reach({organisation, conversation, {.change = 2}}, system_now() - 1min);
    Sequencer::Steady due;
    auto const gap = sequencer.next_gap(now, due);
    ASSERT_TRUE(gap);
    auto const frame = [](char const* text) { return std::make_shared<std::string const>(text); };
    sequencer.filled(*gap, {{{2, people, frame("gone"), true}, {2, people, frame("described")}}, 2});
    EXPECT_EQ(pushed, (Names{"gone", "described"}));
}

TEST_F(ChangeOrder, HoldsWhateverIsLostDoubledAndReordered) {
    std::mt19937 random{20'261'125};  // any seed will do
    for (int round = 0; round < 300; ++round) {
        conversation = ConversationId{boost::uuids::random_generator{}()};
        pushed.clear();
        messages.clear();
        changes.clear();
        if (round % 2 == 0) begin();
        gateway::Place at{};
        std::vector<gateway::Place> come;
        for (int n = 0; n < 60; ++n) {
            bool const is_change = at.seq > 0 && random() % 3 == 0;
            ++(is_change ? at.change : at.seq);
            come.push_back({at.seq, is_change ? at.change : 0});
            commit(come.back());
        }
        for (int n = 0; n < 40; ++n) {
            auto const one = random() % come.size();
            auto const other = std::min(one + random() % 6, come.size() - 1);
            if (n % 4 == 0)
                come[one] = come[other];
            else
                std::swap(come[one], come[other]);
        }
        for (auto const& place : come) {
            lease = random() % 20 != 0;
            sequencer.offer(event(place));
            if (random() % 7 == 0) {
                have_patience();
                repair();
            }
        }
        lease = true;
        sequencer.reach({organisation, conversation, at}, system_now() - 1min);
        have_patience();
        repair();
        ASSERT_EQ(pushed.size(), messages.size() + changes.size()) << "round " << round;
        std::int64_t seq = 0, change = 0;
        for (auto const& one : pushed) {
            if (one.front() == 'm') {
                ASSERT_EQ(one, name(Kind::messages, ++seq)) << "round " << round;
            } else {
                ASSERT_EQ(one, name(Kind::changes, ++change)) << "round " << round;
                ASSERT_LE(changes[change], seq) << one << " came too early in round " << round;
            }
        }
    }
}

}  // namespace
}  // namespace samtal::delivery
