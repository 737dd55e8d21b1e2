#include "calls/history_codec.hpp"

#include "history_permit.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace samtal::calls {
namespace {

Principal const somebody{OrganisationId::nil(), UserId::nil(), SessionId::nil()};

template <class Decode>
auto query(Decode decode_query, std::string text) {
    net::Request request;
    std::string unknown;
    request.query = std::move(text);
    return decode_query(gateway::Ask{somebody, request, {}, nullptr, unknown});
}

std::string refused_field(std::string text) {
    auto const list = query(decode_list, std::move(text));
    return list ? "" : std::string{list.error().field.text()};
}

TEST(CallCursor, LeadsBackToItsPlace) {
    CallPosition const position{parse_rfc3339("2026-03-04T12:00:00.123Z").value(),
                                CallId{parse_uuid("0195f3a0-1234-7000-8000-0123456789ab").value()}};
    auto const back = decode_cursor(encode_cursor(position));
    ASSERT_TRUE(back);
    EXPECT_EQ(back->started_at, position.started_at);
    EXPECT_EQ(back->call, position.call);
}

TEST(CallCursor, IsNothingElse) {
    for (std::string const& text : {std::string{}, std::string{"nonsense"}, std::string(32, '_'),
                                    std::string(32, '!'), std::string(33, 'A'), std::string(31, 'A')})
        EXPECT_FALSE(decode_cursor(text)) << text;
}

TEST(CallsQuery, RefusesWhatIsOutOfRange) {
    for (auto const* const text : {"limit=0", "limit=201", "limit=x", "cursor=", "cursor=x", "from=x", "page=2"})
        EXPECT_FALSE(query(decode_list, text)) << text;
    for (auto const* const text :
         {"bucket=", "bucket=minute", "from=2026-13-01", "to=2026-03-02T25:00:00Z", "x=1"})
        EXPECT_FALSE(query(decode_figures, text)) << text;
    for (auto const* const text : {"limit=0", "limit=201", "bucket=day"})
        EXPECT_FALSE(query(decode_counterparts, text)) << text;
    EXPECT_EQ(query(decode_list, "")->limit, 50U);
    EXPECT_EQ(query(decode_table, "")->calls.limit, 5000U);
    auto const figures =
        query(decode_figures, "from=2026-03-02&to=2026-03-09T00:00:00Z&bucket=hour&time_zone=America%2FLima");
    ASSERT_TRUE(figures);
    EXPECT_TRUE(figures->from->is_date);
    EXPECT_FALSE(figures->to->is_date);
    EXPECT_EQ(figures->bucket, Bucket::hour);
    EXPECT_EQ(figures->time_zone, "America/Lima");
}

TEST(CallsQuery, NamesTheFilterThatIsWrong) {
    EXPECT_EQ(refused_field("direction=up"), "direction");
    for (auto const* const text : {"outcome=", "outcome=busy,", "outcome=busy,,failed", "outcome=exploded"})
        EXPECT_EQ(refused_field(text), "outcome") << text;
    EXPECT_EQ(refused_field("missed=1"), "missed");
}

TEST(CallsQuery, LetsThroughWhatItsFilterSays) {
    using Outcomes = std::vector<Outcome>;
    auto const filter = [](std::string text) { return query(decode_list, std::move(text)).value().filter; };
    auto const all = filter("");
    EXPECT_EQ(all.outcomes_of(Direction::incoming).size(), 5U);
    EXPECT_EQ(all.outcomes_of(Direction::outgoing).size(), 5U);
    auto const missed = filter("missed=true");
    EXPECT_EQ(missed.outcomes_of(Direction::incoming).size(), 4U);
    EXPECT_TRUE(missed.outcomes_of(Direction::outgoing).empty());
    auto const others = filter("missed=false");
    EXPECT_EQ(others.outcomes_of(Direction::incoming), Outcomes{Outcome::answered});
    EXPECT_EQ(others.outcomes_of(Direction::outgoing).size(), 5U);
    auto const some = filter("outcome=busy,answered,busy&direction=outgoing");
    EXPECT_TRUE(some.outcomes_of(Direction::incoming).empty());
    EXPECT_EQ(some.outcomes_of(Direction::outgoing), (Outcomes{Outcome::answered, Outcome::busy}));
}

TEST(CallsQuery, TakesAPlusThatWasNotEscaped) {
    HistoryPermits permits;
    auto const permit = permits.permit();
    EXPECT_EQ(query(decode_list, "counterpart=+46701740605")->filter.counterpart->open(permit), "+46701740605");
    EXPECT_EQ(query(decode_list, "counterpart=%2B46701740605")->filter.counterpart->open(permit), "+46701740605");
}

HistoryItem call(Direction direction, std::string counterpart, std::string note = {}) {
    auto const start = parse_rfc3339("2026-03-04T12:00:00Z").value();
    HistoryItem item{CallId{parse_uuid("0195f3a0-1234-7000-8000-0123456789ab").value()},
                     direction,
                     OwnNumber{"+46701740605"},
                     Counterpart{std::move(counterpart)},
                     SomeTimes{{start, start + std::chrono::seconds{10}, start + std::chrono::seconds{70}}},
                     Outcome::answered};
    if (!note.empty()) item.note = Note{std::move(note)};
    return item;
}

TEST(CallsCsv, HasALineForEachCallAndNoFormula) {
    HistoryPermits permits;
    auto const permit = permits.permit();
    HistoryPage page;
    page.items.push_back(call(Direction::outgoing, "=cmd|' /C calc'!A0", "@SUM(1)\nsaid \"yes\""));
    page.items.back().colleague = Colleague{{UserId::nil(), "-Eva, \"E\""}};
    EXPECT_EQ(csv_head(),
              "started_at,direction,caller,caller_name,callee,callee_name,outcome,duration_s,talk_s,stage,note,"
              "clock_off,call_id\r\n");
    EXPECT_EQ(
        encode_csv(permit, page),
        "2026-03-04T12:00:00.000Z,outgoing,'+46701740605,,'=cmd|' /C calc'!A0,\"'-Eva, \"\"E\"\"\",answered,70,"
        "60,full,\"'@SUM(1)\nsaid \"\"yes\"\"\",false,0195f3a0-1234-7000-8000-0123456789ab\r\n");
}

TEST(CallsCsv, ShowsNothingOfARemovedParty) {
    HistoryPermits permits;
    auto const permit = permits.permit();
    HistoryPage page;
    page.items.push_back(call(Direction::incoming, ""));
    page.items.back().counterpart.reset();
    page.items.back().stage = Stage::removed;
    EXPECT_EQ(encode_csv(permit, page),
              "2026-03-04T12:00:00.000Z,incoming,,,'+46701740605,,answered,70,60,removed,,false,"
              "0195f3a0-1234-7000-8000-0123456789ab\r\n");
}

TEST(CallsCsv, LeadsToTheRestWithTheSameFilters) {
    CallPosition const next{Timestamp{}, CallId::nil()};
    auto const link = [&next](std::string text) {
        return link_to_next(*query(decode_table, std::move(text)), next);
    };
    std::string const cursor = encode_cursor(next);
    EXPECT_EQ(link(""), "</v1/calls.csv?cursor=" + cursor + ">; rel=\"next\"");
    EXPECT_EQ(link("missed=true&c%75rsor=" + cursor + "&limit=2"),
              "</v1/calls.csv?missed=true&limit=2&cursor=" + cursor + ">; rel=\"next\"");
    EXPECT_EQ(link("counterpart=<07>"),
              "</v1/calls.csv?counterpart=%3C07%3E&cursor=" + cursor + ">; rel=\"next\"");
}

TEST(CallsCodec, ShowsTheStageAndTheColleague) {
    HistoryPermits permits;
    auto const permit = permits.permit();
    HistoryPage page;
    page.items.push_back(call(Direction::incoming, "+46701740606"));
    page.items.back().colleague = Colleague{{UserId::nil(), "Bo Berg"}};
    page.items.push_back(call(Direction::incoming, "+46701740606"));
    page.items.back().colleague = Colleague{{UserId::nil(), ""}};
    page.items.push_back(call(Direction::outgoing, ""));
    page.items.back().counterpart.reset();
    page.items.back().stage = Stage::removed;
    auto const shown = nlohmann::json::parse(encode(permit, page))["items"];
    EXPECT_EQ(shown[0]["caller"]["name"], "Bo Berg");
    EXPECT_EQ(shown[0]["caller"]["user_id"], UserId::nil().text());
    EXPECT_FALSE(shown[0]["callee"].contains("user_id"));
    EXPECT_TRUE(shown[1]["caller"]["name"].is_null());
    EXPECT_EQ(shown[2]["callee"], nlohmann::json::parse(R"({"number":null,"removed":true})"));
    EXPECT_EQ(shown[2]["stage"], "removed");
    EXPECT_TRUE(shown[2]["note"].is_null());
}

}  // namespace
}  // namespace samtal::calls
