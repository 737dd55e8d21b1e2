#include "samtal/ops/metrics.hpp"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace samtal::ops {
namespace {

using namespace std::chrono_literals;

bool says(Metrics const& metrics, std::string_view line) {
    return ("\n" + metrics.text()).find("\n" + std::string{line} + "\n") != std::string::npos;
}

TEST(Metrics, CountsRequestsByRouteAndStatus) {
    Metrics metrics;
    metrics.request("/v1/login", 200, 3ms);
    metrics.request("/v1/login", 200, 3ms);
    metrics.request("/v1/login", 401, 1ms);
    EXPECT_TRUE(says(metrics, R"(samtal_http_requests_total{route="/v1/login",status="200"} 2)"))
        << metrics.text();
    EXPECT_TRUE(says(metrics, R"(samtal_http_requests_total{route="/v1/login",status="401"} 1)"));
    EXPECT_TRUE(says(metrics, R"(samtal_http_request_seconds_count{route="/v1/login"} 3)"));
    EXPECT_TRUE(says(metrics, R"(samtal_http_request_seconds_bucket{route="/v1/login",le="0.0025"} 1)"));
}

TEST(Metrics, CountsStatementsByOutcome) {
    Metrics metrics;
    metrics.statement("calls.page", 1ms, true);
    metrics.statement("calls.page", 1ms, false);
    EXPECT_TRUE(says(metrics, R"(samtal_database_statements_total{outcome="ok",statement="calls.page"} 1)") ||
                says(metrics, R"(samtal_database_statements_total{statement="calls.page",outcome="ok"} 1)"))
        << metrics.text();
}

TEST(Metrics, AsksAGaugeWhenItIsRead) {
    Metrics metrics;
    double connections = 1;
    metrics.gauge("samtal_connections", [&] { return connections; });
    connections = 7;
    EXPECT_TRUE(says(metrics, "samtal_connections 7")) << metrics.text();
}

TEST(Metrics, AsksForAValueOfEachLabel) {
    Metrics metrics;
    std::map<std::string, double> overdue{{"calls", 0}, {"messages", 2}};
    metrics.gauges("samtal_retention_overdue_rows", "category", [&] { return overdue; });
    overdue["calls"] = 5;
    EXPECT_TRUE(says(metrics, R"(samtal_retention_overdue_rows{category="calls"} 5)")) << metrics.text();
    EXPECT_TRUE(says(metrics, R"(samtal_retention_overdue_rows{category="messages"} 2)"));
}

TEST(Metrics, LosesNoCountBetweenThreads) {
    Metrics metrics;
    {
        std::vector<std::jthread> threads;
        for (int n = 0; n < 4; ++n)
            threads.emplace_back([&] {
                for (int i = 0; i < 1000; ++i) {
                    metrics.count("samtal_messages_accepted_total");
                    metrics.request("/v1/me", 200, 1us);
                }
            });
    }
    EXPECT_TRUE(says(metrics, "samtal_messages_accepted_total 4000"));
    EXPECT_TRUE(says(metrics, R"(samtal_http_requests_total{route="/v1/me",status="200"} 4000)"));
}

}  // namespace
}  // namespace samtal::ops
