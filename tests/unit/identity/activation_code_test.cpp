#include "samtal/identity/activation_code.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace samtal::identity {
namespace {

TEST(ActivationCode, Has160BitsInGroupsOfFour) {
    std::set<std::string> made;
    for (int n = 0; n < 100; ++n) made.emplace(make_activation_code().reveal());
    EXPECT_EQ(made.size(), 100U);
    for (std::string const& code : made) {
        ASSERT_EQ(code.size(), 39U);
        for (std::size_t i = 4; i < code.size(); i += 5) EXPECT_EQ(code[i], '-');
        EXPECT_EQ(code.find_first_of("ILOU"), std::string::npos);
    }
}

TEST(ActivationCode, IsReadAsPeopleTypeIt) {
    std::string const hash = activation_code_hash("0123-ABCD");
    for (auto const* const same : {"0123abcd", "o123-abcd", "OI23 ABCD", "oL23abcd"})
        EXPECT_EQ(activation_code_hash(same), hash);
    EXPECT_NE(activation_code_hash("0123-ABCE"), hash);
}

}  // namespace
}  // namespace samtal::identity
