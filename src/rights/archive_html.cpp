#include "archive_html.hpp"
#include "samtal/core/html.hpp"
#include "samtal/register/record.hpp"

#include <fmt/format.h>

#include <initializer_list>
#include <string_view>

namespace samtal::rights {

namespace {

/// The fixed sentences around what the register says.
struct Phrases {
    std::string_view access_title, portability_title, made, controller, rights;
    std::string_view purposes, purpose, why, basis, data, recipients, kept;
    std::string_view recipient, role, country, mechanism;
    std::string_view your_data, files, nothing, withheld;
};
constexpr Phrases swedish{"Dina personuppgifter (registerutdrag, GDPR artikel 15)",
                          "Dina uppgifter att ta med (dataportabilitet, GDPR artikel 20)",
                          "Skapat {} enligt registerversion {}.",
                          "Personuppgiftsansvarig är {}. Kontakt: {}.",
                          "Du har rätt att få uppgifter rättade, raderade eller begränsade, att invända mot "
                          "behandling, att återkalla ett samtycke och "
                          "att klaga hos {}. Inga beslut om dig fattas automatiskt.",
                          "Varför uppgifterna behandlas",
                          "Ändamål",
                          "Varför",
                          "Rättslig grund",
                          "Uppgifter",
                          "Mottagare",
                          "Sparas",
                          "Mottagare",
                          "Roll",
                          "Land",
                          "Överföringsgrund",
                          "Dina uppgifter",
                          "Samma uppgifter finns för datorer i mappen data, som JSON och CSV. manifest.json "
                          "räknar upp filerna. Tider är i UTC.",
                          "Inga uppgifter.",
                          "Lämnas inte ut"};
constexpr Phrases english{"Your personal data (access, GDPR Article 15)",
                          "Your data to take along (portability, GDPR Article 20)",
                          "Made {} from register version {}.",
                          "The controller is {}. Contact: {}.",
                          "You have the right to have data corrected, erased or restricted, to object to "
                          "processing, to withdraw a consent, and to "
                          "complain to {}. No decisions about you are made automatically.",
                          "Why the data is processed",
                          "Purpose",
                          "Why",
                          "Lawful basis",
                          "Data",
                          "Recipients",
                          "Kept",
                          "Recipient",
                          "Role",
                          "Country",
                          "Transfer mechanism",
                          "Your data",
                          "The same data is in the folder data for computers, as JSON and CSV. manifest.json "
                          "lists the files. Times are in UTC.",
                          "No data.",
                          "Withheld"};

constexpr std::string_view style =
    "body{font:16px/1.5 sans-serif;margin:2em auto;max-width:72em;padding:0 1em}"
    "table{border-collapse:collapse;display:block;overflow-x:auto}"
    "th,td{border:1px solid #999;padding:.25em .5em;text-align:left;vertical-align:top;white-space:pre-wrap}"
    "th{background:#eee}";

Phrases const& phrases(ArchivePlan const& plan) {
    return plan.language == "sv" ? swedish : english;
}

std::string line(std::string_view tag, std::initializer_list<std::string_view> cells) {
    std::string html = "<tr>";
    for (std::string_view const cell : cells) html += fmt::format("<{0}>{1}</{0}>", tag, escape_html(cell));
    return html + "</tr>\n";
}

std::string element(std::string_view tag, std::string_view text) {
    return fmt::format("<{0}>{1}</{0}>\n", tag, escape_html(text));
}

std::string joined(std::vector<std::string> const& ids, auto const& name_of) {
    std::string all;
    for (std::string const& id : ids) all += (all.empty() ? "" : ", ") + std::string{name_of(id)};
    return all;
}

std::string purposes_of(ArchivePlan const& plan, Phrases const& say) {
    processing::Register const& r = plan.in_force;
    std::string_view const language = plan.language;
    std::string html = element("h2", say.purposes) + "<table>\n";
    html += line("th", {say.purpose, say.why, say.basis, say.data, say.recipients, say.kept});
    for (processing::PurposeEntry const& p : r.purposes)
        html +=
            line("td", {p.title.in(language), p.reason.in(language),
                        fmt::format("{} ({})", processing::in_words(p.basis, language), p.law),
                        joined(p.categories, [&](auto const& id) { return r.category(id).in(language); }),
                        joined(p.recipients, [&](auto const& id) { return r.recipient(id).name.in(language); }),
                        p.kept.in(language)});
    html += "</table>\n" + element("h2", say.recipients) + "<table>\n";
    html += line("th", {say.recipient, say.role, say.country, say.mechanism});
    for (processing::Recipient const& to : r.recipients)
        html += line("td", {to.name.in(language), processing::in_words(to.role, language), to.country,
                            processing::in_words(to.mechanism, language)});
    return html + "</table>\n";
}

}  // namespace

std::string html_head(ArchivePlan const& plan, View view, Timestamp made) {
    Phrases const& say = phrases(plan);
    std::string_view const title = view == View::access ? say.access_title : say.portability_title;
    std::string html = fmt::format(
        "<!doctype html>\n<html lang=\"{}\">\n<meta charset=\"utf-8\">\n<meta "
        "http-equiv=\"Content-Security-Policy\" "
        "content=\"default-src 'none'; style-src 'unsafe-inline'\">\n<title>{}</title>\n<style>{}</style>\n",
        escape_html(plan.language), escape_html(title), style);
    html += element("h1", title);
    html += element("p", fmt::format(fmt::runtime(say.made), rfc3339(made), plan.in_force.version));
    html +=
        element("p", fmt::format(fmt::runtime(say.controller), plan.in_force.controller, plan.in_force.contact));
    html += element("p", fmt::format(fmt::runtime(say.rights), plan.in_force.authority));
    html += purposes_of(plan, say);
    return html + element("h2", say.your_data) + element("p", say.files);
}

std::string html_table(ArchiveTable const& table) {
    std::string html = element("h3", table.title) + "<table>\n<tr>";
    for (ArchiveColumn const& column : table.columns)
        html += fmt::format("<th>{}</th>", escape_html(column.label));
    return html + "</tr>\n";
}

std::string html_row(ArchiveRow const& row) {
    std::string html = "<tr>";
    for (auto const& cell : row.cells) html += "<td>" + (cell ? escape_html(*cell) : std::string{}) + "</td>";
    return html + "</tr>\n";
}

std::string html_table_end(ArchivePlan const& plan, ArchiveTable const& table, std::uint64_t rows) {
    Phrases const& say = phrases(plan);
    std::string html = "</table>\n";
    if (rows == 0) html += element("p", say.nothing);
    for (Withheld const& w : table.withheld)
        html += element("p", fmt::format("{}: {}. {}", say.withheld, w.label, w.reason));
    return html;
}

std::string html_foot(ArchivePlan const& plan) {
    std::string html;
    for (Withheld const& w : plan.tables_withheld)
        html += element("p", fmt::format("{}: {}. {}", phrases(plan).withheld, w.label, w.reason));
    return html + "</html>\n";
}

}  // namespace samtal::rights
