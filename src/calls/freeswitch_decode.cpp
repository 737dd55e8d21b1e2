#include "ingest_decode.hpp"

#include <sodium.h>
#include <nlohmann/json.hpp>

#include <array>
#include <utility>

namespace samtal::calls {

namespace {

using nlohmann::json;

constexpr std::string_view form_field = "cdr=";

/// "cdr=…" in the encoding that the content type names, or the JSON as it is.
Result<std::string> document_of(net::Request const& request) {
    std::string_view body = request.body;
    std::string_view const type = request.header("content-type");
    if (type.find("x-www-form") == std::string_view::npos) return std::string{body};
    if (!body.starts_with(form_field)) return Error{Errc::invalid, "must be a form with the field cdr", "cdr"};
    body.remove_prefix(form_field.size());
    if (type.find("base64") == std::string_view::npos) {
        std::string text{body.substr(0, body.find('&'))};
        for (char& c : text)
            if (c == '+') c = ' ';
        return percent_decoded(text);
    }
    std::string text(body.size(), '\0');
    std::size_t size = 0;
    if (sodium_base642bin(reinterpret_cast<unsigned char*>(text.data()), text.size(), body.data(), body.size(),
                          "\r\n", &size, nullptr, sodium_base64_VARIANT_ORIGINAL) != 0)
        return Error{Errc::invalid, "must be base64", "cdr"};
    text.resize(size);
    return text;
}

/// A text of an object that may not be there. Values of `variables` come with URL escapes or without, by a setting
/// of the switch; no uuid, number or time has a percent sign of its own.
std::string text_of(json const& object, char const* key) {
    if (!object.is_object()) return {};
    auto const found = object.find(key);
    if (found == object.end()) return {};
    if (found->is_number_integer()) return found->dump();
    return found->is_string() ? percent_decoded(found->get_ref<std::string const&>()) : std::string{};
}

json const& member(json const& object, char const* key) {
    static json const nothing = json::object();
    if (!object.is_object()) return nothing;
    auto const found = object.find(key);
    return found == object.end() ? nothing : *found;
}

/// What was dialled stands in the oldest profile: the last one. (FreeSWITCH before 1.6 repeats the key `callflow`
/// instead of writing an array.)
json const& dialled_profile(json const& cdr) {
    json const& flow = member(cdr, "callflow");
    json const& oldest = flow.is_array() && !flow.empty() ? flow.back() : flow;
    return member(oldest, "caller_profile");
}

std::string either(std::string first, std::string second) {
    return first.empty() ? std::move(second) : std::move(first);
}

/// The moment named by `start`, `answer` or `end`; 0 stands for never.
std::optional<Timestamp> moment(json const& variables, char const* fine, char const* coarse) {
    auto at = epoch_microseconds(text_of(variables, fine));
    if (!at) at = epoch_seconds(text_of(variables, coarse));
    return at && *at > Timestamp{} ? at : std::nullopt;
}

Outcome outcome_of(std::string_view cause) {
    constexpr std::array<std::pair<std::string_view, Outcome>, 8> causes{
        {{"USER_BUSY", Outcome::busy},
         {"NO_ANSWER", Outcome::no_answer},
         {"NO_USER_RESPONSE", Outcome::no_answer},
         {"ALLOTTED_TIMEOUT", Outcome::no_answer},
         {"PROGRESS_TIMEOUT", Outcome::no_answer},
         {"ORIGINATOR_CANCEL", Outcome::cancelled},
         {"LOSE_RACE", Outcome::cancelled},  // somebody else of the group took the call
         {"PICKED_OFF", Outcome::cancelled}}};
    for (auto const& [name, outcome] : causes)
        if (name == cause) return outcome;
    return Outcome::failed;
}

Result<CallRecord> decode_leg(json const& cdr) {
    json const& variables = member(cdr, "variables");
    std::string leg = text_of(variables, "uuid");
    if (leg.empty()) return Error{Errc::invalid, "must name the channel", "variables.uuid"};
    // Both legs name the first one's channel; a channel without another is a call of its own.
    std::string call = either(text_of(variables, "call_uuid"), text_of(variables, "originating_leg_uuid"));
    call = either(std::move(call), either(text_of(variables, "originator"), leg));
    auto const started = moment(variables, "start_uepoch", "start_epoch");
    if (!started) return Error{Errc::invalid, "must be a time since the epoch", "variables.start_uepoch"};
    auto const ended = moment(variables, "end_uepoch", "end_epoch");
    if (!ended) return Error{Errc::invalid, "must be a time since the epoch", "variables.end_uepoch"};
    auto const answered = moment(variables, "answer_uepoch", "answer_epoch");
    json const& profile = dialled_profile(cdr);
    Leg const side = leg == call ? Leg::originating : Leg::terminating;
    return CallRecord{
        .source_call_id = std::move(call),
        .part = {std::move(leg), side},
        .caller =
            party_named(either(text_of(profile, "caller_id_number"), text_of(variables, "caller_id_number"))),
        .callee =
            party_named(either(text_of(profile, "destination_number"), text_of(variables, "destination_number"))),
        .times = SomeTimes{{*started, answered, *ended}},
        .outcome = answered ? Outcome::answered : outcome_of(text_of(variables, "hangup_cause"))};
}

}  // namespace

Result<IngestCalls> decode_freeswitch(gateway::Ask const& ask) {
    SwitchId const from{ask.who.session.value()};
    auto const named = ask.id<SwitchId>(0);
    if (!named || *named != from) return Error{Errc::not_found, "no such thing"};
    auto text = document_of(ask.request);
    if (!text) return text.error();
    auto const cdr = gateway::parse_json(in_utf8(*std::move(text)), {.nul = true, .repeated_keys = true});
    if (!cdr) return cdr.error();
    if (!(*cdr)->is_object()) return Error{Errc::invalid, "must be an object"};
    return IngestCalls{from, {decode_leg(**cdr)}, true};
}

}  // namespace samtal::calls
