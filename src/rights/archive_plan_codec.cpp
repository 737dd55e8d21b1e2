#include "archive_plan.hpp"

#include <nlohmann/json.hpp>

#include <fmt/format.h>

#include <map>

namespace samtal::rights {

using nlohmann::json;

namespace {

std::string text(json const& source, char const* key) {
    return source.at(key).get<std::string>();
}

ColumnKind kind_of(std::string_view name) {
    if (name == "cipher") return ColumnKind::cipher;
    if (name == "cipher_json") return ColumnKind::cipher_json;
    return name == "hex" ? ColumnKind::hex : ColumnKind::plain;
}

std::string basis_name(std::string const& basis, bool swedish) {
    static std::map<std::string, std::pair<char const*, char const*>> const names{
        {"consent", {"Samtycke", "Consent"}},
        {"contract", {"Avtal", "Contract"}},
        {"legal_obligation", {"Rättslig förpliktelse", "Legal obligation"}},
        {"legitimate_interest", {"Berättigat intresse", "Legitimate interest"}}};
    auto const& [sv, en] = names.at(basis);
    return swedish ? sv : en;
}

/// The texts of `ids` in one of the source's tables.
std::string joined(json const& ids, json const& table, char const* key) {
    std::string all;
    for (json const& id : ids) {
        if (!all.empty()) all += ", ";
        all += text(table.at(id.get<std::string>()), key);
    }
    return all;
}

std::string label_of(std::string const& column, json const& labels, char const* language) {
    auto const known = labels.find(column);
    return known == labels.end() ? column : text(*known, language);
}

ArchiveTable table_of(json const& one, json const& exported, View view, char const* language) {
    json const& reasons = exported.at("reasons");
    json const& labels = exported.at("labels");
    ArchiveTable table{text(one, "name"), text(one.at("title"), language), text(one, "sealed_in"), {}, {}};
    for (json const& column : one.at("columns"))
        if (view == View::access || column.at("portable").get<bool>())
            table.columns.push_back({text(column, "name"), kind_of(text(column, "kind")),
                                     label_of(text(column, "name"), labels, language)});
    for (auto const& [column, reason] : one.at("withheld").items())
        table.withheld.push_back(
            {column, label_of(column, labels, language), text(reasons.at(reason.get<std::string>()), language)});
    return table;
}

PurposeEntry purpose_of(json const& one, json const& source, char const* language) {
    std::string const basis = basis_name(text(one, "basis"), std::string_view{language} == "sv");
    return {text(one.at("title"), language),
            text(one.at("reason"), language),
            fmt::format("{} ({})", basis, text(one, "law")),
            joined(one.at("categories"), source.at("categories"), language),
            joined(one.at("recipients"), source.at("recipients"), "name"),
            text(one.at("kept"), language)};
}

}  // namespace

ArchivePlan archive_plan(std::string_view register_texts, View view, std::string const& language) {
    json const source = json::parse(register_texts);
    json const& exported = source.at("export");
    json const& labels = exported.at("labels");
    ArchivePlan plan{language,
                     text(source, "version"),
                     text(source, "controller"),
                     text(source, "contact"),
                     text(source, "authority"),
                     {},
                     {},
                     {},
                     {}};
    for (json const& one : exported.at("tables")) {
        ArchiveTable table = table_of(one, exported, view, language.c_str());
        if (one.at("columns").empty())
            plan.tables_withheld.push_back({table.name, table.title, table.withheld.front().reason});
        else if (!table.columns.empty())
            plan.tables.push_back(std::move(table));
    }
    for (json const& one : source.at("purposes"))
        plan.purposes.push_back(purpose_of(one, source, language.c_str()));
    for (json const& one : source.at("recipients"))
        plan.recipients.push_back({text(one, "name"), label_of(text(one, "role"), labels, language.c_str()),
                                   text(one, "country"),
                                   label_of(text(one, "mechanism"), labels, language.c_str())});
    return plan;
}

}  // namespace samtal::rights
