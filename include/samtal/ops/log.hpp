#pragma once

#include <string>
#include <string_view>

#include <fmt/format.h>

namespace samtal::ops {

/// One JSON object a line on standard error. Keys and messages are literals; values are numbers, ids of things
/// that are no people, names from the source. Personal data has no formatter that prints it, and must not be
/// passed as text.
enum class Level { debug, info, warning, error };

/// Once, before the first line. "debug", "info", "warning" or "error"; false for another word.
bool start_log(std::string_view service, std::string_view level);
void set_log_level(std::string_view level);

/// {"at":…,"level":…,"service":…,"event":"database.gone", <fields>}. `fields` is a JSON fragment made by field().
void write_log(Level, std::string_view event, std::string const& fields = {});

/// "name":value. Strings are escaped, so that one event stays one line.
[[nodiscard]] std::string field(std::string_view name, std::string_view value);
template <class Number>
    requires std::is_arithmetic_v<Number>
[[nodiscard]] std::string field(std::string_view name, Number value) {
    return fmt::format("\"{}\":{}", name, value);
}
template <class... Fields>
[[nodiscard]] std::string fields(Fields const&... all) {
    std::string text;
    ((text += (text.empty() ? "" : ",") + std::string{all}), ...);
    return text;
}

}  // namespace samtal::ops
