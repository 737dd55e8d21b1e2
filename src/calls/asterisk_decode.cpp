#include "asterisk_text.hpp"
#include "ingest_decode.hpp"
#include "records_decode.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <utility>

namespace samtal::calls {

namespace {

using nlohmann::json;

/// An epoch with `CDR(start,u)`, RFC 3339, or the time on the wall of the switch.
std::optional<Timestamp> moment(std::string const& text, TimeZone const& zone) {
    if (auto const at = epoch_seconds(text)) return at;
    if (auto const at = parse_rfc3339(text)) return at;
    return zone.moment(text);
}

std::optional<Outcome> outcome_of(std::string_view disposition) {
    constexpr std::array<std::pair<std::string_view, Outcome>, 5> dispositions{{{"ANSWERED", Outcome::answered},
                                                                                {"NO ANSWER", Outcome::no_answer},
                                                                                {"BUSY", Outcome::busy},
                                                                                {"FAILED", Outcome::failed},
                                                                                {"CONGESTION", Outcome::failed}}};
    for (auto const& [name, outcome] : dispositions)
        if (name == disposition) return outcome;
    return std::nullopt;
}

/// Asterisk writes a record for each attempt and each transfer; those of one call share their linkedid.
CallPart part_of(AsteriskCdr const& cdr) {
    if (cdr.linkedid.empty() && cdr.sequence.empty()) return {};
    return {cdr.uniqueid + "/" + cdr.sequence, Leg::any};
}

Result<CallRecord> record_of(AsteriskCdr const& cdr, TimeZone const& zone) {
    if (cdr.uniqueid.empty()) return Error{Errc::invalid, "must be there (cdr.conf: loguniqueid=yes)", "uniqueid"};
    auto const outcome = outcome_of(cdr.disposition);
    if (!outcome)
        return Error{Errc::invalid, "must be ANSWERED, NO ANSWER, BUSY, FAILED or CONGESTION", "disposition"};
    auto const started = moment(cdr.start, zone);
    if (!started) return Error{Errc::invalid, "must be a date and time", "start"};
    auto const ended = moment(cdr.end, zone);
    if (!ended) return Error{Errc::invalid, "must be a date and time", "end"};
    auto answered = *outcome == Outcome::answered ? moment(cdr.answer, zone) : std::nullopt;
    if (answered && *answered <= Timestamp{}) answered.reset();
    bool const no_number = cdr.dst == "s";  // the dialplan's start extension: nothing was dialled
    return CallRecord{.source_call_id = cdr.linkedid.empty() ? cdr.uniqueid : cdr.linkedid,
                      .part = part_of(cdr),
                      .caller = party_named(cdr.src),
                      .callee = no_number ? std::nullopt : party_named(cdr.dst),
                      .times = SomeTimes{{*started, answered, *ended}},
                      .outcome = *outcome};
}

/// Its strings and integers; the rest of the values is nothing that we read.
AsteriskCdr cdr_of(json const& object) {
    AsteriskCdr cdr;
    for (auto const& [name, value] : object.items()) {
        if (value.is_string()) cdr.set(name, value.get_ref<std::string const&>());
        if (value.is_number()) cdr.set(name, value.dump());
    }
    return cdr;
}

IngestCalls batch_of(std::vector<AsteriskCdr> const& cdrs, SwitchId from, TimeZone const& zone) {
    IngestCalls batch{from, {}};
    for (AsteriskCdr const& cdr : cdrs) batch.records.push_back(record_of(cdr, zone));
    return batch;
}

}  // namespace

Result<IngestCalls> decode_asterisk(gateway::Ask const& ask, TimeZone const& zone) {
    SwitchId const from{ask.who.session.value()};
    std::string_view const type = ask.request.header("content-type");
    if (type.starts_with("text/csv")) return batch_of(asterisk_csv(in_utf8(ask.request.body)), from, zone);
    if (type.starts_with("text/plain")) return batch_of(asterisk_events(in_utf8(ask.request.body)), from, zone);
    auto const body = json_records(ask.request.body);
    if (!body) return body.error();
    IngestCalls batch{from, {}, body->single};
    for (auto const& record : body->records)
        batch.records.push_back(record ? record_of(cdr_of(**record), zone) : Result<CallRecord>{record.error()});
    return batch;
}

}  // namespace samtal::calls
