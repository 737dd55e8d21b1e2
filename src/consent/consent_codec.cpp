#include "consent_codec.hpp"

#include "samtal/consent/receipt.hpp"
#include "samtal/core/time.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <limits>

namespace samtal::consent {

using nlohmann::json;

namespace {

constexpr std::size_t most_events = 1000;
constexpr std::size_t most_app_version = 32;

constexpr std::array<std::string_view, 3> states{"given", "refused", "withdrawn"};
constexpr std::array<std::string_view, 2> languages{"sv", "en"};
constexpr std::array<std::string_view, 5> controls{"api", "button", "checkbox", "link", "switch"};
constexpr std::array<std::string_view, 7> channels{"android", "ios", "windows", "macos", "linux", "web", "other"};

template <std::size_t N>
bool is_one_of(std::array<std::string_view, N> const& names, std::string_view name) {
    return std::ranges::find(names, name) != names.end();
}

bool is_version(std::string_view text) {
    return text.size() <= most_app_version && std::ranges::all_of(text, [](char c) {
               return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' ||
                      c == '-' || c == '+';
           });
}

/// What the evidence says about the moment. It stays readable, so it is closed to anything personal.
Circumstances read_circumstances(gateway::FieldReader& in) {
    Circumstances how;
    how.shown_at = in.optional_time("shown_at");
    how.language = in.optional_text("language").value_or("");
    if (!how.language.empty() && !is_one_of(languages, how.language)) in.refuse("must be sv or en", "language");
    how.control = in.optional_text("control").value_or(how.control);
    if (!is_one_of(controls, how.control)) in.refuse("is no known control", "control");
    how.channel = in.optional_text("channel").value_or(how.channel);
    if (!is_one_of(channels, how.channel)) in.refuse("is no known platform", "channel");
    how.app_version = in.optional_text("app_version").value_or("");
    if (!is_version(how.app_version)) in.refuse("is no version", "app_version");
    how.by_guardian = in.optional_boolean("guardian").value_or(false);
    return how;
}

json to_json(Standing const& s) {
    json item{{"purpose", s.purpose},
              {"state", s.state},
              {"since", nullptr},
              {"notice_version", nullptr},
              {"ask", s.ask}};
    if (s.since) item["since"] = rfc3339(*s.since);
    if (s.notice_version) item["notice_version"] = *s.notice_version;
    return item;
}

json to_json(Entry const& e) {
    return {{"purpose", e.purpose},
            {"state", e.state},
            {"since", rfc3339(e.acted_at)},
            {"notice_version", e.notice_version}};
}

}  // namespace

Result<ListConsents> decode_list(gateway::Ask const& ask) {
    gateway::QueryReader query{ask.request.query};
    ListConsents list{query.time("at"), ask.privacy_control()};
    if (auto const problem = query.finish()) return *problem;
    return list;
}

Result<ReadHistory> decode_history(gateway::Ask const& ask) {
    gateway::QueryReader query{ask.request.query};
    ReadHistory history{ask.segment(0), query.integer("cursor", 0, 0, std::numeric_limits<std::int64_t>::max()),
                        static_cast<std::size_t>(query.integer("limit", 200, 1, most_events))};
    if (auto const problem = query.finish()) return *problem;
    return history;
}

Result<Choose> decode_choose(gateway::Ask const& ask) {
    auto in = ask.body();
    Choose choice{
        .purpose = ask.segment(0), .state = in.text("state"), .notice_version = in.text("notice_version")};
    if (!is_one_of(states, choice.state)) in.refuse("must be given, refused or withdrawn", "state");
    choice.how = read_circumstances(in);
    if (in.has("age")) choice.age = in.integer("age");
    if (choice.age && (*choice.age < 0 || *choice.age > 150)) in.refuse("is no age in years", "age");
    choice.privacy_control = ask.privacy_control();
    if (auto const problem = in.finish()) return *problem;
    return choice;
}

Result<ReadReceipt> decode_receipt(gateway::Ask const& ask) {
    gateway::QueryReader query{ask.request.query};
    if (auto const problem = query.finish()) return *problem;
    return ReadReceipt{ask.segment(0)};
}

Result<Acknowledge> decode_acknowledge(gateway::Ask const& ask) {
    auto in = ask.body();
    Acknowledge acknowledgement{in.text("version")};
    if (auto const problem = in.finish()) return *problem;
    return acknowledgement;
}

Result<ReadNotice> decode_notice(gateway::Ask const& ask) {
    gateway::QueryReader query{ask.request.query};
    ReadNotice notice{query.text("language")};
    if (notice.language && !is_one_of(languages, *notice.language)) query.refuse("must be sv or en", "language");
    if (auto const problem = query.finish()) return *problem;
    return notice;
}

std::string encode(Overview const& overview) {
    json items = json::array();
    for (Standing const& standing : overview.standings) items.push_back(to_json(standing));
    json notice{{"version", overview.notice_version}, {"acknowledged_at", nullptr}};
    if (overview.acknowledged_at) notice["acknowledged_at"] = rfc3339(*overview.acknowledged_at);
    return json{{"items", std::move(items)}, {"next_cursor", nullptr}, {"notice", std::move(notice)}}.dump();
}

std::string encode(History const& history) {
    json items = json::array();
    for (Entry const& event : history.items) {
        json item = to_json(event);
        item["event_id"] = event.event.text();
        item["sequence"] = event.sequence;
        items.push_back(std::move(item));
    }
    json page{{"items", std::move(items)}, {"next_cursor", nullptr}};
    if (history.next) page["next_cursor"] = std::to_string(*history.next);
    return page.dump();
}

std::string encode(Entry const& entry) {
    json answer = to_json(entry);
    answer["receipt"] = json::parse(encode_receipt(entry));
    return answer.dump();
}

std::string encode_acknowledgement(std::string const& notice_version, Timestamp at) {
    return json{{"version", notice_version}, {"acknowledged_at", rfc3339(at)}}.dump();
}

std::string encode_notice(Notices::Text const& notice, std::string const& language, std::string const& version) {
    return json{{"version", version}, {"language", language}, {"html", notice.html}, {"text", notice.text}}.dump();
}

}  // namespace samtal::consent
