#include "samtal/register/record.hpp"

#include "record_rows.hpp"

#include <fmt/format.h>

namespace samtal::processing {

namespace {

/// RFC 4180, and no spreadsheet takes it for a formula.
std::string cell(std::string_view text) {
    std::string quoted = "\"";
    if (!text.empty() && std::string_view{"=+-@\t\r"}.find(text.front()) != std::string_view::npos) quoted += '\'';
    for (char const c : text) {
        if (c == '"') quoted += '"';
        quoted += c;
    }
    return quoted + "\"";
}

std::string csv(Register const& r, std::string_view language) {
    auto const common = controller_rows(r, language);
    std::string out;
    auto const line = [&](std::vector<Row> own, std::string Row::* part) {
        own.insert(own.end(), common.begin(), common.end());
        for (Row const& row : own) out += (&row == &own.front() ? "" : ",") + cell(row.*part);
        out += "\r\n";
    };
    for (PurposeEntry const& p : r.purposes) {
        auto const rows = purpose_rows(r, p, language);
        if (out.empty()) line(rows, &Row::first);
        line(rows, &Row::second);
    }
    return out;
}

/// Characters that would be markup stand for themselves.
std::string plain(std::string_view text) {
    std::string escaped;
    for (char const c : text) {
        if (std::string_view{"\\`*{}[]<>#|"}.find(c) != std::string_view::npos) escaped += '\\';
        escaped += c;
    }
    return escaped;
}

std::string list(std::vector<Row> const& rows) {
    std::string out;
    for (auto const& [label, value] : rows)
        if (!value.empty()) out += fmt::format("- **{}:** {}\n", label, plain(value));
    return out;
}

std::string markdown(Register const& r, std::string_view language) {
    bool const sv = language == "sv";
    std::string out = fmt::format(
        "# {}\n\n{}",
        sv ? "Register över behandlingar (GDPR art. 30)" : "Record of processing activities (GDPR Art. 30)",
        list(controller_rows(r, language)));
    for (PurposeEntry const& p : r.purposes) {
        auto rows = purpose_rows(r, p, language);
        out += fmt::format("\n## {}\n\n", plain(rows.front().second));
        rows.erase(rows.begin());
        rows.pop_back();  // the measures are the same for all, and stand at the end
        out += list(rows);
    }
    out += fmt::format("\n## {}\n\n", sv ? "Säkerhetsåtgärder" : "Security measures");
    for (Words const& measure : r.security) out += fmt::format("- {}\n", plain(measure.in(language)));
    return out;
}

}  // namespace

std::string record(Register const& r, RecordFormat format, std::string_view language) {
    if (format == RecordFormat::json) return record_json(r);
    return format == RecordFormat::csv ? csv(r, language) : markdown(r, language);
}

}  // namespace samtal::processing
