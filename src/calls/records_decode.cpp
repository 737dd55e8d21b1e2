#include "records_decode.hpp"

#include "switch_text.hpp"

#include <nlohmann/json.hpp>

namespace samtal::calls {

namespace {

using gateway::Input;
using nlohmann::json;

constexpr gateway::JsonLeniency lenient{.nul = true};  // the reader refuses it, in its record alone

Result<Input> as_record(Result<Input> const& parsed) {
    if (parsed && !(*parsed)->is_object()) return Error{Errc::invalid, "must be an object"};
    return parsed;
}

JsonRecords elements(Input const& array) {
    JsonRecords found;
    for (json const& element : *array) found.records.push_back(as_record(Input{array, &element}));
    return found;
}

JsonRecords lines(std::string_view text) {
    JsonRecords found;
    while (!text.empty()) {
        std::string_view const line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(text.size(), line.size() + 1));
        if (line.find_first_not_of(" \t\r") == std::string_view::npos) continue;
        found.records.push_back(as_record(gateway::parse_json(line, lenient)));
    }
    return found;
}

}  // namespace

Result<JsonRecords> json_records(std::string_view body) {
    std::string const text = in_utf8(std::string{body});
    auto const whole = gateway::parse_json(text, lenient);
    if (whole && (*whole)->is_array()) return elements(*whole);
    if (whole && (*whole)->is_object()) return JsonRecords{{*whole}, true};
    if (whole || text.find('\n') == std::string::npos) return Error{Errc::invalid, "must be records in JSON"};
    return lines(text);
}

}  // namespace samtal::calls
