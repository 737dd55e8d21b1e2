#include "samtal/core/csv.hpp"

#include <string_view>

namespace samtal {

namespace {

void append_cell(std::string& line, std::string_view cell) {
    bool const formula =
        !cell.empty() && std::string_view{"=+-@\t\r\n"}.find(cell.front()) != std::string_view::npos;
    if (cell.find_first_of(",\"\r\n") == std::string_view::npos) {
        line.append(formula ? "'" : "").append(cell);
        return;
    }
    line.append(formula ? "\"'" : "\"");
    for (char const c : cell) line.append(c == '"' ? 2 : 1, c);
    line.push_back('"');
}

}  // namespace

std::string csv_line(std::span<std::optional<std::string> const> cells) {
    std::string line;
    for (auto const& cell : cells) {
        if (&cell != cells.data()) line.push_back(',');
        if (cell) append_cell(line, *cell);
    }
    return line.append("\r\n");
}

}  // namespace samtal
