#include "identity/throttle.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace samtal::identity {
namespace {

using namespace std::chrono_literals;

class ThrottleTest : public ::testing::Test {
protected:
    static int admitted(Throttle& throttle, std::string const& account, std::string const& address, int tries) {
        int count = 0;
        for (int n = 0; n < tries; ++n) count += throttle.admit(account, address) ? 1 : 0;
        return count;
    }

    Timestamp now{1h};
};

TEST_F(ThrottleTest, StopsGuessingAtOneAccountAndLetsItComeBack) {
    Throttle throttle{{.failures = 3, .window = 1min, .by_address = true}, [this] { return now; }};
    EXPECT_EQ(admitted(throttle, "anna", "a", 10), 3);
    EXPECT_EQ(admitted(throttle, "bo", "a", 10), 3) << "another account is not held up";
    now += 20s;
    EXPECT_EQ(admitted(throttle, "anna", "a", 10), 1);
    now += 1h;
    EXPECT_EQ(admitted(throttle, "anna", "a", 10), 3);
}

TEST_F(ThrottleTest, StopsGuessingFromManyAddresses) {
    Throttle throttle{{.failures = 3, .window = 1min, .by_address = true}, [this] { return now; }};
    int count = 0;
    for (int n = 0; n < 100; ++n) count += admitted(throttle, "anna", fmt::format("address {}", n), 1);
    EXPECT_EQ(count, 15);
}

TEST_F(ThrottleTest, DoesNotLetOthersLockAPersonOut) {
    Throttle throttle{{.failures = 3, .window = 1min, .by_address = true}, [this] { return now; }};
    ASSERT_TRUE(throttle.admit("anna", "home"));
    throttle.succeeded("anna", "home");
    for (int n = 0; n < 100; ++n) admitted(throttle, "anna", fmt::format("address {}", n), 1);
    EXPECT_TRUE(throttle.admit("anna", "home"));
    EXPECT_FALSE(throttle.admit("anna", "elsewhere"));
}

TEST_F(ThrottleTest, StopsOneAddressFromTryingManyAccounts) {
    for (bool const by_address : {true, false}) {
        Throttle throttle{{.failures = 3, .window = 1min, .by_address = by_address}, [this] { return now; }};
        int count = 0;
        for (int n = 0; n < 100; ++n) count += admitted(throttle, fmt::format("account {}", n), "a", 1);
        EXPECT_EQ(count, by_address ? 30 : 100);
    }
}

TEST_F(ThrottleTest, ForgivesASuccess) {
    Throttle throttle{{.failures = 3, .window = 1min, .by_address = true}, [this] { return now; }};
    for (int n = 0; n < 100; ++n) {
        ASSERT_TRUE(throttle.admit("anna", "home")) << n;
        throttle.succeeded("anna", "home");
    }
}

TEST_F(ThrottleTest, SurvivesAClockThatIsSetBack) {
    Throttle throttle{{.failures = 3, .window = 1min, .by_address = true}, [this] { return now; }};
    EXPECT_EQ(admitted(throttle, "anna", "a", 10), 3);
    now -= 30min;
    EXPECT_EQ(admitted(throttle, "anna", "a", 10), 0);
    now += 1min;
    EXPECT_EQ(admitted(throttle, "anna", "a", 10), 3);
}

}  // namespace
}  // namespace samtal::identity
