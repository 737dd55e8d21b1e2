#include "samtal/consent/notice.hpp"
#include "samtal/core/register_texts.hpp"

#include "notice_text.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <stdexcept>

namespace samtal::consent {

using nlohmann::json;

namespace {

std::string from_hex(std::string const& hex) {
    std::string bytes;
    for (std::size_t i = 0; i + 1 < hex.size(); i += 2)
        bytes.push_back(static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16)));
    return bytes;
}

}  // namespace

Notices::Notices(std::vector<Brand> brands) : brands_{std::move(brands)} {
    if (brands_.empty()) throw std::runtime_error{"no brand is configured"};
    json const source = json::parse(register_texts);
    version_ = source.at("version").get<std::string>();
    controller_ = source.at("controller").get<std::string>();
    for (json const& p : source.at("purposes"))
        purposes_.push_back({p.at("name").get<std::string>(), p.at("choice") == "opt_in",
                             p.at("off_by_gpc").get<bool>(), p.at("minimum_age").get<std::int64_t>(),
                             from_hex(p.at("terms_hash").get<std::string>())});
    for (Brand const& brand : brands_)
        for (std::string const language : {"sv", "en"})
            texts_.emplace(std::pair{brand.id, language}, render_notice(source, brand, language));
}

std::optional<Notices::Text> Notices::text(std::string_view brand, std::string_view language) const {
    auto const known = std::ranges::find(brands_, brand, &Brand::id);
    std::string const& id = known == brands_.end() ? brands_.front().id : known->id;
    auto const found = texts_.find({id, std::string{language}});
    if (found == texts_.end()) return std::nullopt;
    return found->second;
}

PurposeText const* Notices::purpose(std::string_view name) const noexcept {
    auto const found = std::ranges::find(purposes_, name, &PurposeText::name);
    return found == purposes_.end() ? nullptr : &*found;
}

bool Notices::is_opt_in(std::string_view name) const noexcept {
    PurposeText const* const found = purpose(name);
    return found != nullptr && found->opt_in;
}

std::string Notices::terms_hash(std::string_view name) const {
    PurposeText const* const found = purpose(name);
    return found == nullptr ? std::string{} : found->terms_hash;
}

}  // namespace samtal::consent
