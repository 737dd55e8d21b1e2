#include "calls_codec.hpp"

#include "samtal/gateway/problem.hpp"

#include <nlohmann/json.hpp>

namespace samtal::calls {

using nlohmann::json;

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

}  // namespace samtal::calls
