#include "notice_text.hpp"

#include "samtal/core/html.hpp"
#include "samtal/register/record.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <map>
#include <set>

namespace samtal::consent {

using processing::PurposeEntry;
using processing::Recipient;
using processing::Register;

namespace {

/// The fixed sentences around what the register says.
using Phrases = std::map<std::string_view, std::string_view>;
Phrases const swedish{
    {"title", "Så behandlar {} dina personuppgifter"},
    {"controller", "Personuppgiftsansvarig är {}. Kontakt: {}. Dataskyddsombud: {}."},
    {"why", "Varför"},
    {"data", "Uppgifter"},
    {"basis", "Rättslig grund"},
    {"interest", "Det intresse vi väger mot ditt"},
    {"source", "Varifrån"},
    {"kept", "Sparas"},
    {"recipients", "Mottagare"},
    {"choice", "Ditt val"},
    {"no_data", "Inga uppgifter behandlas ännu"},
    {"opt_in",
     "Avstängt tills du säger ja. Du kan när som helst återkalla, lika enkelt som du sa ja, och tjänsten fungerar "
     "lika bra utan."},
    {"object", "Uppgifterna uppstår när du använder tjänsten. Du kan när som helst invända."},
    {"contract", "Behövs för tjänsten. Utan dessa uppgifter kan du inte använda den."},
    {"legal_obligation", "Krävs enligt lag. Du kan inte välja bort det."},
    {"transfer", "Överföring till andra länder"},
    {"inside", "Uppgifterna behandlas inom EES och förs inte över till något land utanför."},
    {"outside", "Utanför EES behandlas uppgifter av {}. Du kan få en kopia av skyddsåtgärderna av oss."},
    {"rights", "Dina rättigheter"},
    {"rights_text",
     "Du har rätt att få veta vilka uppgifter vi har om dig, få dem rättade, raderade eller begränsade, få ut dem "
     "i ett format som datorer läser, och invända mot behandling som vilar på ett berättigat intresse. Vi svarar "
     "inom en månad."},
    {"withdrawal", "Ett samtycke kan du återkalla när som helst. Det påverkar inte vad som gjorts innan."},
    {"automated", "Inga beslut om dig fattas automatiskt, och ingen profilering sker."},
    {"complaint", "Du kan klaga hos tillsynsmyndigheten: {}."},
};
Phrases const english{
    {"title", "How {} processes your personal data"},
    {"controller", "The controller is {}. Contact: {}. Data protection officer: {}."},
    {"why", "Why"},
    {"data", "Data"},
    {"basis", "Lawful basis"},
    {"interest", "The interest that we weigh against yours"},
    {"source", "Where from"},
    {"kept", "Kept"},
    {"recipients", "Recipients"},
    {"choice", "Your choice"},
    {"no_data", "No data is processed yet"},
    {"opt_in",
     "Off until you say yes. You may withdraw at any time, as easily as you agreed, and the service works as well "
     "without."},
    {"object", "The data comes into being when you use the service. You may object at any time."},
    {"contract", "Needed for the service. Without this data you cannot use it."},
    {"legal_obligation", "Required by law. You cannot opt out."},
    {"transfer", "Transfers to other countries"},
    {"inside", "The data is processed within the EEA and is not transferred to any country outside."},
    {"outside", "Outside the EEA data is processed by {}. You may have a copy of the safeguards from us."},
    {"rights", "Your rights"},
    {"rights_text",
     "You have the right to know what data we hold about you, to have it corrected, erased or restricted, to "
     "receive it in a machine-readable format, and to object to processing that rests on a legitimate interest. "
     "We answer "
     "within one month."},
    {"withdrawal", "You may withdraw a consent at any time. This does not affect what was done before."},
    {"automated", "No decisions about you are made automatically, and there is no profiling."},
    {"complaint", "You may complain to the supervisory authority: {}."},
};

/// Writes the same content twice: as HTML and as plain text.
class Page {
public:
    explicit Page(std::string_view language)
        : html_{fmt::format("<!doctype html>\n<html lang=\"{}\"><meta charset=\"utf-8\">\n", language)} {}

    void title(std::string const& text) {
        html_ += fmt::format("<title>{0}</title>\n<h1>{0}</h1>\n", escape_html(text));
        text_ += text + "\n\n";
    }
    void heading(std::string const& text) {
        html_ += fmt::format("<h2>{}</h2>\n", escape_html(text));
        text_ += text + "\n";
    }
    void paragraph(std::string const& text) {
        html_ += fmt::format("<p>{}</p>\n", escape_html(text));
        text_ += text + "\n\n";
    }
    void item(std::string_view name, std::string const& value) {
        html_ += fmt::format("<p><strong>{}:</strong> {}</p>\n", name, escape_html(value));
        text_ += fmt::format("  {}: {}\n", name, value);
    }
    void gap() { text_ += "\n"; }
    [[nodiscard]] Notices::Text finish() && { return {std::move(html_) + "</html>\n", std::move(text_)}; }

private:
    std::string html_;
    std::string text_;
};

template <class Ids, class Name>
std::string joined(Ids const& ids, Name name) {
    std::vector<std::string> names;
    for (auto const& id : ids) names.push_back(name(id));
    return fmt::format("{}", fmt::join(names, ", "));
}

std::string where(Recipient const& who, std::string const& language) {
    return fmt::format("{} ({}, {})", who.name.in(language), who.country,
                       processing::in_words(who.mechanism, language));
}

std::string_view choice_of(PurposeEntry const& p) {
    return p.choice == "none" ? p.basis : p.choice;
}

void write_purpose(Page& page, Register const& source, PurposeEntry const& p, std::string const& language,
                   Phrases const& say) {
    page.heading(p.title.in(language));
    page.item(say.at("why"), p.reason.in(language));
    std::string const data =
        joined(p.categories, [&](auto const& id) { return source.category(id).in(language); });
    page.item(say.at("data"), data.empty() ? std::string{say.at("no_data")} : data);
    if (!p.source.in(language).empty()) page.item(say.at("source"), p.source.in(language));
    page.item(say.at("basis"), fmt::format("{} ({})", processing::in_words(p.basis, language), p.law));
    if (!p.interest.in(language).empty()) page.item(say.at("interest"), p.interest.in(language));
    page.item(say.at("kept"), p.kept.in(language));
    page.item(say.at("recipients"),
              joined(source.reached_by(p), [&](auto const& id) { return where(source.recipient(id), language); }));
    page.item(say.at("choice"), std::string{say.at(choice_of(p))});
    page.gap();
}

void write_transfers(Page& page, Register const& source, std::string const& language, Phrases const& say) {
    std::set<std::string> outside;
    for (PurposeEntry const& p : source.purposes)
        for (std::string const& id : source.reached_by(p))
            if (source.recipient(id).mechanism != "eea") outside.insert(id);
    page.heading(std::string{say.at("transfer")});
    if (outside.empty()) return page.paragraph(std::string{say.at("inside")});
    page.paragraph(fmt::format(fmt::runtime(say.at("outside")), joined(outside, [&](auto const& id) {
                                   return where(source.recipient(id), language);
                               })));
}

}  // namespace

Notices::Text render_notice(Register const& source, Brand const& brand, std::string const& language) {
    Phrases const& say = language == "sv" ? swedish : english;
    Page page{language};
    page.title(fmt::format(fmt::runtime(say.at("title")), brand.name));
    page.paragraph(fmt::format(fmt::runtime(say.at("controller")), source.controller, source.contact, source.dpo));
    for (PurposeEntry const& purpose : source.purposes) write_purpose(page, source, purpose, language, say);
    write_transfers(page, source, language, say);
    page.heading(std::string{say.at("rights")});
    for (char const* const text : {"rights_text", "withdrawal", "automated"})
        page.paragraph(std::string{say.at(text)});
    page.paragraph(fmt::format(fmt::runtime(say.at("complaint")), source.authority));
    return std::move(page).finish();
}

}  // namespace samtal::consent
