#include "breach_codec.hpp"

#include <nlohmann/json.hpp>

namespace samtal::audit {

using gateway::FieldReader;
using nlohmann::json;

namespace {

constexpr std::size_t most_named = 1000;
constexpr std::size_t most_reason_bytes = 2000;

/// An operator may write a date: midnight in UTC.
Timestamp moment(FieldReader& in, Literal key) {
    std::string const text = in.text(key);
    if (auto const at = parse_rfc3339(text)) return *at;
    if (auto const day = parse_full_date(text)) return *day;
    in.refuse("must be a date or an RFC 3339 date-time", key);
    return {};
}

json to_json(BreachCase const& c) {
    return {{"case_id", c.id.text()},
            {"kind", c.kind},
            {"drill", c.drill},
            {"organisation_id", c.organisation ? json(c.organisation->text()) : json(nullptr)},
            {"aware_at", rfc3339(c.aware_at)},
            {"due_at", rfc3339(c.aware_at + notification_period)},
            {"since", rfc3339(c.began)},
            {"until", rfc3339(c.ended)},
            {"affected", c.affected},
            {"closed_at", c.closed_at ? json(rfc3339(*c.closed_at)) : json(nullptr)},
            {"closing_reason", c.closed_at ? json(c.closing_reason) : json(nullptr)}};
}

}  // namespace

Result<BreachReport> decode_report(gateway::Ask const& ask) {
    auto in = ask.body();
    BreachReport report{in.text("kind"),
                        moment(in, "since"),
                        moment(in, "until"),
                        {},
                        in.optional_boolean("drill").value_or(false)};
    if (report.kind != "confidentiality" && report.kind != "integrity" && report.kind != "availability")
        in.refuse("must be confidentiality, integrity or availability", "kind");
    if (report.ended < report.began) in.refuse("must not be before since", "until");
    bool const whole = in.has("organisation_id");
    if (whole == in.has("user_ids")) in.refuse("must be an organisation or people", "affected");
    if (whole)
        report.affected.organisation = in.id<OrganisationId>("organisation_id");
    else
        report.affected.users = in.ids<UserId>("user_ids", most_named);
    if (auto const problem = in.finish()) return *problem;
    return report;
}

Result<AskBreaches> decode_breaches(gateway::Ask const& ask) {
    auto in = ask.body();
    if (auto const problem = in.finish()) return *problem;
    return AskBreaches{};
}

Result<AskAffected> decode_affected(gateway::Ask const& ask) {
    auto in = ask.body();
    AskAffected wanted{in.id<OrganisationId>("organisation_id"), std::nullopt};
    if (in.has("after")) wanted.after = in.id<UserId>("after");
    if (auto const problem = in.finish()) return *problem;
    return wanted;
}

Result<CloseBreach> decode_closing(gateway::Ask const& ask) {
    auto const id = ask.id<CaseId>(0);
    if (!id) return id.error();
    auto in = ask.body();
    CloseBreach closing{*id, in.text("reason")};
    if (closing.reason.empty() || closing.reason.size() > most_reason_bytes)
        in.refuse("must be 1 to 2000 bytes", "reason");
    if (auto const problem = in.finish()) return *problem;
    return closing;
}

std::string encode(BreachCase const& c) {
    return to_json(c).dump();
}

std::string encode(OpenedCase const& c) {
    json answer = to_json(c.opened);
    for (Draft const& draft : c.drafts) answer["drafts"][draft.file] = draft.text;
    return answer.dump();
}

std::string encode(std::vector<BreachCase> const& cases, Timestamp now) {
    json items = json::array();
    for (BreachCase const& c : cases) {
        json item = to_json(c);
        auto const left = std::chrono::floor<std::chrono::hours>(c.aware_at + notification_period - now).count();
        item["hours_left"] = c.closed_at ? json(nullptr) : json(left);  // nobody waits for a closed case
        items.push_back(std::move(item));
    }
    return json{{"items", std::move(items)}}.dump();
}

std::string encode(std::vector<UserId> const& users) {
    json ids = json::array();
    for (UserId const& user : users) ids.push_back(user.text());
    return json{{"user_ids", std::move(ids)}}.dump();
}

}  // namespace samtal::audit
