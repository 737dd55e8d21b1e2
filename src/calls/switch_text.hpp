#pragma once

#include "samtal/calls/calls.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>

// How switches write numbers, times and text in the formats of their own.
namespace samtal::calls {

/// A number; nothing for what stands there when the caller withheld it ("anonymous", "unknown", nothing).
[[nodiscard]] std::optional<Counterpart> party_named(std::string_view text);

/// "1732550000.123456": seconds since 1970. Nothing for other text.
[[nodiscard]] std::optional<Timestamp> epoch_seconds(std::string_view);

/// "1762923112727744": microseconds since 1970. Nothing for other text.
[[nodiscard]] std::optional<Timestamp> epoch_microseconds(std::string_view);

/// The escapes of URLs undone; a broken one stays as it is.
[[nodiscard]] std::string percent_decoded(std::string_view);

/// In UTF-8, whatever came: a byte that is none becomes "?". Old trunks write names in Latin-1, and a name that is
/// dropped anyway must not cost the record.
[[nodiscard]] std::string in_utf8(std::string);

/// A time zone by its IANA name.
class TimeZone {
public:
    /// Nothing for a name that is none.
    [[nodiscard]] static std::optional<TimeZone> named(std::string const& name);

    /// "2026-11-25 15:04:05" of a clock on the wall, with or without a fraction. The hour that occurs twice is the
    /// first one. Nothing for other text.
    [[nodiscard]] std::optional<Timestamp> moment(std::string_view local) const;

private:
    struct Rules;
    explicit TimeZone(std::shared_ptr<Rules const> rules) : rules_{std::move(rules)} {}
    std::shared_ptr<Rules const> rules_;
};

}  // namespace samtal::calls
