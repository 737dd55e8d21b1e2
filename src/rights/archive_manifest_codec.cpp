#include "archive_manifest.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace samtal::rights {

using nlohmann::ordered_json;

namespace {

constexpr int schema_version = 1;

ordered_json reasons(std::vector<Withheld> const& withheld, char const* name) {
    ordered_json all = ordered_json::array();
    for (Withheld const& w : withheld) all.push_back({{name, w.name}, {"reason", w.reason}});
    return all;
}

}  // namespace

std::string encode_manifest(ArchivePlan const& plan, View view, Timestamp made,
                            std::vector<ZippedFile> const& files) {
    ordered_json listed = ordered_json::array();
    for (ZippedFile const& file : files) {
        ordered_json entry{
            {"path", file.path}, {"sha256", file.sha256}, {"bytes", file.bytes}, {"rows", file.rows}};
        auto const table = std::ranges::find_if(
            plan.tables, [&file](ArchiveTable const& t) { return file.path.starts_with("data/" + t.name + "."); });
        if (table != plan.tables.end()) entry["withheld"] = reasons(table->withheld, "field");
        listed.push_back(std::move(entry));
    }
    return ordered_json{{"schema_version", schema_version},
                        {"created_at", rfc3339(made)},
                        {"view", view == View::access ? "access" : "portability"},
                        {"language", plan.language},
                        {"register_version", plan.in_force.version},
                        {"register_digest", plan.in_force.digest},
                        {"controller", plan.in_force.controller},
                        {"files", std::move(listed)},
                        {"withheld_tables", reasons(plan.tables_withheld, "table")}}
               .dump(2) +
           "\n";
}

}  // namespace samtal::rights
