#include "dialing_codec.hpp"

#include "call_state.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace samtal::dialing {

namespace {

using gateway::FieldReader;
using nlohmann::json;

constexpr std::size_t most_source_bytes = 255;
constexpr std::size_t most_short_digits = 15;
constexpr std::size_t most_url_bytes = 2000;
constexpr std::size_t most_credential_bytes = 1000;

/// A whole number, or a short one that the switch knows.
std::optional<std::string> diallable(calls::PhoneNumbers const& numbers, std::string_view text) {
    auto const number = numbers.normalise(text);
    if (!number) return std::nullopt;
    bool const digits = number->text.find_first_not_of("0123456789") == std::string::npos;
    if (!number->assignable && (!digits || number->text.size() > most_short_digits)) return std::nullopt;
    return number->text;
}

json or_null(std::optional<FailReason> const& reason) {
    return reason ? json(name_of(*reason)) : json(nullptr);
}

void check_source(FieldReader& in, std::string const& source) {
    if (source.size() > most_source_bytes) in.refuse("must have at most 255 bytes", "source_call_id");
}

}  // namespace

Result<WantedCall> decode_call(gateway::Ask const& ask, calls::PhoneNumbers const& numbers) {
    auto in = ask.body();
    WantedCall wanted;
    std::string const to = in.text("to");
    if (auto const colleague = UserId::parse(to))
        wanted.colleague = *colleague;
    else if (auto number = diallable(numbers, to))
        wanted.number.emplace(*std::move(number));
    else
        in.refuse("must be a phone number or a colleague's user_id", "to");
    if (auto const from = in.optional_text("from")) {
        auto number = numbers.assignable(*from);
        if (number)
            wanted.from.emplace(*std::move(number));
        else
            in.refuse("is no number of yours", "from");
    }
    if (auto const problem = in.finish()) return *problem;
    return wanted;
}

Result<OneRequest> decode_request(gateway::Ask const& ask) {
    if (auto const problem = gateway::QueryReader{ask.request.query}.finish()) return *problem;
    auto const id = ask.id<CallRequestId>(0);
    if (!id) return id.error();
    return OneRequest{*id};
}

Result<ReportedState> decode_report(gateway::Ask const& ask) {
    auto const id = ask.id<CallRequestId>(0);
    if (!id) return id.error();
    auto in = ask.body();
    SwitchReport report{*id, CallState::requested, {}, in.optional_text("source_call_id").value_or("")};
    check_source(in, report.source_call_id);
    auto const state = call_state_named(in.text("state"));
    if (!state || *state < CallState::ringing) in.refuse("must be ringing, connected, ended or failed", "state");
    report.state = state.value_or(CallState::requested);
    if (auto const name = in.optional_text("reason")) {
        report.reason = fail_reason_named(*name);
        if (!report.reason || *report.reason < FailReason::busy || report.state != CallState::failed)
            in.refuse("of what failed: busy, no_answer, cancelled or failed", "reason");
    }
    if (report.state == CallState::failed && !report.reason) report.reason = FailReason::failed;
    if (auto const problem = in.finish_loosely()) return *problem;  // a switch's own fields are dropped
    return ReportedState{SwitchId{ask.who.session.value()}, std::move(report)};
}

Result<NewCallback> decode_callback(gateway::Ask const& ask) {
    auto const id = ask.id<SwitchId>(0);
    if (!id) return id.error();
    auto in = ask.body();
    NewCallback callback{*id, in.text("url"), Secret{in.text("credential")}};
    if (callback.url.empty() || callback.url.size() > most_url_bytes) in.refuse("must be a URL", "url");
    auto const visible = [](char c) { return c > 0x20 && c < 0x7f; };
    std::string_view const credential = callback.credential.reveal();
    if (credential.empty() || credential.size() > most_credential_bytes ||
        !std::ranges::all_of(credential, visible))
        in.refuse("must be 1 to 1000 visible characters", "credential");
    if (auto const problem = in.finish()) return *problem;
    return callback;
}

Result<OneSwitch> decode_switch(gateway::Ask const& ask) {
    auto const id = ask.id<SwitchId>(0);
    if (!id) return id.error();
    if (auto const problem = ask.body().finish()) return *problem;
    return OneSwitch{*id};
}

std::string encode_accepted(CallRequestId id) {
    return json{{"call_request_id", id.text()}, {"state", name_of(CallState::requested)}}.dump();
}

std::string encode(CallRequest const& request) {
    return json{{"call_request_id", request.id.text()},
                {"state", name_of(request.state)},
                {"reason", or_null(request.reason)},
                {"requested_at", rfc3339(request.requested_at)},
                {"call_id", request.call ? json(request.call->text()) : json(nullptr)}}
        .dump();
}

std::string encode_frame(SwitchReport const& report) {
    return json{{"type", "call.state"},
                {"call_request_id", report.request.text()},
                {"state", name_of(report.state)},
                {"reason", or_null(report.reason)}}
        .dump();
}

std::string encode_for_switch(CallPermit const& permit, OpenedRequest const& request) {
    return json{{"call_request_id", request.id.text()},
                {"from", request.from.open(permit)},
                {"to", request.to.open(permit)}}
        .dump();
}

std::string source_call_id_of(std::string_view answer) {
    auto const input = gateway::parse_input(answer);
    if (!input) return {};
    FieldReader in{*input};
    std::string source = in.optional_text("source_call_id").value_or("");
    check_source(in, source);
    return in.finish_loosely() ? std::string{} : source;
}

}  // namespace samtal::dialing
