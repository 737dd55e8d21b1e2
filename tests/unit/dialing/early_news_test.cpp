#include "dialing/early_news.hpp"

#include "dialing/call_state.hpp"

#include <gtest/gtest.h>

namespace samtal::dialing {
namespace {

using calls::CallNews;
using calls::Outcome;
using calls::Progress;

TEST(Development, K2_IsWhatTheSwitchSaysOfTheCall) {
    auto const of = [](Progress progress, Outcome outcome = Outcome::answered) {
        return development(CallNews{"c", progress, outcome});
    };
    EXPECT_EQ(of(Progress::ringing), (Development{CallState::ringing}));
    EXPECT_EQ(of(Progress::talking), (Development{CallState::connected}));
    EXPECT_EQ(of(Progress::over), (Development{CallState::ended}));
    EXPECT_EQ(of(Progress::over, Outcome::busy), (Development{CallState::failed, FailReason::busy}));
    EXPECT_EQ(of(Progress::over, Outcome::no_answer), (Development{CallState::failed, FailReason::no_answer}));
    EXPECT_EQ(of(Progress::over, Outcome::cancelled), (Development{CallState::failed, FailReason::cancelled}));
    EXPECT_EQ(of(Progress::over, Outcome::failed), (Development{CallState::failed, FailReason::failed}));
}

TEST(EarlyNews, K2_AreKeptWhileASwitchIsAskedAndNoLonger) {
    EarlyNews early;
    early.keep("a", {CallState::connected});
    EXPECT_FALSE(early.of("a"));
    early.asking();
    early.asking();
    early.keep("a", {CallState::connected});
    early.answered();
    EXPECT_EQ(early.of("a"), (Development{CallState::connected}));
    early.answered();
    EXPECT_FALSE(early.of("a"));
}

TEST(EarlyNews, K2_DoNotGoBack) {
    EarlyNews early;
    early.asking();
    early.keep("a", {CallState::connected});
    early.keep("a", {CallState::ringing});
    EXPECT_EQ(early.of("a"), (Development{CallState::connected}));
    early.keep("a", {CallState::failed, FailReason::busy});
    early.keep("a", {CallState::ended});
    EXPECT_EQ(early.of("a"), (Development{CallState::failed, FailReason::busy}));
}

}  // namespace
}  // namespace samtal::dialing
