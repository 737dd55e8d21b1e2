#include "net/chunk_decoder.hpp"

#include <gtest/gtest.h>

#include <string>

namespace samtal::net {
namespace {

using State = ChunkDecoder::State;

struct Decoded {
    State state;
    std::string body;
    std::size_t used;
};

/// Feeds the input in two parts.
Decoded decode(std::string_view input, std::size_t cut, std::size_t limit = 1000) {
    ChunkDecoder decoder{limit};
    std::string body;
    std::size_t used = decoder.feed(input.substr(0, cut), body);
    if (used == cut) used += decoder.feed(input.substr(cut), body);
    return {decoder.state(), std::move(body), used};
}

TEST(ChunkDecoder, JoinsChunksHoweverTheyArrive) {
    std::string const input = "5\r\nhello\r\n00000001\r\n \r\nA\r\n0123456789\r\n0\r\n\r\n";
    for (std::size_t cut = 0; cut <= input.size(); ++cut) {
        auto const result = decode(input + "GET", cut);
        EXPECT_EQ(result.state, State::done) << cut;
        EXPECT_EQ(result.body, "hello 0123456789") << cut;
        EXPECT_EQ(result.used, input.size()) << cut;
    }
}

TEST(ChunkDecoder, TakesSingleBytes) {
    ChunkDecoder decoder{10};
    std::string body;
    for (char const c : std::string{"3\r\nabc\r\n0\r\n\r\n"}) EXPECT_EQ(decoder.feed({&c, 1}, body), 1U);
    EXPECT_EQ(decoder.state(), State::done);
    EXPECT_EQ(body, "abc");
}

TEST(ChunkDecoder, RefusesEverythingThatIsNotExact) {
    for (std::string const input :
         {"\r\n", "g\r\n", "-1\r\n", "+1\r\na\r\n", " 1\r\na\r\n", "1 \r\na\r\n", "0x1\r\na\r\n", "1;a=b\r\na\r\n",
          "1;\"\r\n\"\r\na\r\n", "1\na\n", "1\r\na\n", "1\r\nab\r\n", "1\r\na\rb", "000000001\r\na\r\n", "1\r\r\n",
          "0\r\nAuthorization: x\r\n\r\n", "0\r\n\n", "0\r\n\rx", "1\r\na0\r\n\r\n"}) {
        for (std::size_t cut = 0; cut <= input.size(); ++cut)
            EXPECT_EQ(decode(input, cut).state, State::malformed) << input << " cut at " << cut;
    }
}

TEST(ChunkDecoder, RefusesMoreThanItsLimitBeforeReadingIt) {
    EXPECT_EQ(decode("5\r\nhello\r\n0\r\n\r\n", 0, 5).state, State::done);
    EXPECT_EQ(decode("6\r\n", 0, 5).state, State::too_large);
    EXPECT_EQ(decode("5\r\nhello\r\n1\r\n", 0, 5).state, State::too_large);
    EXPECT_EQ(decode("ffffffff\r\n", 0, 5).state, State::too_large);
    EXPECT_EQ(decode("0\r\n\r\n", 0, 0).state, State::done);
}

TEST(ChunkDecoder, WaitsForTheEnd) {
    std::string const input = "1\r\na\r\n0\r\n\r\n";
    for (std::size_t cut = 0; cut < input.size(); ++cut)
        EXPECT_EQ(decode(std::string_view{input}.substr(0, cut), cut).state, State::more) << cut;
}

}  // namespace
}  // namespace samtal::net
