#include "consent_codec.hpp"

#include "samtal/core/time.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace samtal::consent {

using nlohmann::json;

namespace {

std::string hex(std::string const& bytes) {
    std::string text;
    for (char const c : bytes) text += fmt::format("{:02x}", static_cast<unsigned char>(c));
    return text;
}

json to_json(Standing const& s) {
    return {{"purpose", s.purpose},
            {"state", s.state},
            {"since", rfc3339(s.since)},
            {"notice_version", s.notice_version}};
}

}  // namespace

Result<ListConsents> decode_list(gateway::Ask const& ask) {
    gateway::QueryReader query{ask.request.query};
    if (auto const problem = query.finish()) return *problem;
    return ListConsents{ask.privacy_control()};
}

Result<ReadHistory> decode_history(gateway::Ask const& ask) {
    gateway::QueryReader query{ask.request.query};
    if (auto const problem = query.finish()) return *problem;
    return ReadHistory{ask.segment(0)};
}

Result<Choose> decode_choose(gateway::Ask const& ask) {
    auto in = ask.body();
    Choose choice{ask.segment(0), in.text("state"), in.text("notice_version")};
    if (choice.state != "given" && choice.state != "refused" && choice.state != "withdrawn")
        in.refuse("must be given, refused or withdrawn", "state");
    if (auto const problem = in.finish()) return *problem;
    return choice;
}

Result<ReadNotice> decode_notice(gateway::Ask const& ask) {
    gateway::QueryReader query{ask.request.query};
    ReadNotice notice{query.text("language")};
    if (notice.language && *notice.language != "sv" && *notice.language != "en")
        query.refuse("must be sv or en", "language");
    if (auto const problem = query.finish()) return *problem;
    return notice;
}

std::string encode_list(std::vector<Standing> const& standings, Notices const& notices, bool privacy_control) {
    json items = json::array();
    for (PurposeText const& purpose : notices.purposes()) {
        if (!purpose.opt_in) continue;
        auto const found = std::ranges::find(standings, purpose.name, &Standing::purpose);
        json item{{"purpose", purpose.name}, {"state", "unset"}, {"since", nullptr}, {"notice_version", nullptr}};
        if (found != standings.end()) item = to_json(*found);
        if (privacy_control && purpose.off_by_gpc && item["state"] == "given") item["state"] = "refused";
        items.push_back(std::move(item));
    }
    return json{{"items", std::move(items)}, {"next_cursor", nullptr}}.dump();
}

std::string encode_history(std::vector<Standing> const& events) {
    json items = json::array();
    for (Standing const& event : events) {
        json item = to_json(event);
        item["event_id"] = event.event.text();
        items.push_back(std::move(item));
    }
    return json{{"items", std::move(items)}, {"next_cursor", nullptr}}.dump();
}

std::string encode_choice(Standing const& s, Notices const& notices, UserId subject) {
    json answer = to_json(s);
    // Field names of ISO/IEC TS 27560.
    answer["receipt"] = {{"record_id", s.event.text()},
                         {"pii_principal_id", subject.text()},
                         {"purpose", s.purpose},
                         {"event_state", s.state},
                         {"event_time", rfc3339(s.since)},
                         {"privacy_notice", s.notice_version},
                         {"terms_hash", hex(notices.terms_hash(s.purpose))}};
    return answer.dump();
}

std::string encode_notice(Notices::Text const& notice, std::string const& language, std::string const& version) {
    return json{{"version", version}, {"language", language}, {"html", notice.html}, {"text", notice.text}}.dump();
}

}  // namespace samtal::consent
