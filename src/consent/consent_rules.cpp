#include "consent_rules.hpp"

#include <algorithm>
#include <chrono>

namespace samtal::consent {

namespace {

/// The same day six months on; the last of the month where there is no such day.
Timestamp six_months_after(Timestamp at) {
    using namespace std::chrono;
    auto const day_point = floor<days>(at);
    year_month_day date = year_month_day{day_point} + months{6};
    if (!date.ok()) date = date.year() / date.month() / last;
    return sys_days{date} + (at - day_point);
}

}  // namespace

bool may_ask(Standing const& s, Timestamp now) {
    if (s.state == "unset" || s.state == "expired") return true;
    return s.state == "refused" && s.since && six_months_after(*s.since) <= now;
}

std::optional<Error> refuse(Choose const& choice, PurposeText const* purpose, std::string_view notice_version) {
    if (purpose == nullptr) return Error{Errc::not_found, "no such thing"};
    if (!purpose->opt_in)
        return Error{Errc::conflict, "this purpose does not rest on consent", "", "not-consent-based"};
    if (choice.notice_version != notice_version)
        return Error{Errc::conflict, "there is a newer notice", "notice_version", "notice-outdated"};
    if (choice.state != "given") return std::nullopt;
    if (choice.privacy_control && purpose->off_by_gpc)
        return Error{Errc::conflict,
                     "the request objects to sharing (Sec-GPC: 1): no consent can be given with it", "",
                     "privacy-control"};
    if (choice.age && *choice.age < purpose->minimum_age && !choice.how.by_guardian)
        return Error{Errc::denied, "a guardian must consent for a child of this age", "age"};
    return std::nullopt;
}

std::vector<Standing> complete(std::vector<Standing> known, Notices const& notices, bool privacy_control,
                               Timestamp now) {
    std::vector<Standing> all;
    for (PurposeText const& purpose : notices.purposes()) {
        if (!purpose.opt_in) continue;
        auto const found = std::ranges::find(known, purpose.name, &Standing::purpose);
        Standing standing = found == known.end() ? Standing{.purpose = purpose.name} : std::move(*found);
        standing.ask = may_ask(standing, now);
        if (privacy_control && purpose.off_by_gpc) {
            if (standing.state == "given") standing.state = "refused";
            standing.ask = false;
        }
        all.push_back(std::move(standing));
    }
    return all;
}

}  // namespace samtal::consent
