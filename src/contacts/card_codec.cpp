#include "card_codec.hpp"

#include <nlohmann/json.hpp>

namespace samtal::contacts {

std::string encode_card(ContactCard const& card) {
    nlohmann::ordered_json text{{"name", card.name}};
    if (!card.company.empty()) text["company"] = card.company;
    if (!card.phone_numbers.empty()) text["phone_numbers"] = card.phone_numbers;
    if (!card.emails.empty()) text["emails"] = card.emails;
    if (!card.source_id.empty()) text["source_id"] = card.source_id;
    return text.dump();
}

ContactCard decode_card(std::string_view sealed_form) {
    auto const text = nlohmann::json::parse(sealed_form);
    using Texts = std::vector<std::string>;
    return {text.at("name").get<std::string>(), text.value("company", std::string{}),
            text.value("phone_numbers", Texts{}), text.value("emails", Texts{}),
            text.value("source_id", std::string{})};
}

}  // namespace samtal::contacts
