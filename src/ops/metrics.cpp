#include "samtal/ops/metrics.hpp"

#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <map>
#include <mutex>
#include <unordered_map>

namespace samtal::ops {

namespace {

using prometheus::Counter;
using prometheus::Family;
using prometheus::Histogram;

/// Seconds: from a point read to the longest a statement may take.
Histogram::BucketBoundaries const time_buckets{0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05,
                                               0.1,    0.25,  0.5,    1,     2.5,  5,     10};

double seconds(std::chrono::nanoseconds time) {
    return std::chrono::duration<double>(time).count();
}

/// A counter for each outcome and a histogram, under one label (route or statement). prometheus-cpp builds and
/// hashes a map of labels at each look-up: that is done once here, and the series is kept.
class TimedEvents {
public:
    struct Names {
        std::string counter, histogram, label, outcome;
        std::string counter_help, histogram_help;
    };

    TimedEvents(prometheus::Registry& registry, Names names)
        : names_{std::move(names)},
          counters_{prometheus::BuildCounter().Name(names_.counter).Help(names_.counter_help).Register(registry)},
          times_{
              prometheus::BuildHistogram().Name(names_.histogram).Help(names_.histogram_help).Register(registry)} {
    }

    void add(std::string_view label, int outcome, std::string_view outcome_text, std::chrono::nanoseconds time) {
        std::scoped_lock const lock{mutex_};
        Series& series = series_of(label);
        series.times->Observe(seconds(time));
        Counter*& counter = series.counters[outcome];
        if (counter == nullptr)
            counter =
                &counters_.Add({{names_.label, std::string{label}}, {names_.outcome, std::string{outcome_text}}});
        counter->Increment();
    }

private:
    struct Series {
        Histogram* times;
        std::map<int, Counter*> counters;
    };

    Series& series_of(std::string_view label) {
        if (auto const known = series_.find(label); known != series_.end()) return known->second;
        auto& times = times_.Add({{names_.label, std::string{label}}}, time_buckets);
        return series_.emplace(label, Series{&times, {}}).first->second;
    }

    Names names_;
    Family<Counter>& counters_;
    Family<Histogram>& times_;
    std::mutex mutex_;
    std::map<std::string, Series, std::less<>> series_;
};

prometheus::MetricFamily gauge_family(std::string const& name, double value) {
    prometheus::ClientMetric metric;
    metric.gauge.value = value;
    return {name, "", prometheus::MetricType::Gauge, {metric}};
}

struct Gauges {
    std::string label;
    std::function<std::map<std::string, double>()> read;
};

prometheus::MetricFamily gauge_family(std::string const& name, Gauges const& gauges) {
    prometheus::MetricFamily family{name, "", prometheus::MetricType::Gauge, {}};
    for (auto const& [value_of_label, value] : gauges.read()) {
        prometheus::ClientMetric metric;
        metric.label.push_back({gauges.label, value_of_label});
        metric.gauge.value = value;
        family.metric.push_back(std::move(metric));
    }
    return family;
}

}  // namespace

struct Metrics::Impl {
    prometheus::Registry registry;
    TimedEvents requests{registry,
                         {.counter = "samtal_http_requests_total",
                          .histogram = "samtal_http_request_seconds",
                          .label = "route",
                          .outcome = "status",
                          .counter_help = "HTTP requests answered",
                          .histogram_help = "Time from a request's last byte to its answer"}};
    TimedEvents statements{registry,
                           {.counter = "samtal_database_statements_total",
                            .histogram = "samtal_database_statement_seconds",
                            .label = "statement",
                            .outcome = "outcome",
                            .counter_help = "Statements run on the database",
                            .histogram_help = "Time a statement took, without waiting for a connection"}};
    mutable std::mutex mutex;  // for what follows
    std::map<std::string, Counter*, std::less<>> counters;
    std::map<std::string, std::function<double()>, std::less<>> gauges;
    std::map<std::string, Gauges, std::less<>> labelled_gauges;
};

Metrics::Metrics() : impl_{std::make_unique<Impl>()} {}
Metrics::~Metrics() = default;

void Metrics::request(std::string_view route, int status, std::chrono::nanoseconds time) {
    impl_->requests.add(route, status, std::to_string(status), time);
}

void Metrics::statement(std::string_view name, std::chrono::nanoseconds time, bool ok) {
    impl_->statements.add(name, ok ? 1 : 0, ok ? "ok" : "failed", time);
}

void Metrics::count(std::string_view name, double by) {
    std::scoped_lock const lock{impl_->mutex};
    auto found = impl_->counters.find(name);
    if (found == impl_->counters.end()) {
        auto& family = prometheus::BuildCounter().Name(std::string{name}).Register(impl_->registry);
        found = impl_->counters.emplace(name, &family.Add({})).first;
    }
    found->second->Increment(by);
}

void Metrics::gauge(std::string name, std::function<double()> read) {
    std::scoped_lock const lock{impl_->mutex};
    impl_->gauges.insert_or_assign(std::move(name), std::move(read));
}

void Metrics::gauges(std::string name, std::string label, std::function<std::map<std::string, double>()> read) {
    std::scoped_lock const lock{impl_->mutex};
    impl_->labelled_gauges.insert_or_assign(std::move(name), Gauges{std::move(label), std::move(read)});
}

std::string Metrics::text() const {
    auto families = impl_->registry.Collect();
    std::scoped_lock const lock{impl_->mutex};
    for (auto const& [name, read] : impl_->gauges) families.push_back(gauge_family(name, read()));
    for (auto const& [name, gauges] : impl_->labelled_gauges) families.push_back(gauge_family(name, gauges));
    return prometheus::TextSerializer{}.Serialize(families);
}

}  // namespace samtal::ops
