#include "archive_fixture.hpp"

#include <chrono>
#include <iostream>
#include <set>

namespace samtal::rights {
namespace {

using nlohmann::json;
using testing::run;

TEST_F(ArchiveTest, ThereIsNoneForAPersonWithoutAKey) {
    auto const permit = gate.permit_machine<P>(organisation);
    std::string zip;
    auto const none = make(permit, without_key(), View::access, "sv", zip);
    ASSERT_FALSE(none);
    EXPECT_EQ(none.error().code, Errc::not_found);
}

TEST_F(ArchiveTest, IsRefusedForSomebodyElseAndInALanguageThatThereIsNot) {
    auto const anna = person();
    auto const bo = person();
    std::string zip;
    EXPECT_EQ(make(permit<P>(bo), anna, View::access, "sv", zip).error().code, Errc::denied);
    EXPECT_EQ(make(permit<P>(anna), anna, View::access, "tlh", zip).error().field.text(), "language");
    EXPECT_EQ(zip, "");
    EXPECT_TRUE(make(permit<P>(anna), anna, View::access, "sv", zip));
}

TEST_F(ArchiveTest, EndsWithTheErrorOfWhoeverTakesIt) {
    auto const refuse = [](std::string) -> Task<Result<void>> {
        co_return Result<void>{Error{Errc::conflict, "another took its place"}};
    };
    auto const anna = person();
    auto const ended = run(archive->build(permit<P>(anna), anna, View::access, "sv", refuse));
    ASSERT_FALSE(ended);
    EXPECT_EQ(ended.error().code, Errc::conflict);
}

// More than a page of a table, and exactly full pages: none is lost, none comes twice. Prints how long it took.
TEST_F(ArchiveTest, HoldsTenThousandMessagesAndAThousandCalls) {
    constexpr int messages = 10'000;
    constexpr int calls = 1'000;
    auto const anna = person();
    fill(anna, conversation(anna, "Lång", {anna}), messages, calls);
    auto const begin = std::chrono::steady_clock::now();
    auto const permit = gate.permit_machine<P>(organisation);
    std::string zip;
    ASSERT_TRUE(make(permit, anna, View::access, "sv", zip));
    std::chrono::duration<double> const took = std::chrono::steady_clock::now() - begin;
    std::cout << fmt::format(R"({{"name":"export_10000_messages_1000_calls","value":{:.3f},"unit":"s"}})",
                             took.count())
              << "\n";
    Files const files = testing::unzip(zip);
    std::set<int> seen;
    for (json const& line : lines_of(files, "data/messages.jsonl")) {
        EXPECT_EQ(line.at("text"), "message " + line.at("seq").dump());
        EXPECT_TRUE(seen.insert(line.at("seq").get<int>()).second);
    }
    EXPECT_EQ(seen.size(), messages);
    EXPECT_EQ(lines_of(files, "data/calls.jsonl").size(), calls);
}

}  // namespace
}  // namespace samtal::rights
