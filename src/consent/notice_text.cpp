#include "notice_text.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <map>

namespace samtal::consent {

using nlohmann::json;

namespace {

/// The fixed sentences around what the register says.
using Phrases = std::map<std::string_view, std::string_view>;
Phrases const swedish{
    {"title", "Så behandlar {} dina personuppgifter"},
    {"controller", "Personuppgiftsansvarig är {}. Kontakt, även för dataskyddsfrågor: {}."},
    {"why", "Varför"},
    {"data", "Uppgifter"},
    {"basis", "Rättslig grund"},
    {"kept", "Sparas"},
    {"recipients", "Mottagare"},
    {"choice", "Ditt val"},
    {"none", "Inga uppgifter behandlas ännu"},
    {"opt_in",
     "Avstängt tills du säger ja. Du kan när som helst återkalla, lika enkelt som du sa ja, och tjänsten fungerar "
     "lika bra utan."},
    {"object", "Du kan när som helst invända."},
    {"needed", "Behövs för tjänsten. Utan dessa uppgifter kan du inte använda den."},
    {"rights", "Dina rättigheter"},
    {"rights_text",
     "Du har rätt att få veta vilka uppgifter vi har om dig, få dem rättade, raderade eller begränsade, få ut dem "
     "i ett format som datorer läser, invända, och återkalla ett samtycke utan att det påverkar vad som gjorts "
     "innan. Vi svarar inom en månad. Inga beslut om dig fattas automatiskt. Du kan klaga hos {}."},
    {"transfer", "Uppgifterna behandlas inom EES."},
};
Phrases const english{
    {"title", "How {} processes your personal data"},
    {"controller", "The controller is {}. Contact, also for data protection: {}."},
    {"why", "Why"},
    {"data", "Data"},
    {"basis", "Lawful basis"},
    {"kept", "Kept"},
    {"recipients", "Recipients"},
    {"choice", "Your choice"},
    {"none", "No data is processed yet"},
    {"opt_in",
     "Off until you say yes. You may withdraw at any time, as easily as you agreed, and the service works as well "
     "without."},
    {"object", "You may object at any time."},
    {"needed", "Needed for the service. Without this data you cannot use it."},
    {"rights", "Your rights"},
    {"rights_text",
     "You have the right to know what data we hold about you, to have it corrected, erased or restricted, to "
     "receive it in a machine-readable format, to object, and to withdraw a consent without affecting what was "
     "done before. We answer within one month. No decisions about you are made automatically. You may "
     "complain to {}."},
    {"transfer", "The data is processed within the EEA."},
};

std::string escaped(std::string_view text) {
    std::string html;
    for (char const c : text) {
        if (c == '&')
            html += "&amp;";
        else if (c == '<')
            html += "&lt;";
        else if (c == '>')
            html += "&gt;";
        else if (c == '"')
            html += "&quot;";
        else
            html.push_back(c);
    }
    return html;
}

/// Writes the same content twice: as HTML and as plain text.
class Page {
public:
    explicit Page(std::string_view language)
        : html_{fmt::format("<!doctype html>\n<html lang=\"{}\"><meta charset=\"utf-8\">\n", language)} {}

    void title(std::string const& text) {
        html_ += fmt::format("<title>{0}</title>\n<h1>{0}</h1>\n", escaped(text));
        text_ += text + "\n\n";
    }
    void heading(std::string const& text) {
        html_ += fmt::format("<h2>{}</h2>\n", escaped(text));
        text_ += text + "\n";
    }
    void paragraph(std::string const& text) {
        html_ += fmt::format("<p>{}</p>\n", escaped(text));
        text_ += text + "\n\n";
    }
    void item(std::string_view name, std::string const& value) {
        html_ += fmt::format("<p><strong>{}:</strong> {}</p>\n", name, escaped(value));
        text_ += fmt::format("  {}: {}\n", name, value);
    }
    void gap() { text_ += "\n"; }
    [[nodiscard]] Notices::Text finish() && { return {std::move(html_) + "</html>\n", std::move(text_)}; }

private:
    std::string html_;
    std::string text_;
};

std::string joined(json const& source, json const& ids, std::string_view table, std::string const& key) {
    std::string text;
    for (json const& id : ids) {
        if (!text.empty()) text += ", ";
        text += source.at(table).at(id.get<std::string>()).at(key).get<std::string>();
    }
    return text;
}

void write_purpose(Page& page, json const& source, json const& purpose, std::string const& language,
                   Phrases const& say) {
    auto const in_language = [&](char const* key) { return purpose.at(key).at(language).get<std::string>(); };
    page.heading(in_language("title"));
    page.item(say.at("why"), in_language("reason"));
    std::string const data = joined(source, purpose.at("categories"), "categories", language);
    page.item(say.at("data"), data.empty() ? std::string{say.at("none")} : data);
    page.item(say.at("basis"), purpose.at("law").get<std::string>());
    page.item(say.at("kept"), in_language("kept"));
    page.item(say.at("recipients"), joined(source, purpose.at("recipients"), "recipients", "name"));
    auto const choice = purpose.at("choice").get<std::string>();
    page.item(say.at("choice"), std::string{say.at(choice == "none" ? "needed" : choice)});
    page.gap();
}

}  // namespace

Notices::Text render_notice(json const& source, Brand const& brand, std::string const& language) {
    Phrases const& say = language == "sv" ? swedish : english;
    Page page{language};
    page.title(fmt::format(fmt::runtime(say.at("title")), brand.name));
    page.paragraph(fmt::format(fmt::runtime(say.at("controller")), source.at("controller").get<std::string>(),
                               source.at("contact").get<std::string>()));
    for (json const& purpose : source.at("purposes")) write_purpose(page, source, purpose, language, say);
    page.paragraph(std::string{say.at("transfer")});
    page.heading(std::string{say.at("rights")});
    page.paragraph(fmt::format(fmt::runtime(say.at("rights_text")), source.at("authority").get<std::string>()));
    return std::move(page).finish();
}

}  // namespace samtal::consent
