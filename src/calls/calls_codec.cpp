#include "calls_codec.hpp"

#include "samtal/gateway/problem.hpp"

#include <nlohmann/json.hpp>

namespace samtal::calls {

namespace {

using nlohmann::json;

template <class Number>
json party(HistoryPermit const& permit, std::optional<Number> const& number) {
    return {{"number", number ? json(number->open(permit)) : json(nullptr)}};
}

json encode_item(HistoryPermit const& permit, HistoryItem const& item) {
    using std::chrono::floor;
    using std::chrono::seconds;
    auto const& [started, answered, ended, clock_off] = item.times.open(permit);
    json own = party(permit, std::optional{item.own_number});
    json other = party(permit, item.counterpart);
    bool const outgoing = item.direction == Direction::outgoing;
    return {{"call_id", item.id.text()},
            {"direction", name_of(item.direction)},
            {"caller", outgoing ? own : other},
            {"callee", outgoing ? other : own},
            {"started_at", rfc3339(started)},
            {"duration_s", floor<seconds>(ended - started).count()},
            {"talk_s", answered ? floor<seconds>(ended - *answered).count() : 0},
            {"outcome", name_of(item.outcome)},
            {"clock_off", clock_off},
            {"stage", name_of(item.stage)}};
}

json encode_figures(Figures const& figures) {
    return {{"incoming", figures.incoming},
            {"outgoing", figures.outgoing},
            {"missed", figures.missed},
            {"talk_s", figures.talk_s}};
}

std::optional<RangeEnd> read_end(gateway::QueryReader& in, Literal name) {
    auto const text = in.text(name);
    if (!text) return std::nullopt;
    if (auto const day = parse_full_date(*text)) return RangeEnd{*day, true};
    if (auto const at = parse_rfc3339(*text)) return RangeEnd{*at, false};
    in.refuse("must be a date or an RFC 3339 date-time", name);
    return std::nullopt;
}

}  // namespace

std::string encode(IngestReport const& report) {
    json rejected = json::array();
    for (auto const& [index, problem] : report.rejected)
        rejected.push_back({{"index", index}, {"problem", json::parse(gateway::problem_document(problem))}});
    return json{{"accepted", report.accepted},
                {"corrected", report.corrected},
                {"duplicates", report.duplicates},
                {"rejected", std::move(rejected)}}
        .dump();
}

Result<ListCalls> decode_list(gateway::Ask const& ask) {
    constexpr std::int64_t usual = 50;
    constexpr std::int64_t most = 200;
    gateway::QueryReader in{ask.request.query};
    ListCalls query{in.time("from"), in.time("to"), std::nullopt,
                    static_cast<std::size_t>(in.integer("limit", usual, 1, most))};
    if (auto const cursor = in.text("cursor")) {
        query.after = decode_cursor(*cursor);
        if (!query.after) in.refuse("is no cursor of this list", "cursor");
    }
    if (auto const problem = in.finish()) return *problem;
    return query;
}

std::string encode(HistoryPermit const& permit, HistoryPage const& page) {
    json items = json::array();
    for (HistoryItem const& item : page.items) items.push_back(encode_item(permit, item));
    return json{{"items", std::move(items)},
                {"next_cursor", page.next ? json(encode_cursor(*page.next)) : json(nullptr)}}
        .dump();
}

Result<AskFigures> decode_figures(gateway::Ask const& ask) {
    gateway::QueryReader in{ask.request.query};
    AskFigures query{read_end(in, "from"), read_end(in, "to")};
    if (auto const name = in.text("bucket")) {
        auto const bucket = bucket_named(*name);
        if (!bucket) in.refuse("must be day, week or month", "bucket");
        query.bucket = bucket.value_or(Bucket::day);
    }
    if (auto const problem = in.finish()) return *problem;
    return query;
}

std::string encode(CallStatistics const& statistics) {
    json buckets = json::array();
    for (auto const& [start, figures] : statistics.buckets) {
        buckets.push_back(encode_figures(figures));
        buckets.back()["start"] = rfc3339(start);
    }
    return json{{"totals", encode_figures(statistics.totals)}, {"buckets", std::move(buckets)}}.dump();
}

}  // namespace samtal::calls
