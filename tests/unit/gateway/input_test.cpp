#include "samtal/gateway/input.hpp"

#include "samtal/gateway/ask.hpp"

#include <gtest/gtest.h>

namespace samtal::gateway {
namespace {

std::string nested(std::size_t depth) {
    return R"({"a":)" + std::string(depth, '[') + std::string(depth, ']') + "}";
}

TEST(Input, IsRefusedWhenItIsNotOnePlainObject) {
    EXPECT_TRUE(parse_input(R"({"a":{"b":1},"c":{"b":2}})"));
    EXPECT_TRUE(parse_input(nested(31)));
    for (std::string const& bad :
         {std::string{"[]"}, std::string{"{"}, std::string{"{} {}"}, nested(40), nested(100'000),
          std::string{R"({"a":1,"a":2})"}, std::string{R"({"a":"x\u0000"})"}, std::string{R"({"a\u0000":1})"},
          std::string{"{\"a\":\"\xff\"}"}})
        EXPECT_FALSE(parse_input(bad)) << bad.substr(0, 40);
}

TEST(Input, CountsNothingButAnIntegerAsOne) {
    auto const reads = [](std::string const& value) {
        FieldReader in{parse_input(R"({"n":)" + value + "}").value()};
        auto const n = in.integer("n");
        return !in.finish() && n == 7;
    };
    EXPECT_TRUE(reads("7"));
    for (auto const* bad : {"7.0", "true", R"("7")", "null", "[7]", "18446744073709551615"})
        EXPECT_FALSE(reads(bad));
}

TEST(Input, TellsTheNameOfAnUnknownFieldToItsSenderOnly) {
    std::string unknown;
    FieldReader in{parse_input(R"({"text":"x","mood":"secret"})").value(), &unknown};
    (void)in.text("text");
    auto const problem = in.finish();
    ASSERT_TRUE(problem);
    EXPECT_EQ(unknown, "mood");
    EXPECT_EQ(problem->reason.text().find("mood"), std::string_view::npos);
}

TEST(QueryReader, ReadsEachNameOnceAndRefusesTheRest) {
    QueryReader good{"query=%C3%85sa+E&limit=5"};
    EXPECT_EQ(good.text("query"), "\xC3\x85sa E");
    EXPECT_EQ(good.integer("limit", 50, 1, 200), 5);
    EXPECT_FALSE(good.finish());
    for (auto const* bad :
         {"limit=5&limit=6", "limit=0", "limit=x", "limit=%zz", "other=1", "limit=5%00", "limit=%ff"}) {
        QueryReader in{bad};
        (void)in.integer("limit", 50, 1, 200);
        EXPECT_TRUE(in.finish()) << bad;
    }
}

}  // namespace
}  // namespace samtal::gateway
