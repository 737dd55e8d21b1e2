#include "card_rules.hpp"

#include <fmt/format.h>
#include <unicode/utf8.h>

#include <algorithm>

namespace samtal::contacts {

namespace {

constexpr std::size_t most_text_bytes = 200;
constexpr std::size_t most_number_bytes = 64;
constexpr std::size_t most_email_bytes = 254;  // RFC 5321
constexpr std::size_t most_source_bytes = 255;
constexpr std::size_t most_of_a_kind = 20;

/// UTF-8 without C0 and C1 control characters.
bool is_plain(std::string const& text) {
    auto const size = static_cast<std::int32_t>(text.size());
    for (std::int32_t i = 0; i < size;) {
        UChar32 c = 0;
        U8_NEXT(text.data(), i, size, c);
        if (c < 0x20 || (c >= 0x7f && c < 0xa0)) return false;  // -1 where it is no UTF-8
    }
    return true;
}

void trim(std::string& text) {
    auto const last = text.find_last_not_of(' ');
    text.erase(last == std::string::npos ? 0 : last + 1);
    text.erase(0, std::min(text.find_first_not_of(' '), text.size()));
}

std::optional<Error> tidy(std::string& text, std::size_t most_bytes, Literal field) {
    trim(text);
    if (text.size() > most_bytes) return Error{Errc::invalid, "is too long", field};
    if (!is_plain(text)) return Error{Errc::invalid, "must be UTF-8 without control characters", field};
    return std::nullopt;
}

std::optional<Error> tidy(std::vector<std::string>& texts, std::size_t most_bytes, Literal field) {
    std::vector<std::string> kept;
    for (std::string& text : texts) {
        if (auto problem = tidy(text, most_bytes, field)) return problem;
        if (!text.empty() && std::ranges::find(kept, text) == kept.end()) kept.push_back(std::move(text));
    }
    if (kept.size() > most_of_a_kind) return Error{Errc::invalid, "has more than 20 entries", field};
    texts = std::move(kept);
    return std::nullopt;
}

}  // namespace

std::string_view name_of(ImportState state) noexcept {
    constexpr std::string_view names[]{"created", "updated", "unchanged"};
    return names[static_cast<std::size_t>(state)];
}

Result<ContactCard> tidied(ContactCard card) {
    if (auto const problem = tidy(card.name, most_text_bytes, "name")) return *problem;
    if (auto const problem = tidy(card.company, most_text_bytes, "company")) return *problem;
    if (auto const problem = tidy(card.phone_numbers, most_number_bytes, "phone_numbers")) return *problem;
    if (auto const problem = tidy(card.emails, most_email_bytes, "emails")) return *problem;
    if (auto const problem = tidy(card.source_id, most_source_bytes, "source_id")) return *problem;
    if (card.name.empty()) card.name = card.company;
    if (card.name.empty() && !card.phone_numbers.empty()) card.name = card.phone_numbers.front();
    if (card.name.empty() && !card.emails.empty()) card.name = card.emails.front();
    if (card.name.empty()) return Error{Errc::invalid, "has neither a name nor a number nor an address", "name"};
    return card;
}

ContactCard changed(ContactCard card, CardChange change) {
    if (change.name) card.name = *std::move(change.name);
    if (change.company) card.company = *std::move(change.company);
    if (change.phone_numbers) card.phone_numbers = *std::move(change.phone_numbers);
    if (change.emails) card.emails = *std::move(change.emails);
    return card;
}

std::string identity_of(ContactCard const& card) {
    if (!card.source_id.empty()) return "source:" + card.source_id;
    // Control characters stand in no text, so no two entries read the same.
    return fmt::format("content:{}\n{}\n{}\n{}", card.name, card.company, fmt::join(card.phone_numbers, "\t"),
                       fmt::join(card.emails, "\t"));
}

}  // namespace samtal::contacts
