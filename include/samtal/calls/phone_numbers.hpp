#pragma once

#include "samtal/core/id.hpp"
#include "samtal/core/result.hpp"
#include "samtal/storage/key_store.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace samtal::calls {

/// How numbers without a country are read. The defaults are Sweden's.
struct NumberingPlan {
    std::string country_code = "46";
    std::string trunk_prefix = "0";
    std::string international_prefix = "00";
    /// Short numbers of an organisation: of so many digits, made E.164 by this before them. None: 0 digits.
    std::string short_prefix{};
    std::size_t short_digits = 0;
};

/// 1 to 3 digits, not beginning with 0.
[[nodiscard]] bool is_country_code(std::string_view) noexcept;
/// "+" and 1 to 14 digits, the first of which is not 0.
[[nodiscard]] bool is_number_prefix(std::string_view) noexcept;
/// An IANA name.
[[nodiscard]] bool is_time_zone(std::string const&);

/// What a switch says of itself, where that differs from the deployment: absent is as the deployment.
struct SwitchSettings {
    std::optional<std::string> time_zone;  // of times that it writes without an offset
    std::optional<std::string> country_code;
    std::optional<std::string> short_prefix;
    std::size_t short_digits = 0;

    [[nodiscard]] NumberingPlan over(NumberingPlan plan) const;
};

/// One side of a call, or a number to be assigned.
struct PhoneNumber {
    std::string text;         // E.164 where it is one, else digits, else as it came
    bool assignable = false;  // E.164: the only kind that can be somebody's, and the only kind that is matched

    friend bool operator==(PhoneNumber const&, PhoneNumber const&) = default;
};

/// "+46 (0)70-174 06 05", "0046701740605" and "070-1740605" become "+46701740605", and so does "0605" with the
/// short prefix "+4670174". Other short digit strings (112) lose their separators only; anything else stays as it
/// came. `invalid` for nothing, more than 64 bytes, or control characters. `text` is UTF-8.
[[nodiscard]] Result<PhoneNumber> normalise(NumberingPlan const&, std::string_view text);

/// The one way to read a number and to look it up, for everybody who stores or matches one.
class PhoneNumbers {
public:
    /// `keys` outlives it.
    explicit PhoneNumbers(storage::KeyRing const& keys, NumberingPlan plan = {})
        : keys_{keys}, plan_{std::move(plan)} {}

    [[nodiscard]] Result<PhoneNumber> normalise(std::string_view text) const {
        return calls::normalise(plan_, text);
    }
    [[nodiscard]] NumberingPlan const& plan() const noexcept { return plan_; }
    /// `invalid` unless it is a whole E.164 number.
    [[nodiscard]] Result<std::string> assignable(std::string_view text) const;
    /// What phone_assignments.number_hash holds: keyed per organisation.
    [[nodiscard]] std::string hash(OrganisationId, std::string_view e164) const;

private:
    storage::KeyRing const& keys_;
    NumberingPlan plan_;
};

}  // namespace samtal::calls
