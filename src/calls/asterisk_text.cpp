#include "asterisk_text.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <utility>

namespace samtal::calls {

namespace {

using Field = std::string AsteriskCdr::*;

// Names of CDR(), then of AMI's event.
constexpr std::array<std::pair<std::string_view, Field>, 15> names{{{"src", &AsteriskCdr::src},
                                                                    {"dst", &AsteriskCdr::dst},
                                                                    {"start", &AsteriskCdr::start},
                                                                    {"answer", &AsteriskCdr::answer},
                                                                    {"end", &AsteriskCdr::end},
                                                                    {"disposition", &AsteriskCdr::disposition},
                                                                    {"uniqueid", &AsteriskCdr::uniqueid},
                                                                    {"linkedid", &AsteriskCdr::linkedid},
                                                                    {"sequence", &AsteriskCdr::sequence},
                                                                    {"source", &AsteriskCdr::src},
                                                                    {"destination", &AsteriskCdr::dst},
                                                                    {"starttime", &AsteriskCdr::start},
                                                                    {"answertime", &AsteriskCdr::answer},
                                                                    {"endtime", &AsteriskCdr::end},
                                                                    {"calldate", &AsteriskCdr::start}}};

struct Column {
    std::size_t place;
    Field field;
};
constexpr std::array<Column, 9> of_cdr_csv{{{1, &AsteriskCdr::src},
                                            {2, &AsteriskCdr::dst},
                                            {9, &AsteriskCdr::start},
                                            {10, &AsteriskCdr::answer},
                                            {11, &AsteriskCdr::end},
                                            {14, &AsteriskCdr::disposition},
                                            {16, &AsteriskCdr::uniqueid},
                                            {19, &AsteriskCdr::linkedid},
                                            {20, &AsteriskCdr::sequence}}};
constexpr std::array<Column, 8> of_cdr_custom{{{1, &AsteriskCdr::src},
                                               {2, &AsteriskCdr::dst},
                                               {8, &AsteriskCdr::start},
                                               {9, &AsteriskCdr::answer},
                                               {10, &AsteriskCdr::end},
                                               {13, &AsteriskCdr::disposition},
                                               {16, &AsteriskCdr::uniqueid},
                                               {18, &AsteriskCdr::sequence}}};

std::span<Column const> layout_of(std::size_t columns) {
    if (columns == 17 || columns == 18 || columns == 21) return of_cdr_csv;
    if (columns == 19) return of_cdr_custom;
    return {};
}

/// One row of RFC 4180, taken off the text: quoted fields may hold commas, doubled quotes and line ends.
std::vector<std::string> take_row(std::string_view& text) {
    std::vector<std::string> row(1);
    bool quoted = false;
    std::size_t i = 0;
    for (; i < text.size(); ++i) {
        char const c = text[i];
        if (quoted && c == '"' && i + 1 < text.size() && text[i + 1] == '"')
            row.back().push_back(text[++i]);
        else if (c == '"')
            quoted = !quoted;
        else if (!quoted && c == ',')
            row.emplace_back();
        else if (!quoted && c == '\n')
            break;
        else if (quoted || c != '\r')
            row.back().push_back(c);
    }
    text.remove_prefix(std::min(text.size(), i + 1));
    return row;
}

std::string_view take_line(std::string_view& text) {
    std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    if (line.ends_with('\r')) line.remove_suffix(1);
    return line;
}

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
}

bool same_name(std::string_view a, std::string_view b) {
    return std::ranges::equal(a, b, {}, lower, lower);
}

}  // namespace

void AsteriskCdr::set(std::string_view name, std::string_view value) {
    for (auto const& [known, field] : names)
        if (same_name(known, name)) this->*field = value;
}

std::vector<AsteriskCdr> asterisk_csv(std::string_view text) {
    std::vector<AsteriskCdr> records;
    while (!text.empty()) {
        auto const row = take_row(text);
        if (row.size() == 1 && row.front().empty()) continue;  // an empty line
        AsteriskCdr& record = records.emplace_back();
        for (auto const& [place, field] : layout_of(row.size()))
            if (place < row.size()) record.*field = row[place];
    }
    return records;
}

std::vector<AsteriskCdr> asterisk_events(std::string_view text) {
    std::vector<AsteriskCdr> records;
    bool wanted = false;
    while (!text.empty()) {
        auto const line = take_line(text);
        auto const colon = line.find(':');
        if (line.empty()) wanted = false;  // the event ends
        if (colon == std::string_view::npos) continue;
        std::string_view value = line.substr(colon + 1);
        if (value.starts_with(' ')) value.remove_prefix(1);
        if (same_name(line.substr(0, colon), "event")) {
            wanted = same_name(value, "cdr");
            if (wanted) records.emplace_back();
        } else if (wanted) {
            records.back().set(line.substr(0, colon), value);
        }
    }
    return records;
}

}  // namespace samtal::calls
