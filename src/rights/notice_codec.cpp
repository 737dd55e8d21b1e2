#include "notices.hpp"

#include <nlohmann/json.hpp>

namespace samtal::rights {

using nlohmann::json;

std::string encode_about(NoticeAbout const& about) {
    return json{{"act", about.act}, {"user_id", about.user.text()}, {"field", about.field}}.dump();
}

std::optional<NoticeAbout> decode_about(std::string_view text) {
    auto const parsed = json::parse(text);
    auto const user = UserId::parse(parsed.at("user_id").get<std::string>());
    if (!user) return std::nullopt;
    return NoticeAbout{parsed.at("act").get<std::string>(), *user, parsed.at("field").get<std::string>()};
}

std::string encode_untold(std::vector<UntoldNotice> const& notices, Timestamp now) {
    json items = json::array();
    for (UntoldNotice const& n : notices)
        items.push_back({{"notice_id", n.id.text()},
                         {"organisation_id", n.organisation.text()},
                         {"request_id", n.request.text()},
                         {"recipient", n.recipient},
                         {"kind", n.kind},
                         {"state", n.failed ? "failed" : "waiting"},
                         {"tries", n.tries},
                         {"made_at", rfc3339(n.made_at)},
                         {"overdue", n.made_at + notice_overdue_after <= now}});
    return json{{"items", std::move(items)}}.dump();
}

}  // namespace samtal::rights
