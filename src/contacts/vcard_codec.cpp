#include "vcard_codec.hpp"

#include "card_codec.hpp"
#include "card_rules.hpp"
#include "samtal/contacts/vcard.hpp"
#include "vcard_text.hpp"

#include <algorithm>

namespace samtal::contacts {

namespace {

constexpr Error no_card{Errc::invalid, "is no vCard"};

/// One card while its lines come.
class Reading {
public:
    void take(std::string_view line) {
        auto const property = property_of(line);
        if (!property) return fail("holds a line that is no property");
        // Only what is read matters: a photograph may be encoded as it likes.
        if (property->name == "VERSION") return version(property->value);
        if (!is_read(property->name)) return;
        if (!property->encoding.empty() && property->encoding != "8BIT")
            return fail("holds an encoding that vCard 4.0 does not have");
        read(*property);
    }

    [[nodiscard]] Result<ContactCard> card() && {
        if (!problem_ && !versioned_) fail("must be of version 3.0 or 4.0");
        if (problem_) return *problem_;
        if (card_.name.find_first_not_of(' ') == std::string::npos) card_.name = std::move(structured_name_);
        return tidied(std::move(card_));
    }
    void fail(Literal reason) {
        if (!problem_) problem_ = Error{Errc::invalid, reason};
    }

private:
    static bool is_read(std::string_view name) {
        return name == "FN" || name == "N" || name == "ORG" || name == "TEL" || name == "EMAIL" || name == "UID" ||
               name == "KIND";
    }
    void version(std::string_view value) {
        if (value != "4.0" && value != "3.0") return fail("must be of version 3.0 or 4.0");
        versioned_ = true;
    }
    void read(Property const& property) {
        std::string_view const name = property.name;
        if (name == "FN" && card_.name.empty()) card_.name = unescaped(property.value);
        if (name == "N") structured_name_ = full_name(components(property.value));
        if (name == "ORG") card_.company = components(property.value).front();
        if (name == "TEL") card_.phone_numbers.push_back(without_scheme(unescaped(property.value), "tel:"));
        if (name == "EMAIL") card_.emails.push_back(without_scheme(unescaped(property.value), "mailto:"));
        if (name == "UID") card_.source_id = unescaped(property.value);
        if (name == "KIND" && (property.value == "group" || property.value == "GROUP"))
            fail("is a group, not somebody");
    }
    /// Of family name, given name, additional names, prefixes and suffixes.
    static std::string full_name(std::vector<std::string> const& parts) {
        std::string name;
        for (std::size_t const i : {3U, 1U, 2U, 0U, 4U})
            if (i < parts.size() && !parts[i].empty()) name += (name.empty() ? "" : " ") + parts[i];
        return name;
    }
    /// "tel:+46-70-174;ext=5" → "+46-70-174".
    static std::string without_scheme(std::string value, std::string_view scheme) {
        auto const same = [](char a, char b) { return (a | 0x20) == b || a == b; };
        if (value.size() < scheme.size() ||
            !std::equal(scheme.begin(), scheme.end(), value.begin(), [&](char s, char v) { return same(v, s); }))
            return value;
        value.erase(0, scheme.size());
        return value.substr(0, value.find_first_of(";?"));
    }

    ContactCard card_;
    std::string structured_name_;
    bool versioned_ = false;
    std::optional<Error> problem_;
};

bool is_mark(std::string_view line, std::string_view mark) {
    auto const property = property_of(line);
    if (!property || property->name != mark) return false;
    std::string_view value = property->value;
    while (value.ends_with(' ')) value.remove_suffix(1);
    return std::ranges::equal(value, std::string_view{"vcard"}, {},
                              [](char c) { return static_cast<char>(c | 0x20); });
}

}  // namespace

std::vector<Result<ContactCard>> decode_vcards(std::string_view text, std::size_t most) {
    std::vector<Result<ContactCard>> cards;
    std::optional<Reading> open;
    bool astray = false;  // in lines that belong to no card
    auto const close = [&] {
        cards.push_back(std::move(*open).card());
        open.reset();
    };
    auto const abandon = [&] {
        if (!open) return;
        open->fail("has no end");
        close();
    };
    ContentLines lines{text};
    while (auto const line = lines.next()) {
        if (cards.size() > most) break;
        if (is_mark(*line, "BEGIN")) {
            abandon();
            open.emplace();
            astray = false;
        } else if (open && is_mark(*line, "END")) {
            close();
        } else if (open) {
            open->take(*line);
        } else if (!std::exchange(astray, true)) {
            cards.emplace_back(no_card);
        }
    }
    abandon();
    return cards;
}

std::string encode_vcard(ContactCard const& card) {
    std::string text = "BEGIN:VCARD\r\nVERSION:4.0\r\n";
    if (!card.source_id.empty()) text += folded("UID:" + escaped(card.source_id));
    text += folded("FN:" + escaped(card.name));
    if (!card.company.empty()) text += folded("ORG:" + escaped(card.company));
    for (std::string const& number : card.phone_numbers) text += folded("TEL:" + escaped(number));
    for (std::string const& email : card.emails) text += folded("EMAIL:" + escaped(email));
    return text + "END:VCARD\r\n";
}

std::string vcard_of(std::string_view sealed_form) {
    return encode_vcard(decode_card(sealed_form));
}

}  // namespace samtal::contacts
