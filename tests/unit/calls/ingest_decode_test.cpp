#include "calls/ingest_decode.hpp"

#include "calls/asterisk_text.hpp"
#include "samtal/consent/gate.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace samtal::calls {
namespace {

using nlohmann::json;

SwitchId const from{parse_uuid("0195f3a0-1234-7000-8000-0123456789ab").value()};
consent::Gate gate;

net::Request posted(std::string body, std::string type = "application/json") {
    net::Request request;
    request.body = std::move(body);
    request.headers = {{"content-type", std::move(type)}};
    return request;
}

gateway::Ask ask(net::Request const& request, std::string& unknown) {
    Principal const machine{OrganisationId::nil(), UserId::nil(), SessionId{from.value()}};
    return {machine, request, {from.text()}, nullptr, unknown};
}

Result<IngestCalls> freeswitch(std::string body, std::string type = "application/json") {
    auto const request = posted(std::move(body), std::move(type));
    std::string unknown;
    return decode_freeswitch(ask(request, unknown));
}

Result<IngestCalls> asterisk(std::string body, std::string type) {
    auto const request = posted(std::move(body), std::move(type));
    std::string unknown;
    return decode_asterisk(ask(request, unknown), TimeZone::named("Europe/Stockholm").value());
}

Result<IngestCalls> kamailio(std::string body) {
    auto const request = posted(std::move(body));
    std::string unknown;
    return decode_kamailio(ask(request, unknown));
}

/// What a record says, in one line.
std::string said(Result<CallRecord> const& record) {
    if (!record) return fmt::format("refused {}", record.error().field.text());
    auto const permit = gate.permit_machine<purpose::CallSetup>(OrganisationId::nil());
    auto const number = [&permit](std::optional<Counterpart> const& party) {
        return party ? party->open(permit) : std::string{"withheld"};
    };
    CallTimes const& times = record->times.open(permit);
    return fmt::format("{}/{} {}->{} {} {} {} {}", record->source_call_id, record->part.id, number(record->caller),
                       number(record->callee), rfc3339(times.started_at),
                       times.answered_at ? rfc3339(*times.answered_at) : "-", rfc3339(times.ended_at),
                       name_of(record->outcome));
}

std::string only(Result<IngestCalls> const& batch) {
    if (!batch) return fmt::format("refused {}", batch.error().reason.text());
    return batch->records.size() == 1 ? said(batch->records.front()) : "many";
}

json leg(json const& changes = json::object()) {
    auto made = json::parse(
        R"({"variables":{"uuid":"b","call_uuid":"a","start_uepoch":"1762923102707743","answer_uepoch":"0",
                         "end_uepoch":"1762923116247748","hangup_cause":"USER_BUSY","digits_dialed":"4711"},
            "callflow":[{"caller_profile":{"caller_id_number":"voicemail","destination_number":"9"}},
                        {"caller_profile":{"caller_id_number":"+46701740605","destination_number":"1003"}}]})");
    made.merge_patch(changes);
    return made;
}

TEST(FreeswitchDecode, ReadsALegOfACallFromItsOldestProfile) {
    EXPECT_EQ(only(freeswitch(leg().dump())),
              "a/b +46701740605->1003 2025-11-12T04:51:42.707Z - 2025-11-12T04:51:56.247Z busy");
    EXPECT_EQ(freeswitch(leg().dump())->records.front()->part.leg, Leg::terminating);
    EXPECT_EQ(freeswitch(leg({{"variables", {{"call_uuid", "b"}}}}).dump())->records.front()->part.leg,
              Leg::originating);
}

TEST(FreeswitchDecode, FindsTheCallOfALegByWhicheverVariableItHas) {
    auto const call = [](json const& variables) {
        return freeswitch(leg({{"variables", variables}}).dump())->records.front()->source_call_id;
    };
    EXPECT_EQ(call({{"call_uuid", nullptr}, {"originating_leg_uuid", "c"}}), "c");
    EXPECT_EQ(call({{"call_uuid", nullptr}, {"originator", "d"}}), "d");
    EXPECT_EQ(call({{"call_uuid", nullptr}}), "b");
}

TEST(FreeswitchDecode, ReadsSecondsWhereThereIsNothingFiner) {
    auto const text = leg({{"variables",
                            {{"start_uepoch", nullptr},
                             {"start_epoch", "1762923102"},
                             {"end_uepoch", nullptr},
                             {"end_epoch", 1762923116},
                             {"answer_uepoch", nullptr},
                             {"answer_epoch", "1762923110"}}}});
    EXPECT_EQ(only(freeswitch(text.dump())),
              "a/b +46701740605->1003 2025-11-12T04:51:42.000Z 2025-11-12T04:51:50.000Z 2025-11-12T04:51:56.000Z "
              "answered");
}

TEST(FreeswitchDecode, UndoesTheEscapesOfVariables) {
    auto const text =
        leg({{"callflow", nullptr},
             {"variables", {{"caller_id_number", "%2B46701740605"}, {"destination_number", "100%25"}}}});
    EXPECT_EQ(only(freeswitch(text.dump())),
              "a/b +46701740605->100% 2025-11-12T04:51:42.707Z - 2025-11-12T04:51:56.247Z busy");
}

TEST(FreeswitchDecode, NamesWhatIsMissing) {
    EXPECT_EQ(only(freeswitch("{}")), "refused variables.uuid");
    EXPECT_EQ(only(freeswitch(leg({{"variables", {{"start_uepoch", "x"}}}}).dump())),
              "refused variables.start_uepoch");
    EXPECT_EQ(only(freeswitch(leg({{"variables", {{"end_uepoch", {1, 2}}}}}).dump())),
              "refused variables.end_uepoch");
    for (auto const* const odd : {R"({"variables":7})", R"({"variables":[]})", R"({"callflow":{"a":1}})"})
        EXPECT_EQ(only(freeswitch(odd)), "refused variables.uuid") << odd;
}

TEST(FreeswitchDecode, CallsHiddenNumbersWithheld) {
    for (auto const* const hidden : {"", "anonymous", "Anonymous", "unavailable", "restricted"})
        EXPECT_TRUE(
            only(freeswitch(leg({{"callflow", {{{"caller_profile", {{"caller_id_number", hidden}}}}}}}).dump()))
                .starts_with("a/b withheld->withheld"))
            << hidden;
}

constexpr char const* csv_row =
    R"csv("acme","0701740605","1003","ctx","""A, B"" <0701740605>","ch","dch","Dial","D(4711)",)csv"
    R"csv("2026-07-01 12:00:00","2026-07-01 12:00:10","2026-07-01 12:01:10",70,60,"ANSWERED","DOC","17.1")csv";
constexpr char const* csv_said =
    "17.1/ 0701740605->1003 2026-07-01T10:00:00.000Z 2026-07-01T10:00:10.000Z 2026-07-01T10:01:10.000Z answered";

TEST(AsteriskDecode, ReadsACsvRowWhateverIsLoggedBesides) {
    EXPECT_EQ(only(asterisk(csv_row, "text/csv")), csv_said);
    EXPECT_EQ(only(asterisk(std::string{csv_row} + ",\"user, field\"\r\n", "text/csv")), csv_said);
    auto const all = asterisk(std::string{csv_row} + ",\"u\",\"peer\",\"17.0\",3", "text/csv");
    EXPECT_TRUE(only(all).starts_with("17.0/17.1/3 ")) << only(all);
}

TEST(AsteriskDecode, ReadsRowsOfSeveralLinesAndNoOthers) {
    auto const rows = asterisk_csv("\"a\nb\",\"c\"\"d\"\n\nx,\"y");
    EXPECT_EQ(rows.size(), 2U);
    EXPECT_TRUE(asterisk_csv("").empty());
    EXPECT_EQ(only(asterisk("a,b", "text/csv")), "refused uniqueid");
}

TEST(AsteriskDecode, ReadsTheTimesOfOtherSettings) {
    auto const text = [](json const& changes) {
        auto made = json::parse(R"({"src":"1","dst":"2","start":"2026-01-01 12:00:00","answer":"",
                                    "end":"2026-01-01 12:01:00","disposition":"NO ANSWER","uniqueid":"u"})");
        made.merge_patch(changes);
        return only(asterisk(made.dump(), "application/json"));
    };
    EXPECT_EQ(text(json::object()), "u/ 1->2 2026-01-01T11:00:00.000Z - 2026-01-01T11:01:00.000Z no_answer");
    EXPECT_EQ(text({{"start", "1767265200.250000"}, {"end", "1767265260"}}),
              "u/ 1->2 2026-01-01T11:00:00.250Z - 2026-01-01T11:01:00.000Z no_answer");
    EXPECT_EQ(text({{"start", "2026-01-01T12:00:00.5+01:00"}}),
              "u/ 1->2 2026-01-01T11:00:00.500Z - 2026-01-01T11:01:00.000Z no_answer");
    EXPECT_EQ(text({{"start", "yesterday"}}), "refused start");
    EXPECT_EQ(text({{"end", nullptr}}), "refused end");
    EXPECT_EQ(text({{"disposition", "MAYBE"}}), "refused disposition");
    EXPECT_EQ(text({{"uniqueid", nullptr}}), "refused uniqueid");
    EXPECT_TRUE(text({{"dst", "s"}}).starts_with("u/ 1->withheld"));
}

TEST(AsteriskDecode, ReadsTheCdrEventsOfAmiAlone) {
    std::string const stream =
        "Event: Newchannel\r\nUniqueid: x\r\n\r\nEvent: Cdr\r\nSource: 1\r\nDestination: 2\r\nUniqueID: u:1\r\n"
        "StartTime: 2026-01-01 12:00:00\r\nAnswerTime: \r\nEndTime: 2026-01-01 12:01:00\r\nDisposition: BUSY\r\n"
        "LastData: D(4711)\r\n\r\nSource: 9\r\n";
    EXPECT_EQ(only(asterisk(stream, "text/plain")),
              "u:1/ 1->2 2026-01-01T11:00:00.000Z - 2026-01-01T11:01:00.000Z busy");
    EXPECT_TRUE(asterisk("hello", "text/plain")->records.empty());
}

TEST(AsteriskDecode, JudgesEachLineOfJsonAlone) {
    auto const batch = asterisk("{\"uniqueid\":\"1\"}\n\n{oops\n7\n", "application/json");
    ASSERT_EQ(batch->records.size(), 3U);
    for (auto const& record : batch->records) EXPECT_FALSE(record);
    EXPECT_FALSE(batch->single);
    EXPECT_TRUE(asterisk("{\"uniqueid\":\"1\"}", "application/json")->single);
}

TEST(KamailioDecode, ReadsARecordAndDropsTheRest) {
    EXPECT_EQ(
        only(kamailio(R"({"record_id":"r","caller":"+46701740605;tgrp=x","callee":"1003","caller_uri":"sip:x",
                               "started_at":"1762923102.707743","answered_at":"1762923103","ended_at":"1762923116.2",
                               "disposition":"answered","user_agent":"x"})")),
        "r/ +46701740605->1003 2025-11-12T04:51:42.707Z 2025-11-12T04:51:43.000Z 2025-11-12T04:51:56.200Z "
        "answered");
    EXPECT_EQ(only(kamailio(R"({"record_id":"r","started_at":"1","ended_at":"2","disposition":"unheard"})")),
              "refused disposition");
    EXPECT_EQ(only(kamailio(R"({"record_id":"r","started_at":1,"ended_at":"2","disposition":"busy"})")),
              "refused started_at");
}

TEST(KamailioDecode, TellsWhoBeginsAndEndsToTalk) {
    auto const events = [](std::string body) {
        auto const request = posted(std::move(body));
        std::string unknown;
        return decode_kamailio_events(ask(request, unknown));
    };
    auto const three = events(R"([{"type":"call.answered","uuid":"u","from":"1","to":"2"},
                               {"type":"call.ringing","uuid":"u"},{"type":"call.ended","uuid":"u"}])");
    ASSERT_EQ(three->size(), 3U);
    EXPECT_EQ(three->at(0).progress, Progress::talking);
    EXPECT_EQ(three->at(1).progress, Progress::ringing);
    EXPECT_EQ(three->at(2).progress, Progress::over);
    EXPECT_EQ(three->at(2).outcome, Outcome::answered);
    auto const failed = events(R"([{"type":"call.failed","uuid":"u","disposition":"busy"},
                                  {"type":"call.failed","uuid":"u"},{"type":"call.started","uuid":"u"}])");
    ASSERT_EQ(failed->size(), 2U);
    EXPECT_EQ(failed->at(0).outcome, Outcome::busy);
    EXPECT_FALSE(failed->at(1).outcome);
    EXPECT_FALSE(events(R"([{"type":7,"uuid":"u"}])"));
    EXPECT_FALSE(events(R"([7])"));
}

TEST(SwitchText, IsPutIntoUtf8) {
    EXPECT_EQ(in_utf8("\xc5sa \xc3\x85sa"), "?sa \xc3\x85sa");
    EXPECT_EQ(in_utf8("\xed\xa0\x80|\xf4\x90\x80\x80|\xc0\xaf|\xe2\x82"), "???|????|??|??");
}

TEST(SwitchText, ReadsNothingButWholeTimes) {
    for (auto const* const odd : {"", "-1", "1.", ".5", "1.2.3", "1e9", "99999999999999999999", "1 ", "0x1"})
        EXPECT_FALSE(epoch_seconds(odd)) << odd;
    EXPECT_FALSE(epoch_microseconds("-5"));
    auto const zone = TimeZone::named("Europe/Stockholm").value();
    for (auto const* const odd :
         {"", "2026-01-01", "2026-01-01T12:00:00", "2026-02-30 12:00:00", "2026-01-01 12:00"})
        EXPECT_FALSE(zone.moment(odd)) << odd;
    EXPECT_EQ(rfc3339(zone.moment("2026-10-25 02:30:00").value()),
              "2026-10-25T00:30:00.000Z");  // the first of two
    EXPECT_FALSE(TimeZone::named("Mars/Olympus"));
}

}  // namespace
}  // namespace samtal::calls
