#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

namespace samtal::ops {

/// What operations see: counts and times, no person. Any thread. Label values are names from the source (routes,
/// statements), never anything from outside, so their number is bounded.
class Metrics {
public:
    Metrics();
    ~Metrics();

    /// samtal_http_requests_total{route,status} and samtal_http_request_seconds{route}
    void request(std::string_view route, int status, std::chrono::nanoseconds);
    /// samtal_database_statements_total{statement,outcome} and samtal_database_statement_seconds{statement}
    void statement(std::string_view name, std::chrono::nanoseconds, bool ok);
    /// A counter of its own, e.g. "samtal_messages_accepted_total".
    void count(std::string_view name, double by = 1);
    /// A value asked for when the metrics are read, e.g. "samtal_connections".
    void gauge(std::string name, std::function<double()> read);
    /// The same with a value for each of a bounded set of labels, e.g. "samtal_retention_overdue_rows" by
    /// "category".
    void gauges(std::string name, std::string label, std::function<std::map<std::string, double>()> read);

    /// Prometheus text format.
    [[nodiscard]] std::string text() const;

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace samtal::ops
