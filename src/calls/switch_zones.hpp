#pragma once

#include "call_repositories.hpp"
#include "switch_text.hpp"

namespace samtal::calls {

/// In which time zone each switch writes.
class SwitchZones {
public:
    /// `switches` outlives it. `usual`, an IANA name, is of the switches that say nothing.
    SwitchZones(SwitchBook const& switches, std::string const& usual)
        : switches_{switches}, usual_{TimeZone::named(usual).value()} {}

    [[nodiscard]] TimeZone of(SwitchId id) const {
        auto const name = switches_.settings(id).time_zone;
        return name ? TimeZone::named(*name).value_or(usual_) : usual_;
    }

private:
    SwitchBook const& switches_;
    TimeZone usual_;
};

}  // namespace samtal::calls
