#include "ingest_decode.hpp"

#include "plain_records.hpp"

#include <nlohmann/json.hpp>

namespace samtal::calls {

namespace {

using gateway::FieldReader;
using gateway::Input;
using nlohmann::json;

/// `{"number": …|null}`. Null says: withheld.
std::optional<Counterpart> read_party(FieldReader& in, Literal key, Literal number_key) {
    Input const object = in.optional_object(key);
    if (!object) {
        in.refuse("must be an object with a number", key);
        return std::nullopt;
    }
    FieldReader party{object};
    auto number = party.nullable_text("number");
    if (auto const problem = party.finish()) in.refuse(problem->reason, number_key);
    if (!number) return std::nullopt;
    return Counterpart{*std::move(number)};
}

Outcome read_outcome(FieldReader& in) {
    if (auto const outcome = outcome_named(in.text("outcome"))) return *outcome;
    in.refuse("must be answered, busy, no_answer, cancelled or failed", "outcome");
    return Outcome::failed;
}

Result<CallRecord> decode_record(Input record) {
    if (!record->is_object()) return Error{Errc::invalid, "must be an object"};
    FieldReader in{std::move(record)};
    CallRecord call{
        .source_call_id = in.text("source_call_id"),
        .part = {},
        .caller = read_party(in, "caller", "caller.number"),
        .callee = read_party(in, "callee", "callee.number"),
        .times = SomeTimes{{in.time("started_at"), in.optional_time("answered_at"), in.time("ended_at")}},
        .outcome = read_outcome(in)};
    if (auto const problem = in.finish()) return *problem;
    return call;
}

}  // namespace

Result<IngestCalls> decode_ingest(gateway::Ask const& ask) {
    IngestCalls batch{SwitchId{ask.who.session.value()}, {}};
    if (auto plain = plain_records(ask.request.body); plain && ask.request.query.empty()) {
        batch.records = *std::move(plain);
        return batch;
    }
    auto const parsed = gateway::parse_json(ask.request.body, {.nul = true});
    if (!parsed && !ask.request.body.empty()) return parsed.error();
    if (!parsed || !(*parsed)->is_array()) return Error{Errc::invalid, "must be an array of call records"};
    if (!ask.request.query.empty()) return Error{Errc::invalid, "takes no query"};
    for (json const& record : **parsed) batch.records.push_back(decode_record(Input{*parsed, &record}));
    return batch;
}

}  // namespace samtal::calls
