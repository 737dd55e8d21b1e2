#include "history_codec.hpp"
#include "samtal/core/csv.hpp"

#include <array>

namespace samtal::calls {

namespace {

constexpr std::size_t columns = 13;
using Cells = std::array<std::optional<std::string>, columns>;

std::string line_of(HistoryPermit const& permit, HistoryItem const& item) {
    using std::chrono::floor;
    using std::chrono::seconds;
    auto const& [started, answered, ended, clock_off] = item.times.open(permit);
    std::optional<std::string> own = item.own_number.open(permit);
    std::optional<std::string> other;
    if (item.counterpart) other = item.counterpart->open(permit);
    std::optional<std::string> name;
    if (item.colleague) name = item.colleague->open(permit).name;
    bool const outgoing = item.direction == Direction::outgoing;
    std::optional<std::string> note;
    if (item.note) note = item.note->open(permit);
    Cells const cells{rfc3339(started),
                      std::string{name_of(item.direction)},
                      outgoing ? own : other,
                      outgoing ? std::nullopt : name,
                      outgoing ? other : own,
                      outgoing ? name : std::nullopt,
                      std::string{name_of(item.outcome)},
                      std::to_string(floor<seconds>(ended - started).count()),
                      std::to_string(answered ? floor<seconds>(ended - *answered).count() : 0),
                      std::string{name_of(item.stage)},
                      std::move(note),
                      std::string{clock_off ? "true" : "false"},
                      item.id.text()};
    return csv_line(cells);
}

}  // namespace

std::string csv_head() {
    Cells const names{"started_at", "direction", "caller", "caller_name", "callee",    "callee_name", "outcome",
                      "duration_s", "talk_s",    "stage",  "note",        "clock_off", "call_id"};
    return csv_line(names);
}

std::string encode_csv(HistoryPermit const& permit, HistoryPage const& page) {
    std::string lines;
    for (HistoryItem const& item : page.items) lines += line_of(permit, item);
    return lines;
}

std::string link_to_next(TableOfCalls const& table, CallPosition const& next) {
    std::string query;
    constexpr std::string_view digits = "0123456789ABCDEF";
    for (char const c : table.query) {  // as it came, but for what would end the address
        bool const ends = c == '<' || c == '>' || c == '"' || c == '\\' || c == ' ';
        auto const byte = static_cast<unsigned char>(c);
        if (ends)
            query.append("%").append(1, digits[byte >> 4U]).append(1, digits[byte & 0x0fU]);
        else
            query.push_back(c);
    }
    query.append(query.empty() ? "" : "&").append("cursor=").append(encode_cursor(next));
    return "</v1/calls.csv?" + query + ">; rel=\"next\"";
}

}  // namespace samtal::calls
