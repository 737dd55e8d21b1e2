#include "figures_codec.hpp"

#include "samtal/gateway/ask.hpp"

#include <nlohmann/json.hpp>

namespace samtal::aggregate {

namespace {

using gateway::QueryReader;

std::int64_t floor_day(Timestamp at) {
    return std::chrono::floor<std::chrono::days>(at).time_since_epoch().count();
}
std::int64_t ceil_day(Timestamp at) {
    return std::chrono::ceil<std::chrono::days>(at).time_since_epoch().count();
}

Period read_period(QueryReader& query) {
    auto const bucket = query.text("bucket").value_or("day");
    if (bucket == "week") return Period::week;
    if (bucket == "month") return Period::month;
    if (bucket != "day") query.refuse("must be day, week or month", "bucket");
    return Period::day;
}

}  // namespace

Result<Question> decode_question(std::string_view text) {
    QueryReader query{text};
    auto metric = query.text("metric");
    auto const from = query.time("from");
    auto const to = query.time("to");
    Period const period = read_period(query);
    if (!metric) query.refuse("is required", "metric");
    if (!from) query.refuse("is required", "from");
    if (!to) query.refuse("is required", "to");
    if (from && to && *to < *from) query.refuse("must not be before from", "to");
    if (auto const problem = query.finish()) return *problem;
    return Question{*std::move(metric), floor_day(*from), ceil_day(*to), period};
}

std::string encode(Published const& published) {
    auto buckets = nlohmann::json::array();
    for (Sum const& sum : published.sums) {
        nlohmann::json bucket{{"start", rfc3339(sum.start)},
                              {"label", sum.label},
                              {"value", nullptr},
                              {"suppressed", !sum.value},
                              {"noise_scale", sum.noise_scale}};
        if (sum.value) bucket["value"] = *sum.value;
        buckets.push_back(std::move(bucket));
    }
    return nlohmann::json{
        {"metric", published.metric}, {"buckets", std::move(buckets)}, {"epsilon_spent", published.epsilon_spent}}
        .dump();
}

}  // namespace samtal::aggregate
