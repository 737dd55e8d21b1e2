#include "calls/plain_records.hpp"

#include "calls/ingest_decode.hpp"
#include "samtal/consent/gate.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace samtal::calls {
namespace {

consent::Gate gate;

std::string const plain =
    R"([{"source_call_id":"a-1","caller":{"number":"+46701740605"},"callee":{"number":null},)"
    R"("started_at":"2026-03-04T12:00:00Z","answered_at":"2026-03-04T12:00:30.5+01:00",)"
    R"("ended_at":"2026-03-04T12:01:00.123Z","outcome":"answered"},)"
    "\n"
    R"( { "outcome" : "busy", "ended_at":"2026-03-04T12:01:00Z","started_at":"2026-03-04T12:00:00Z",)"
    R"("callee":{"number":"112"},"caller":{"number":"+46 70"},"source_call_id":""} ] )";

/// What records say, a line each.
std::string said(std::vector<Result<CallRecord>> const& records) {
    auto const permit = gate.permit_machine<purpose::CallSetup>(OrganisationId::nil());
    std::string lines;
    for (auto const& record : records) {
        if (!record) {
            lines += fmt::format("refused {}\n", record.error().field.text());
            continue;
        }
        auto const number = [&permit](std::optional<Counterpart> const& party) {
            return party ? party->open(permit) : std::string{"withheld"};
        };
        CallTimes const& times = record->times.open(permit);
        lines += fmt::format("{}/{} {}->{} {} {} {} {}\n", record->source_call_id, record->part.id,
                             number(record->caller), number(record->callee), rfc3339(times.started_at),
                             times.answered_at ? rfc3339(*times.answered_at) : "-", rfc3339(times.ended_at),
                             name_of(record->outcome));
    }
    return lines;
}

std::optional<std::string> read_in_one_pass(std::string const& body) {
    auto const records = plain_records(body);
    return records ? std::optional{said(*records)} : std::nullopt;
}

/// The same body, made one for the long way: a field is named with an escape.
std::string read_the_long_way(std::string body) {
    auto const at = body.find(R"("outcome")");
    if (at != std::string::npos) body.replace(at, 9, R"("\u006futcome")");
    EXPECT_FALSE(plain_records(body));
    Principal const machine{OrganisationId::nil(), UserId::nil(), SessionId::nil()};
    net::Request request;
    request.body = body;
    std::string unknown;
    auto const batch = decode_ingest(gateway::Ask{machine, request, {}, nullptr, unknown});
    return batch ? said(batch->records) : "refused";
}

TEST(PlainRecords, AreReadAsTheLongWayReadsThem) {
    auto const found = read_in_one_pass(plain);
    ASSERT_TRUE(found);
    EXPECT_EQ(std::ranges::count(*found, '\n'), 2);
    EXPECT_EQ(*found, read_the_long_way(plain));
}

TEST(PlainRecords, AreNothingElse) {
    auto const instead = [](std::string const& what, std::string const& by) {
        std::string body = plain;
        return body.replace(body.find(what), what.size(), by);
    };
    for (auto const& body : {std::string{},
                             std::string{"[]"},
                             std::string{"{}"},
                             std::string{"[7]"},
                             plain + "x",
                             plain.substr(1),
                             plain.substr(0, plain.size() - 2),
                             "\xef\xbb\xbf" + plain,
                             instead("a-1", "\\u0061"),
                             instead("a-1", "\xc3\xa5"),
                             instead("a-1", "a\nb"),
                             instead("a-1", std::string(300, 'a')),
                             instead(R"("a-1")", "7"),
                             instead("null", "false"),
                             instead("null", "nullx"),
                             instead(R"({"number":null})", "null"),
                             instead(R"({"number":null})", R"({"number":null,"name":"Bo"})"),
                             instead(R"("outcome" :)", R"("colour":)"),
                             instead("busy", "exploded"),
                             instead("2026-03-04", "2026-13-04"),
                             instead(R"("callee":{"number":null},)", ""),
                             instead(R"("callee":{"number":null},)", R"("caller":{"number":null},)")})
        EXPECT_FALSE(plain_records(body)) << body;
}

/// Whatever a body holds: what is read in one pass, the long way reads the same.
TEST(PlainRecords, StayTrueWhenABodyIsSpoiled) {
    std::minstd_rand random{7};
    std::string_view const bytes = "\"{}[]:,\\ \nx0nulte9+-TZ.\x80";
    int taken = 0;
    for (int n = 0; n < 20'000; ++n) {
        std::string body = plain;
        for (unsigned spoils = 1 + random() % 3; spoils > 0; --spoils) {
            auto const at = random() % body.size();
            char const byte = bytes[random() % bytes.size()];
            if (random() % 2 == 0)
                body[at] = byte;
            else
                body.insert(at, 1, byte);
        }
        auto const found = read_in_one_pass(body);
        if (!found) continue;
        ++taken;
        ASSERT_EQ(*found, read_the_long_way(body)) << body;
    }
    EXPECT_GT(taken, 100);
}

}  // namespace
}  // namespace samtal::calls
