#include "identity/tokens.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace samtal::identity {
namespace {

SessionId const session = SessionId::parse("0b0f54a1-95c2-4bd5-9f4c-2a6b1c5d7e80").value();
TokenSalt const salt{1, 2, 3};
TokenMint const mint{storage::Key{7}};

TEST(TokenMint, ReadsWhatItMade) {
    Secret const token = mint.make(TokenKind::access, session, 70'000, salt);
    auto const read = mint.parse(token.reveal(), TokenKind::access);
    ASSERT_TRUE(read);
    EXPECT_EQ(read->session, session);
    EXPECT_EQ(read->generation, 70'000U);
    EXPECT_TRUE(mint.belongs(*read, salt));
}

TEST(TokenMint, MakesTheSameTokenAgain) {
    EXPECT_EQ(mint.make(TokenKind::refresh, session, 3, salt).reveal(),
              mint.make(TokenKind::refresh, session, 3, salt).reveal());
}

TEST(TokenMint, MakesEachTokenDifferent) {
    std::set<std::string> made;
    for (auto const kind : {TokenKind::access, TokenKind::refresh})
        for (std::uint32_t generation = 0; generation < 3; ++generation)
            made.emplace(mint.make(kind, session, generation, salt).reveal());
    EXPECT_EQ(made.size(), 6U);
}

TEST(TokenMint, TakesNoTokenForAnotherUse) {
    Secret const refresh = mint.make(TokenKind::refresh, session, 0, salt);
    EXPECT_FALSE(mint.parse(refresh.reveal(), TokenKind::access));
}

TEST(TokenMint, TakesNoTokenOfAnotherSalt) {
    auto const token =
        mint.parse(mint.make(TokenKind::access, session, 0, TokenSalt{9}).reveal(), TokenKind::access);
    ASSERT_TRUE(token);
    EXPECT_FALSE(mint.belongs(*token, salt));
}

TEST(TokenMint, RefusesEveryChangedCharacter) {
    std::string const token{mint.make(TokenKind::access, session, 1, salt).reveal()};
    for (std::size_t i = 0; i < token.size(); ++i) {
        std::string changed = token;
        changed[i] = changed[i] == 'A' ? 'B' : 'A';
        auto const read = mint.parse(changed, TokenKind::access);
        EXPECT_FALSE(read && mint.belongs(*read, salt)) << i;
    }
}

TEST(TokenMint, RefusesWhatIsNoToken) {
    std::string const token{mint.make(TokenKind::access, session, 1, salt).reveal()};
    for (auto const& bad : {std::string{}, std::string{"nonsense"}, token + "A", token.substr(1), token + "=",
                            std::string(71, '\0'), std::string(71, 'A'), std::string(100'000, 'x')})
        EXPECT_FALSE(mint.parse(bad, TokenKind::access));
    TokenMint const other{storage::Key{8}};
    EXPECT_FALSE(other.parse(token, TokenKind::access));
}

}  // namespace
}  // namespace samtal::identity
