#include "storage/connection_shares.hpp"

#include <gtest/gtest.h>

#include <numeric>

namespace samtal::storage {
namespace {

unsigned sum(std::array<unsigned, purpose_names.size()> const& shares) {
    return std::accumulate(shares.begin(), shares.end(), 0U);
}

TEST(ConnectionShares, StayWithinTheBudgetAndLeaveOneForEachPurposeWithTables) {
    unsigned least = 0;
    for (bool const has_tables : purpose_has_tables) least += has_tables ? 1 : 0;
    for (unsigned most = least; most <= 60; ++most) {
        auto const shares = connection_shares(most);
        EXPECT_LE(sum(shares), most);
        for (std::size_t i = 0; i < shares.size(); ++i) EXPECT_EQ(shares[i] > 0, purpose_has_tables[i]);
    }
    EXPECT_EQ(sum(connection_shares(1)), least);
}

TEST(ConnectionShares, GiveMostToWhatIsOnTheWayOfEveryRequest) {
    auto const shares = connection_shares(24);
    EXPECT_GE(shares[purpose::ProfileDirectory::index], 4U);
    EXPECT_GE(shares[purpose::ChatMessaging::index], 3U);
    EXPECT_GE(shares[purpose::CallSetup::index], 3U) << "two groups of records and a sign-in";
    EXPECT_EQ(shares[purpose::RightsAndEvidence::index], 1U);
}

}  // namespace
}  // namespace samtal::storage
