#pragma once

#include "call_history.hpp"
#include "samtal/gateway/ask.hpp"

#include <string>

namespace samtal::calls {

/// How many calls a page has when nobody says, and at most.
struct PageSize {
    std::int64_t usual;
    std::int64_t most;
};
inline constexpr PageSize list_page{50, 200};
inline constexpr PageSize table_page{5000, 5000};

[[nodiscard]] Result<ListCalls> decode_list(gateway::Ask const&);
[[nodiscard]] std::string encode(HistoryPermit const&, HistoryPage const&);

/// The list as a table, and how it was asked for.
struct TableOfCalls {
    ListCalls calls;
    std::string query;  // without its cursor
};
[[nodiscard]] Result<TableOfCalls> decode_table(gateway::Ask const&);
/// The names of the columns; the lines of a page. CSV as RFC 4180 has it, in UTF-8, without a cell that a
/// spreadsheet takes for a formula.
[[nodiscard]] std::string csv_head();
[[nodiscard]] std::string encode_csv(HistoryPermit const&, HistoryPage const&);
/// The value of a Link header (RFC 8288) that leads to the rest of a table.
[[nodiscard]] std::string link_to_next(TableOfCalls const&, CallPosition const&);

struct NoteOfCall {
    CallId call;
    std::optional<Note> note;
};
[[nodiscard]] Result<NoteOfCall> decode_new_note(gateway::Ask const&);
[[nodiscard]] Result<NoteOfCall> decode_no_note(gateway::Ask const&);

[[nodiscard]] Result<AskFigures> decode_figures(gateway::Ask const&);
[[nodiscard]] std::string encode(CallStatistics const&);
[[nodiscard]] Result<AskCounterparts> decode_counterparts(gateway::Ask const&);
[[nodiscard]] std::string encode(HistoryPermit const&, CounterpartStatistics const&);

/// Where a page continues, opaque to clients: base64url over time and id.
[[nodiscard]] std::string encode_cursor(CallPosition const&);
[[nodiscard]] std::optional<CallPosition> decode_cursor(std::string_view);

}  // namespace samtal::calls
