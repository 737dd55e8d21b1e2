#include "history_codec.hpp"

#include <nlohmann/json.hpp>

namespace samtal::calls {

namespace {

using nlohmann::json;

json counterpart(HistoryPermit const& permit, std::optional<Counterpart> const& number,
                 std::optional<Colleague> const& colleague, bool removed) {
    json party{{"number", number ? json(number->open(permit)) : json(nullptr)}};
    if (removed) party["removed"] = true;
    if (colleague) {
        auto const& [user, name] = colleague->open(permit);
        party["user_id"] = user.text();
        party["name"] = name.empty() ? json(nullptr) : json(name);
    }
    return party;
}

json encode_item(HistoryPermit const& permit, HistoryItem const& item) {
    using std::chrono::floor;
    using std::chrono::seconds;
    auto const& [started, answered, ended, clock_off] = item.times.open(permit);
    json own{{"number", item.own_number.open(permit)}};
    json other = counterpart(permit, item.counterpart, item.colleague, item.stage == Stage::removed);
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
            {"stage", name_of(item.stage)},
            {"note", item.note ? json(item.note->open(permit)) : json(nullptr)}};
}

json encode_figures(Figures const& figures) {
    return {{"incoming", figures.incoming}, {"outgoing", figures.outgoing}, {"answered", figures.answered},
            {"missed", figures.missed},     {"talk_s", figures.talk_s},     {"longest_s", figures.longest_s}};
}

}  // namespace

std::string encode(HistoryPermit const& permit, HistoryPage const& page) {
    json items = json::array();
    for (HistoryItem const& item : page.items) items.push_back(encode_item(permit, item));
    return json{{"items", std::move(items)},
                {"next_cursor", page.next ? json(encode_cursor(*page.next)) : json(nullptr)}}
        .dump();
}

std::string encode(CallStatistics const& statistics) {
    json buckets = json::array();
    for (auto const& [start, figures] : statistics.buckets) {
        buckets.push_back(encode_figures(figures));
        buckets.back()["start"] = rfc3339(start);
    }
    return json{{"totals", encode_figures(statistics.totals)}, {"buckets", std::move(buckets)}}.dump();
}

std::string encode(HistoryPermit const& permit, CounterpartStatistics const& statistics) {
    json items = json::array();
    for (CounterpartFigures const& item : statistics.items) {
        items.push_back(encode_figures(item.figures));
        items.back()["kind"] = name_of(item.kind);
        items.back()["party"] =
            counterpart(permit, item.number, item.colleague, item.kind == CounterpartKind::removed);
    }
    return json{{"totals", encode_figures(statistics.totals)},
                {"items", std::move(items)},
                {"rest", encode_figures(statistics.rest)}}
        .dump();
}

}  // namespace samtal::calls
