#include "switch_text.hpp"

#include <unicode/basictz.h>

namespace samtal::calls {

struct TimeZone::Rules {
    std::unique_ptr<icu::TimeZone> zone;  // a BasicTimeZone, as all that ICU makes by name are
};

std::optional<TimeZone> TimeZone::named(std::string const& name) {
    std::unique_ptr<icu::TimeZone> zone{icu::TimeZone::createTimeZone(icu::UnicodeString::fromUTF8(name))};
    if (*zone == icu::TimeZone::getUnknown() || dynamic_cast<icu::BasicTimeZone*>(zone.get()) == nullptr)
        return std::nullopt;
    return TimeZone{std::make_shared<Rules const>(std::move(zone))};
}

std::optional<Timestamp> TimeZone::moment(std::string_view local) const {
    constexpr std::size_t date_size = 10;
    if (local.size() <= date_size || local[date_size] != ' ') return std::nullopt;
    std::string text{local};
    text[date_size] = 'T';
    auto const as_utc = parse_rfc3339(text + "Z");
    if (!as_utc) return std::nullopt;
    UErrorCode problem = U_ZERO_ERROR;
    std::int32_t raw = 0;
    std::int32_t summer = 0;
    auto const& zone = dynamic_cast<icu::BasicTimeZone const&>(*rules_->zone);
    zone.getOffsetFromLocal(static_cast<UDate>(as_utc->time_since_epoch().count()), UCAL_TZ_LOCAL_FORMER,
                            UCAL_TZ_LOCAL_FORMER, raw, summer, problem);
    if (U_FAILURE(problem)) return std::nullopt;
    return *as_utc - std::chrono::milliseconds{raw + summer};
}

bool is_time_zone(std::string const& name) {
    return TimeZone::named(name).has_value();
}

}  // namespace samtal::calls
