#include "identity/password_rules.hpp"

#include <gtest/gtest.h>

#include <string>

namespace samtal::identity {
namespace {

bool accepted(std::string_view password, std::string_view name = "anna.lind") {
    auto const refusal = refuse_password(password, name, "password");
    if (refusal) {
        EXPECT_EQ(refusal->field.text(), "password");
        EXPECT_EQ(refusal->code, Errc::invalid);
    }
    return !refusal;
}

TEST(PasswordRules, WantFifteenCharactersNotBytes) {
    EXPECT_FALSE(accepted("fjorton tecken"));
    EXPECT_FALSE(accepted("åäöåäöåäö xyzå"));
    EXPECT_TRUE(accepted("femton tecken.."));
    EXPECT_FALSE(accepted(""));
}

TEST(PasswordRules, AllowLongOnesUpToAKilobyte) {
    std::string const phrase = "lösenfras utan regler om tecken ";
    EXPECT_TRUE(accepted(phrase + std::string(64, 'x')));
    EXPECT_TRUE(accepted(phrase + std::string(1024 - phrase.size(), 'x')));
    EXPECT_FALSE(accepted(phrase + std::string(1025 - phrase.size(), 'x')));
}

TEST(PasswordRules, RefuseWhatIsGuessedFirst) {
    for (auto const* const common :
         {"passwordpassword", "123456789012345", "aaaaaaaaaaaaaaa", "Password1234567", "qwertyuiopasdfghjkl",
          "abcdefghijklmnop", "098765432109876", "lösenordlösenord", "LösenordLösenord1",
          "correct horse battery staple", "iloveyouiloveyou", "!!!password!!!!!", "Sommar2026202620"})
        EXPECT_FALSE(accepted(common)) << common;
}

TEST(PasswordRules, RefuseTheUserName) {
    EXPECT_FALSE(accepted("xx Anna.Lind has a cat"));
    EXPECT_FALSE(accepted("xx Ａnna.Lind has a cat"));
    EXPECT_TRUE(accepted("xx Anna Lind has a cat"));
}

TEST(PasswordRules, AskForNoKindsOfCharacters) {
    for (auto const* const good :
         {"korrekt halvt kattbord", "ett langt losenord 0a1b2c3d", "日本語日本語日本語日本語日本語を話す"})
        EXPECT_TRUE(accepted(good)) << good;
}

}  // namespace
}  // namespace samtal::identity
