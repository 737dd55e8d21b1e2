#include "samtal/calls/phone_numbers.hpp"

#include <algorithm>

namespace samtal::calls {

namespace {

constexpr std::size_t most_bytes = 64;   // of what a switch may call a number
constexpr std::size_t least_digits = 7;  // of an E.164 number; shorter ones are services and extensions
constexpr std::size_t most_digits = 15;  // ITU-T E.164

bool is_digits(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

/// ASCII and, in UTF-8, C1 control characters: nothing a number needs, and what terminals obey.
bool has_control(std::string_view text) {
    for (std::size_t i = 0; i < text.size(); ++i) {
        auto const byte = static_cast<unsigned char>(text[i]);
        if (byte < 0x20 || byte == 0x7f) return true;
        if (byte == 0xc2 && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) < 0xa0) return true;
    }
    return false;
}

/// Without what people write between digits. "(0)" goes whole where a country code stands before it.
std::string compact(std::string_view text, NumberingPlan const& plan) {
    std::string out;
    std::string const trunk = "(" + plan.trunk_prefix + ")";
    while (!text.empty()) {
        bool const international = out.starts_with('+') || out.starts_with(plan.international_prefix);
        if (international && text.starts_with(trunk)) {
            text.remove_prefix(trunk.size());
            continue;
        }
        if (std::string_view{" -()"}.find(text.front()) == std::string_view::npos) out.push_back(text.front());
        text.remove_prefix(1);
    }
    return out;
}

bool is_e164(std::string_view number) {
    if (!number.starts_with('+')) return false;
    number.remove_prefix(1);
    return is_digits(number) && number.front() != '0' && number.size() >= least_digits &&
           number.size() <= most_digits;
}

/// With its country code when the plan knows how.
std::string internationalised(std::string const& digits, NumberingPlan const& plan) {
    if (digits.size() == plan.short_digits) return plan.short_prefix + digits;
    if (digits.starts_with(plan.international_prefix))
        return "+" + digits.substr(plan.international_prefix.size());
    if (digits.starts_with(plan.trunk_prefix))
        return "+" + plan.country_code + digits.substr(plan.trunk_prefix.size());
    return digits;
}

}  // namespace

bool is_country_code(std::string_view text) noexcept {
    return is_digits(text) && text.size() <= 3 && text.front() != '0';
}

bool is_number_prefix(std::string_view text) noexcept {
    if (!text.starts_with('+')) return false;
    text.remove_prefix(1);
    return is_digits(text) && text.front() != '0' && text.size() < most_digits;
}

NumberingPlan SwitchSettings::over(NumberingPlan plan) const {
    if (country_code) plan.country_code = *country_code;
    if (short_prefix) {
        plan.short_prefix = *short_prefix;
        plan.short_digits = short_digits;
    }
    return plan;
}

Result<PhoneNumber> normalise(NumberingPlan const& plan, std::string_view text) {
    if (text.empty()) return Error{Errc::invalid, "must not be empty"};
    if (is_e164(text)) return PhoneNumber{std::string{text}, true};  // as most come
    if (text.size() > most_bytes) return Error{Errc::invalid, "is too long"};
    if (has_control(text)) return Error{Errc::invalid, "must not hold control characters"};
    std::string const number = compact(text, plan);
    if (is_e164(number)) return PhoneNumber{number, true};
    if (is_digits(number)) {
        std::string full = internationalised(number, plan);
        if (is_e164(full)) return PhoneNumber{std::move(full), true};
        if (number.size() <= most_digits) return PhoneNumber{number, false};
    }
    return PhoneNumber{std::string{text}, false};
}

Result<std::string> PhoneNumbers::assignable(std::string_view text) const {
    auto number = normalise(text);
    if (!number) return number.error();
    if (!number->assignable) return Error{Errc::invalid, "must be a telephone number with its country code"};
    return std::move(number->text);
}

std::string PhoneNumbers::hash(OrganisationId organisation, std::string_view e164) const {
    return keys_.keyed_hash("phone:" + organisation.text(), e164);
}

}  // namespace samtal::calls
