#include "retention_codec.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace samtal::retention {

namespace {

using gateway::FieldReader;
using nlohmann::json;

constexpr std::size_t most_reference_bytes = 200;
constexpr std::int64_t most_reports = 1000;

bool is_control(char c) {
    auto const byte = static_cast<unsigned char>(c);
    return byte < 0x20 || byte == 0x7f;
}

/// An operator may write a date: midnight in UTC.
std::optional<Timestamp> optional_moment(FieldReader& in, Literal key) {
    auto const text = in.optional_text(key);
    if (!text) return std::nullopt;
    if (auto const at = parse_rfc3339(*text)) return at;
    if (auto const day = parse_full_date(*text)) return day;
    in.refuse("must be a date or an RFC 3339 date-time", key);
    return std::nullopt;
}

template <class SomeId>
std::optional<SomeId> optional_id(FieldReader& in, Literal key) {
    if (!in.has(key)) return std::nullopt;
    return in.id<SomeId>(key);
}

json optional_time(std::optional<Timestamp> const& at) {
    return at ? json(rfc3339(*at)) : json(nullptr);
}

json to_json(RetentionPermit const& permit, Hold const& hold) {
    return {{"hold_id", hold.id},
            {"organisation_id", hold.organisation.text()},
            {"user_id", hold.user.text()},
            {"case", hold.case_reference.open(permit)},
            {"placed_at", rfc3339(hold.placed_at)},
            {"released_at", optional_time(hold.released_at)}};
}

json to_json(Report const& report) {
    return {{"run_id", report.run.id},
            {"kind", report.run.kind == RunKind::scheduled ? "scheduled" : "manual"},
            {"now", rfc3339(report.run.moment)},
            {"began_at", rfc3339(report.began_at)},
            {"ended_at", optional_time(report.ended_at)},
            {"counts", report.counts}};
}

}  // namespace

std::vector<Rule> decode_rules(std::string_view text) {
    std::vector<Rule> rules;
    for (auto const& rule : json::parse(text))
        rules.push_back({rule.at("category").get<std::string>(), rule.at("duration").get<std::string>(),
                         rule.at("lag").get<std::string>(), rule.at("purpose").get<std::string>(),
                         rule.at("own").get<bool>(), rule.value("step", "")});
    return rules;
}

Result<RunOrder> decode_run(gateway::Ask const& ask) {
    auto in = ask.body();
    RunOrder order{optional_moment(in, "now"), in.optional_boolean("dry_run").value_or(false)};
    if (auto const problem = in.finish()) return *problem;
    return order;
}

Result<ReportList> decode_reports(gateway::Ask const& ask) {
    auto in = ask.body();
    std::int64_t const limit = in.integer("limit");
    if (limit < 1 || limit > most_reports) in.refuse("must be 1 to 1000", "limit");
    if (auto const problem = in.finish()) return *problem;
    return ReportList{static_cast<unsigned>(limit)};
}

Result<HoldOrder> decode_hold(gateway::Ask const& ask) {
    auto in = ask.body();
    auto const user = in.id<UserId>("user_id");
    auto const organisation = optional_id<OrganisationId>(in, "organisation_id");
    std::string reference = in.text("case");
    if (reference.empty() || reference.size() > most_reference_bytes || std::ranges::any_of(reference, is_control))
        in.refuse("must have 1 to 200 bytes of text", "case");
    if (auto const problem = in.finish()) return *problem;
    return HoldOrder{user, organisation, CaseReference{std::move(reference)}};
}

Result<HoldList> decode_hold_list(gateway::Ask const& ask) {
    auto in = ask.body();
    HoldList wanted{optional_id<UserId>(in, "user_id")};
    if (auto const problem = in.finish()) return *problem;
    return wanted;
}

std::string encode(Counts const& counts) {
    return json{{"counts", counts}}.dump();
}

std::string encode(std::vector<Report> const& reports) {
    json items = json::array();
    for (Report const& report : reports) items.push_back(to_json(report));
    return json{{"items", std::move(items)}}.dump();
}

std::string encode(RetentionPermit const& permit, Hold const& hold) {
    return to_json(permit, hold).dump();
}

std::string encode(RetentionPermit const& permit, std::vector<Hold> const& holds) {
    json items = json::array();
    for (Hold const& hold : holds) items.push_back(to_json(permit, hold));
    return json{{"items", std::move(items)}}.dump();
}

}  // namespace samtal::retention
