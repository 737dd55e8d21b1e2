#include "search.hpp"

#include <algorithm>

namespace samtal::contacts {

namespace {

constexpr std::size_t least_digits = 3;

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

std::string digits_of(std::string_view text) {
    std::string digits;
    std::ranges::copy_if(text, std::back_inserter(digits), is_digit);
    return digits;
}

icu::UnicodeString folded(std::string_view text) {
    return icu::UnicodeString::fromUTF8({text.data(), static_cast<std::int32_t>(text.size())}).foldCase();
}

}  // namespace

SearchFor::SearchFor(std::string_view query) : text_{folded(query)} {
    if (query.find_first_not_of("0123456789+-() ") != std::string_view::npos) return;
    digits_ = digits_of(query);
    if (digits_.starts_with('0')) digits_.erase(0, digits_.find_first_not_of('0'));  // no trunk prefix in +46 70
    if (digits_.size() < least_digits) digits_.clear();
}

bool SearchFor::finds(ContactCard const& card) const {
    if (text_.isEmpty()) return true;
    auto const holds = [this](std::string const& text) { return folded(text).indexOf(text_) >= 0; };
    if (holds(card.name) || holds(card.company) || std::ranges::any_of(card.emails, holds)) return true;
    return std::ranges::any_of(card.phone_numbers, [&](std::string const& number) {
        return holds(number) || (!digits_.empty() && digits_of(number).find(digits_) != std::string::npos);
    });
}

}  // namespace samtal::contacts
