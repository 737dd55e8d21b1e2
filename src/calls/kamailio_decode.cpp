#include "ingest_decode.hpp"
#include "records_decode.hpp"

namespace samtal::calls {

namespace {

using gateway::FieldReader;
using gateway::Input;

/// The user part of a SIP address; of a telephone number without its parameters.
std::optional<Counterpart> read_user(FieldReader& in, Literal key) {
    std::string const user = in.optional_text(key).value_or("");
    auto const number = std::string_view{user}.substr(0, user.find(';'));
    bool const is_number = number.find_first_not_of("+0123456789-.()") == std::string_view::npos;
    return party_named(is_number ? number : std::string_view{user});
}

Timestamp read_time(FieldReader& in, Literal key) {
    if (auto const at = epoch_seconds(in.text(key))) return *at;
    in.refuse("must be seconds since 1970, as a string", key);
    return {};
}

std::optional<Timestamp> read_optional_time(FieldReader& in, Literal key) {
    if (!in.has(key)) return std::nullopt;
    return read_time(in, key);
}

Result<CallRecord> decode_record(Input const& record) {
    FieldReader in{record};
    auto const outcome = outcome_named(in.text("disposition"));
    if (!outcome) in.refuse("must be answered, busy, cancelled, no_answer or failed", "disposition");
    CallRecord call{.source_call_id = in.text("record_id"),
                    .part = {},
                    .caller = read_user(in, "caller"),
                    .callee = read_user(in, "callee"),
                    .times = SomeTimes{{read_time(in, "started_at"), read_optional_time(in, "answered_at"),
                                        read_time(in, "ended_at")}},
                    .outcome = outcome.value_or(Outcome::failed)};
    if (auto const problem = in.finish_loosely()) return *problem;
    return call;
}

std::optional<Progress> progress_named(std::string_view type) {
    if (type == "call.ringing") return Progress::ringing;
    if (type == "call.answered") return Progress::talking;
    if (type == "call.ended" || type == "call.failed") return Progress::over;
    return std::nullopt;
}

Result<std::optional<CallEvent>> decode_event(SwitchId from, Input const& event) {
    FieldReader in{event};
    std::string const type = in.text("type");
    std::string call = in.text("uuid");
    if (auto const problem = in.finish_loosely()) return *problem;
    auto const progress = progress_named(type);
    if (!progress) return std::optional<CallEvent>{};
    auto caller = read_user(in, "from");
    auto callee = read_user(in, "to");
    std::string const outcome = in.optional_text("disposition").value_or("");
    if (auto const problem = in.finish_loosely()) return *problem;
    return std::optional{CallEvent{from, std::move(call), *progress,
                                   type == "call.ended" ? Outcome::answered : outcome_named(outcome),
                                   std::move(caller), std::move(callee)}};
}

}  // namespace

Result<IngestCalls> decode_kamailio(gateway::Ask const& ask) {
    auto const body = json_records(ask.request.body);
    if (!body) return body.error();
    IngestCalls batch{SwitchId{ask.who.session.value()}, {}, body->single};
    for (auto const& record : body->records)
        batch.records.push_back(record ? decode_record(*record) : Result<CallRecord>{record.error()});
    return batch;
}

Result<std::vector<CallEvent>> decode_kamailio_events(gateway::Ask const& ask) {
    auto const body = json_records(ask.request.body);
    if (!body) return body.error();
    std::vector<CallEvent> events;
    for (auto const& record : body->records) {
        if (!record) return record.error();
        auto event = decode_event(SwitchId{ask.who.session.value()}, *record);
        if (!event) return event.error();
        if (*event) events.push_back(**std::move(event));
    }
    return events;
}

}  // namespace samtal::calls
