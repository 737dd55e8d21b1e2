#include "calls/calls_codec.hpp"
#include "calls/ingest_decode.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace samtal::calls {
namespace {

Principal const machine{OrganisationId::nil(), UserId::nil(), SessionId::nil()};

Result<IngestCalls> decode(std::string const& body) {
    net::Request request;
    request.body = body;
    std::string unknown;
    return decode_ingest(gateway::Ask{machine, request, {}, nullptr, unknown});
}

std::string record(std::string const& changes) {
    auto made = nlohmann::json::parse(
        R"({"source_call_id":"1","caller":{"number":"+46701740605"},"callee":{"number":null},
            "started_at":"2026-03-04T12:00:00Z","ended_at":"2026-03-04T12:01:00Z","outcome":"busy"})");
    made.merge_patch(nlohmann::json::parse(changes));
    return made.dump();
}

std::string refused_field(std::string const& one) {
    auto const batch = decode("[" + one + "]");
    auto const& only = batch.value().records.at(0);
    return only ? "" : std::string{only.error().field.text()};
}

TEST(CallsCodec, ReadsARecord) {
    auto const batch =
        decode("[" + record(R"({"answered_at":"2026-03-04T12:00:30Z","outcome":"answered"})") + "]");
    auto const& call = batch->records.at(0).value();
    EXPECT_EQ(call.source_call_id, "1");
    EXPECT_TRUE(call.caller);
    EXPECT_FALSE(call.callee);
    EXPECT_EQ(call.outcome, Outcome::answered);
}

TEST(CallsCodec, NamesTheFieldThatIsWrongInARecord) {
    EXPECT_EQ(refused_field(record(R"({"outcome":"exploded"})")), "outcome");
    EXPECT_EQ(refused_field(record(R"({"outcome":7})")), "outcome");
    EXPECT_EQ(refused_field(record(R"({"source_call_id":7})")), "source_call_id");
    EXPECT_EQ(refused_field(record(R"({"caller":{"number":7}})")), "caller.number");
    EXPECT_EQ(refused_field(record(R"({"callee":{"name":"Bo"}})")), "callee.number");
    EXPECT_EQ(refused_field(record(R"({"callee":"x"})")), "callee");
    EXPECT_EQ(refused_field(record(R"({"callee":null})")), "callee");
    EXPECT_EQ(refused_field(record(R"({"started_at":"yesterday"})")), "started_at");
    EXPECT_FALSE(decode("[7]")->records.at(0));
    EXPECT_FALSE(decode("[" + record(R"({"colour":"red"})") + "]")->records.at(0));
}

TEST(CallsCodec, TakesArraysOnly) {
    for (auto const* const body : {"{}", "7", "\"x\"", "null"}) EXPECT_FALSE(decode(body)) << body;
    EXPECT_TRUE(decode("[]"));
}

TEST(CallsCodec, SaysWhichRecordWasRejectedAndWhy) {
    IngestReport report;
    report.accepted = 1;
    report.rejected.push_back({56, Error{Errc::invalid, "must be answered, busy, …", "outcome"}});
    auto const answer = nlohmann::json::parse(encode(report));
    EXPECT_EQ(answer["accepted"], 1);
    EXPECT_EQ(answer["rejected"][0]["index"], 56);
    EXPECT_EQ(answer["rejected"][0]["problem"]["status"], 400);
    EXPECT_EQ(answer["rejected"][0]["problem"]["errors"][0]["field"], "outcome");
}

}  // namespace
}  // namespace samtal::calls
