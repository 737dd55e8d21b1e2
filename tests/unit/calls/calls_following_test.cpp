#include "calls_service_fixture.hpp"

#include <tuple>

namespace samtal::calls {
namespace {

using testing::run;

TEST_F(CallsServiceTest, FollowsWhoIsOnACall) {
    EXPECT_TRUE(tell({SwitchId::nil(), "1", Progress::talking, {}, {}, {}}));
    EXPECT_FALSE(live.on_a_call(people.somebody));
    EXPECT_TRUE(tell({SwitchId::nil(), "2", Progress::ringing, {}, Counterpart{"070-1740605"}, {}}));
    EXPECT_FALSE(live.on_a_call(people.somebody));
    EXPECT_TRUE(tell({SwitchId::nil(), "2", Progress::talking, {}, Counterpart{"070-1740605"}, {}}));
    EXPECT_TRUE(live.on_a_call(people.somebody));
    EXPECT_TRUE(tell({SwitchId::nil(), "2", Progress::over, {}, {}, {}}));
    EXPECT_FALSE(live.on_a_call(people.somebody));
}

TEST_F(CallsServiceTest, EndsATalkWithItsRecordToo) {
    EXPECT_TRUE(tell({SwitchId::nil(), "c1", Progress::talking, {}, Counterpart{"070-1740605"}, {}}));
    ingest(record("c2"));
    EXPECT_TRUE(live.on_a_call(people.somebody));
    ingest(record("c1"));
    EXPECT_FALSE(live.on_a_call(people.somebody));
}

TEST_F(CallsServiceTest, K2_TellsWhoeverFollowsACallHowItGoesOn) {
    service.use(follower);
    EXPECT_TRUE(tell({SwitchId::nil(), "a", Progress::ringing, {}, {}, {}}));
    EXPECT_TRUE(tell({SwitchId::nil(), "a", Progress::talking, {}, {}, {}}));
    EXPECT_TRUE(tell({SwitchId::nil(), "a", Progress::over, Outcome::answered, {}, {}}));
    EXPECT_TRUE(tell({SwitchId::nil(), "b", Progress::over, Outcome::busy, {}, {}}));
    EXPECT_TRUE(tell({SwitchId::nil(), "c", Progress::over, {}, {}, {}}));  // why, its record will say
    using News = std::tuple<std::string, Progress, Outcome>;
    EXPECT_EQ(follower.heard, (std::vector<News>{{"a", Progress::ringing, Outcome::answered},
                                                 {"a", Progress::talking, Outcome::answered},
                                                 {"a", Progress::over, Outcome::answered},
                                                 {"b", Progress::over, Outcome::busy}}));
}

TEST_F(CallsServiceTest, K2_TellsOfACallThatIsOverOnceAndByWhatSaysMost) {
    service.use(follower);
    auto const part = [](std::string call, CallPart which, Outcome outcome) {
        auto one = timed("2026-03-04T12:00:00Z", {}, "2026-03-04T12:01:10Z", outcome);
        one.source_call_id = std::move(call);
        one.part = std::move(which);
        return one;
    };
    ingest(part("c1", {"1", Leg::any}, Outcome::no_answer), part("c1", {"2", Leg::any}, Outcome::answered),
           part("c1", {"3", Leg::any}, Outcome::busy),
           part("c2", {"b", Leg::terminating}, Outcome::busy),  // the first leg is yet to come
           Result<CallRecord>{Error{Errc::invalid, "x", "outcome"}});
    using News = std::tuple<std::string, Progress, Outcome>;
    EXPECT_EQ(follower.heard, (std::vector<News>{{"c1", Progress::over, Outcome::answered}}));
}

TEST_F(CallsServiceTest, K2_LetsTheSwitchTellAgainWhenWhoeverFollowsCouldNotHearIt) {
    service.use(follower);
    follower.answer = Error{Errc::exhausted, "busy"};
    EXPECT_FALSE(tell({SwitchId::nil(), "a", Progress::talking, {}, {}, {}}));
    IngestCalls batch{SwitchId::nil(), {}};
    batch.records.push_back(record());
    EXPECT_FALSE(
        run(service.ingest(gate.permit_machine<purpose::CallSetup>(OrganisationId::nil()), std::move(batch))));
}

}  // namespace
}  // namespace samtal::calls
