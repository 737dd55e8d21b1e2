#include "delivery/seal.hpp"

#include <gtest/gtest.h>

#include <unistd.h>

#include <filesystem>

namespace samtal::delivery {
namespace {

using namespace std::chrono_literals;

class SealTest : public ::testing::Test {
protected:
    SealTest() { storage::KeyRing::create_missing(directory_); }
    ~SealTest() override { std::filesystem::remove_all(directory_); }

    std::string directory_ =
        std::filesystem::temp_directory_path() / ("samtal-seal-" + std::to_string(::getpid()));
};

TEST_F(SealTest, OpensWhatTheSameDeploymentClosedForTheSameUse) {
    storage::KeyRing const ring{directory_};
    Seal const bus{ring, "bus"};
    std::string const sealed = bus.close("head ", "and body");
    EXPECT_EQ(bus.open(sealed), "head and body");
    EXPECT_EQ(sealed.find("body"), std::string::npos);
    EXPECT_NE(bus.close("head ", "and body"), sealed);
    EXPECT_FALSE((Seal{ring, "notices"}.open(sealed)));
    std::string const elsewhere = directory_ + "-other";
    storage::KeyRing::create_missing(elsewhere);
    EXPECT_FALSE((Seal{storage::KeyRing{elsewhere}, "bus"}.open(sealed)));
    std::filesystem::remove_all(elsewhere);
}

TEST_F(SealTest, RefusesWhatWasChangedAnywhere) {
    storage::KeyRing const ring{directory_};
    Seal const bus{ring, "bus"};
    std::string const sealed = bus.close("", "something");
    for (std::size_t at = 0; at < sealed.size(); ++at) {
        std::string changed = sealed;
        changed[at] = static_cast<char>(changed[at] ^ 1);
        EXPECT_FALSE(bus.open(changed)) << at;
        EXPECT_FALSE(bus.open(sealed.substr(0, at))) << at;
    }
}

TEST_F(SealTest, OpensAcrossMidnightAndNothingOld) {
    storage::KeyRing const ring{directory_};
    Timestamp now{std::chrono::sys_days{std::chrono::year{2026} / 11 / 25} + 23h + 59min};
    Seal const bus{ring, "bus", [&now] { return now; }};
    std::string const sealed = bus.close("", "something");
    now += 2min;
    EXPECT_TRUE(bus.open(sealed));
    now += 48h;
    EXPECT_FALSE(bus.open(sealed));
}

}  // namespace
}  // namespace samtal::delivery
