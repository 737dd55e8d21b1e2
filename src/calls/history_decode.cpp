#include "history_codec.hpp"

#include <algorithm>

namespace samtal::calls {

namespace {

using gateway::QueryReader;

/// "busy,no_answer"
std::vector<Outcome> read_outcomes(QueryReader& in) {
    std::vector<Outcome> outcomes;
    auto const text = in.text("outcome");
    if (!text) return outcomes;
    for (std::size_t begin = 0; begin <= text->size();) {
        std::size_t const end = std::min(text->find(',', begin), text->size());
        auto const outcome = outcome_named(std::string_view{*text}.substr(begin, end - begin));
        if (!outcome) {
            in.refuse("must be answered, busy, no_answer, cancelled or failed, or several with commas", "outcome");
            break;
        }
        if (std::ranges::find(outcomes, *outcome) == outcomes.end()) outcomes.push_back(*outcome);
        begin = end + 1;
    }
    return outcomes;
}

CallFilter read_filter(QueryReader& in) {
    CallFilter filter;
    if (auto const name = in.text("direction")) {
        filter.direction = direction_named(*name);
        if (!filter.direction) in.refuse("must be incoming or outgoing", "direction");
    }
    filter.outcomes = read_outcomes(in);
    if (auto const text = in.text("missed")) {
        if (*text != "true" && *text != "false") in.refuse("must be true or false", "missed");
        filter.missed = *text == "true";
    }
    if (auto number = in.text("counterpart")) {
        // In a query "+46…" says " 46…" to whoever reads it by the letter, and no number begins with a space.
        if (number->starts_with(' ')) number->front() = '+';
        filter.counterpart = Counterpart{*std::move(number)};
    }
    return filter;
}

ListCalls read_list(QueryReader& in, PageSize const& size) {
    ListCalls query{in.time("from"), in.time("to"), std::nullopt,
                    static_cast<std::size_t>(in.integer("limit", size.usual, 1, size.most)), read_filter(in)};
    if (auto const cursor = in.text("cursor")) {
        query.after = decode_cursor(*cursor);
        if (!query.after) in.refuse("is no cursor of this list", "cursor");
    }
    return query;
}

std::optional<RangeEnd> read_end(QueryReader& in, Literal name) {
    auto const text = in.text(name);
    if (!text) return std::nullopt;
    if (auto const day = parse_full_date(*text)) return RangeEnd{*day, true};
    if (auto const at = parse_rfc3339(*text)) return RangeEnd{*at, false};
    in.refuse("must be a date or an RFC 3339 date-time", name);
    return std::nullopt;
}

AskFigures read_range(QueryReader& in) {
    AskFigures query{read_end(in, "from"), read_end(in, "to")};
    query.time_zone = in.text("time_zone");
    return query;
}

/// Without the pair that says the cursor, which may be written in any way.
std::string without_cursor(std::string_view query) {
    std::string kept;
    while (!query.empty()) {
        std::string_view const pair = query.substr(0, query.find('&'));
        query.remove_prefix(std::min(query.size(), pair.size() + 1));
        QueryReader one{pair};
        if (!one.text("cursor")) kept.append(kept.empty() ? "" : "&").append(pair);
    }
    return kept;
}

}  // namespace

Result<ListCalls> decode_list(gateway::Ask const& ask) {
    QueryReader in{ask.request.query};
    auto query = read_list(in, list_page);
    if (auto const problem = in.finish()) return *problem;
    return query;
}

Result<TableOfCalls> decode_table(gateway::Ask const& ask) {
    QueryReader in{ask.request.query};
    auto query = read_list(in, table_page);
    if (auto const problem = in.finish()) return *problem;
    return TableOfCalls{std::move(query), without_cursor(ask.request.query)};
}

Result<NoteOfCall> decode_new_note(gateway::Ask const& ask) {
    auto const call = ask.id<CallId>(0);
    if (!call) return call.error();
    auto in = ask.body();
    Note note{in.text("note")};
    if (auto const problem = in.finish()) return *problem;
    return NoteOfCall{*call, std::move(note)};
}

Result<NoteOfCall> decode_no_note(gateway::Ask const& ask) {
    auto const call = ask.id<CallId>(0);
    if (!call) return call.error();
    if (auto const problem = QueryReader{ask.request.query}.finish()) return *problem;
    return NoteOfCall{*call, std::nullopt};
}

Result<AskFigures> decode_figures(gateway::Ask const& ask) {
    QueryReader in{ask.request.query};
    AskFigures query = read_range(in);
    if (auto const name = in.text("bucket")) {
        auto const bucket = bucket_named(*name);
        if (!bucket) in.refuse("must be hour, day, week or month", "bucket");
        query.bucket = bucket.value_or(Bucket::day);
    }
    if (auto const problem = in.finish()) return *problem;
    return query;
}

Result<AskCounterparts> decode_counterparts(gateway::Ask const& ask) {
    constexpr PageSize items{50, 200};
    QueryReader in{ask.request.query};
    AskCounterparts query{read_range(in),
                          static_cast<std::size_t>(in.integer("limit", items.usual, 1, items.most))};
    if (auto const problem = in.finish()) return *problem;
    return query;
}

}  // namespace samtal::calls
