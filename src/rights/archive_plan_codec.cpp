#include "archive_plan.hpp"
#include "samtal/core/register_texts.hpp"

#include <nlohmann/json.hpp>

namespace samtal::rights {

using nlohmann::json;

namespace {

std::string text(json const& source, char const* key) {
    return source.at(key).get<std::string>();
}

ColumnKind kind_of(std::string_view name) {
    if (name == "cipher") return ColumnKind::cipher;
    if (name == "cipher_json") return ColumnKind::cipher_json;
    if (name == "cipher_wav") return ColumnKind::cipher_wav;
    if (name == "document") return ColumnKind::document;
    return name == "hex" ? ColumnKind::hex : ColumnKind::plain;
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

}  // namespace

ArchivePlan archive_plan(processing::Register in_force, View view, std::string const& language) {
    json const exported = json::parse(register_exports);
    ArchivePlan plan{language, std::move(in_force), {}, {}};
    for (json const& one : exported.at("tables")) {
        ArchiveTable table = table_of(one, exported, view, language.c_str());
        if (one.at("columns").empty())
            plan.tables_withheld.push_back({table.name, table.title, table.withheld.front().reason});
        else if (!table.columns.empty())
            plan.tables.push_back(std::move(table));
    }
    return plan;
}

}  // namespace samtal::rights
