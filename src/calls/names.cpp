#include "call_history.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace samtal::calls {

namespace {

// As the contract, the schema's CHECKs and the statistics spell them.
constexpr std::array<std::pair<Direction, std::string_view>, 2> directions{
    {{Direction::incoming, "incoming"}, {Direction::outgoing, "outgoing"}}};
constexpr std::array<std::pair<Outcome, std::string_view>, 5> outcomes{{{Outcome::answered, "answered"},
                                                                        {Outcome::busy, "busy"},
                                                                        {Outcome::no_answer, "no_answer"},
                                                                        {Outcome::cancelled, "cancelled"},
                                                                        {Outcome::failed, "failed"}}};
constexpr std::array<std::pair<Stage, std::string_view>, 4> stages{
    {{Stage::full, "full"}, {Stage::masked, "masked"}, {Stage::token, "token"}, {Stage::removed, "removed"}}};
constexpr std::array<std::pair<Bucket, std::string_view>, 4> bucket_names{
    {{Bucket::hour, "hour"}, {Bucket::day, "day"}, {Bucket::week, "week"}, {Bucket::month, "month"}}};
constexpr std::array<std::pair<CounterpartKind, std::string_view>, 7> counterpart_kinds{
    {{CounterpartKind::number, "number"},
     {CounterpartKind::withheld, "withheld"},
     {CounterpartKind::masked, "masked"},
     {CounterpartKind::token, "token"},
     {CounterpartKind::removed, "removed"},
     {CounterpartKind::unlisted, "unlisted"},
     {CounterpartKind::counted, "counted"}}};

template <class Table, class Value>
std::string_view name_in(Table const& table, Value value) noexcept {
    for (auto const& [known, name] : table)
        if (known == value) return name;
    return {};
}

template <class Value, class Table>
std::optional<Value> named_in(Table const& table, std::string_view wanted) noexcept {
    for (auto const& [value, name] : table)
        if (name == wanted) return value;
    return std::nullopt;
}

}  // namespace

std::string_view name_of(Direction direction) noexcept {
    return name_in(directions, direction);
}
std::string_view name_of(Outcome outcome) noexcept {
    return name_in(outcomes, outcome);
}
std::string_view name_of(Stage stage) noexcept {
    return name_in(stages, stage);
}
std::string_view name_of(Bucket bucket) noexcept {
    return name_in(bucket_names, bucket);
}
std::string_view name_of(CounterpartKind kind) noexcept {
    return name_in(counterpart_kinds, kind);
}
std::optional<Direction> direction_named(std::string_view name) noexcept {
    return named_in<Direction>(directions, name);
}
std::optional<Outcome> outcome_named(std::string_view name) noexcept {
    return named_in<Outcome>(outcomes, name);
}
std::optional<Stage> stage_named(std::string_view name) noexcept {
    return named_in<Stage>(stages, name);
}
std::optional<Bucket> bucket_named(std::string_view name) noexcept {
    return named_in<Bucket>(bucket_names, name);
}
std::optional<CounterpartKind> counterpart_kind_named(std::string_view name) noexcept {
    return named_in<CounterpartKind>(counterpart_kinds, name);
}

std::vector<Outcome> CallFilter::outcomes_of(Direction wanted) const {
    std::vector<Outcome> found;
    if (direction && *direction != wanted) return found;
    for (auto const& [outcome, name] : calls::outcomes) {
        bool const is_missed = wanted == Direction::incoming && outcome != Outcome::answered;
        if (missed && *missed != is_missed) continue;
        if (outcomes.empty() || std::ranges::find(outcomes, outcome) != outcomes.end()) found.push_back(outcome);
    }
    return found;
}

void add(Figures& to, Figures const& more) noexcept {
    to.incoming += more.incoming;
    to.outgoing += more.outgoing;
    to.answered += more.answered;
    to.missed += more.missed;
    to.talk_s += more.talk_s;
    to.longest_s = std::max(to.longest_s, more.longest_s);
}

}  // namespace samtal::calls
