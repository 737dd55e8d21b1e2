#include "samtal/consent/notice.hpp"

#include "notice_text.hpp"

#include <algorithm>
#include <map>
#include <stdexcept>

namespace samtal::consent {

struct Notices::Edition {
    Edition(std::vector<Brand> const& brands, processing::Register const& source)
        : version{source.version}, digest{source.digest} {
        for (processing::PurposeEntry const& p : source.purposes)
            purposes.push_back({p.name, p.choice == "opt_in", p.off_by_gpc, p.terms_hash});
        for (Brand const& brand : brands)
            for (std::string const language : {"sv", "en"})
                texts.emplace(std::pair{brand.id, language}, render_notice(source, brand, language));
    }

    std::string version, digest;
    std::vector<PurposeText> purposes;
    std::map<std::pair<std::string, std::string>, Text> texts;  // brand, language
};

Notices::Notices(std::vector<Brand> brands, processing::Register const& source) : brands_{std::move(brands)} {
    if (brands_.empty()) throw std::runtime_error{"no brand is configured"};
    renew(source);
}

Notices::~Notices() = default;

void Notices::renew(processing::Register const& source) {
    auto next = std::make_shared<Edition const>(brands_, source);
    std::lock_guard const lock{mutex_};
    edition_ = std::move(next);
}

std::shared_ptr<Notices::Edition const> Notices::edition() const {
    std::lock_guard const lock{mutex_};
    return edition_;
}

std::optional<Notices::Text> Notices::text(std::string_view brand, std::string_view language) const {
    auto const known = std::ranges::find(brands_, brand, &Brand::id);
    std::string const& id = known == brands_.end() ? brands_.front().id : known->id;
    auto const now = edition();
    auto const found = now->texts.find({id, std::string{language}});
    if (found == now->texts.end()) return std::nullopt;
    return found->second;
}

std::string Notices::current_version() const {
    return edition()->version;
}

std::string Notices::register_digest() const {
    return edition()->digest;
}

std::vector<PurposeText> Notices::purposes() const {
    return edition()->purposes;
}

std::shared_ptr<PurposeText const> Notices::purpose(std::string_view name) const {
    auto const now = edition();
    auto const found = std::ranges::find(now->purposes, name, &PurposeText::name);
    return found == now->purposes.end() ? nullptr : std::shared_ptr<PurposeText const>{now, &*found};
}

bool Notices::is_opt_in(std::string_view name) const {
    auto const found = purpose(name);
    return found != nullptr && found->opt_in;
}

std::string Notices::terms_hash(std::string_view name) const {
    auto const found = purpose(name);
    return found == nullptr ? std::string{} : found->terms_hash;
}

}  // namespace samtal::consent
