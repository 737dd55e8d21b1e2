#include "identity/user_name.hpp"

#include <gtest/gtest.h>

namespace samtal::identity {
namespace {

std::string folded(std::string_view name) {
    auto const parsed = parse_user_name(name);
    return parsed ? parsed->folded : "refused";
}

TEST(UserName, IsTheSameInAnyCaseWidthAndComposition) {
    for (auto const* const same : {"anna", "ANNA", "Ａｎｎａ"}) EXPECT_EQ(folded(same), "anna");
    EXPECT_EQ(folded("\u00e5sa.L"), folded("a\u030asa.l"));
    EXPECT_EQ(folded("Straße"), "strasse");
}

TEST(UserName, KeepsTheCaseItIsShownIn) {
    EXPECT_EQ(parse_user_name("Anna.Lind")->shown, "Anna.Lind");
}

TEST(UserName, Has3To64CharactersNotBytes) {
    std::string longest;
    for (int i = 0; i < 64; ++i) longest += "ö";
    EXPECT_EQ(folded(longest), longest);
    for (auto const& bad :
         {std::string{}, std::string{"ab"}, longest + "ö", std::string(65, 'x'), std::string(60'000, 'x')})
        EXPECT_EQ(folded(bad), "refused");
}

TEST(UserName, HasNothingInvisibleOrAmbiguous) {
    for (auto const* const bad : {"anna lind", "anna\nlind", "anna\u202elind", "anna/lind", "<anna>", "an\u200dna",
                                  "\xff\xfe\xfd\xfc", "ann\u00a0a", "anna😀"})
        EXPECT_EQ(folded(bad), "refused") << bad;
    for (auto const* const good : {"a.b", "anna@example.org", "anna+1", "安娜安", "anna_1-x"})
        EXPECT_NE(folded(good), "refused") << good;
}

}  // namespace
}  // namespace samtal::identity
