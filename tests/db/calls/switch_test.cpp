#include "calls/pg_switch_repository.hpp"
#include "calls_test_base.hpp"

namespace samtal::calls {
namespace {

class SwitchTest : public CallsDatabaseTest {
protected:
    Result<Principal> enter(std::string const& token, std::optional<SwitchId> claimed = {}) {
        return testing::run(switches.machine(token, claimed));
    }
    PgSwitches switches{db, gate};
};

TEST_F(SwitchTest, IsKnownByItsToken) {
    auto const who = enter(token_of(switch_id));
    ASSERT_TRUE(who);
    EXPECT_EQ(who->organisation, organisation);
    EXPECT_EQ(who->session.value(), switch_id.value());
    EXPECT_TRUE(enter(token_of(switch_id), switch_id));
}

TEST_F(SwitchTest, IsRefusedWithAnotherTokenOrUnderAnotherName) {
    for (auto const* const token : {"", "nonsense", "sw_"})
        EXPECT_EQ(enter(token).error().code, Errc::unauthenticated);
    EXPECT_EQ(enter(token_of(switch_id), new_switch(organisation)).error().code, Errc::unauthenticated);
}

}  // namespace
}  // namespace samtal::calls
