#include "samtal/ops/config_section.hpp"
#include "samtal/statistics/release.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

namespace samtal::statistics {

namespace {

constexpr std::array<std::string_view, 8> metric_names{"active_users",    "sign_ins",     "message_sent",
                                                       "calls_answered",  "calls_missed", "call_minutes",
                                                       "client_platform", "app_version"};
constexpr std::array<std::string_view, 5> minutes_classes{"under_1", "1_to_5", "5_to_15", "15_to_60", "over_60"};
constexpr std::size_t most_labels = 64;
constexpr std::size_t longest_label = 40;

bool lists(std::vector<std::string> const& labels, std::string_view label) {
    return std::find(labels.begin(), labels.end(), label) != labels.end();
}

bool well_formed(std::string const& label) {
    auto const allowed = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
    };
    return !label.empty() && label.size() <= longest_label && std::all_of(label.begin(), label.end(), allowed);
}

void check_labels(ops::ConfigSection const& section, MetricPolicy const& policy) {
    auto const& labels = policy.labels;
    auto sorted = labels;
    std::sort(sorted.begin(), sorted.end());
    if (labels.empty() || labels.size() > most_labels) section.refuse("labels", "must be 1 to 64 labels");
    if (!std::all_of(labels.begin(), labels.end(), well_formed))
        section.refuse("labels", "may hold a-z, 0-9, '.', '_' and '-' only, 40 characters each");
    if (std::adjacent_find(sorted.begin(), sorted.end()) != sorted.end()) section.refuse("labels", "repeats one");
    if (policy.metric == Metric::call_minutes) {
        for (auto const known : minutes_classes)
            if (!lists(labels, known)) section.refuse("labels", "must name every class of talking time");
    } else if (labels.size() > 1 && !lists(labels, "other")) {
        section.refuse("labels", "must have \"other\" for what is not listed");
    }
}

Ratio noise_scale_of(MetricPolicy const& policy) {
    std::uint64_t const numerator = std::uint64_t{policy.most_buckets} * policy.most_in_bucket * 1'000'000;
    std::uint64_t const common = std::gcd(numerator, std::uint64_t{policy.micro_epsilon});
    return {numerator / common, policy.micro_epsilon / common};
}

MetricPolicy read_metric(ops::ConfigFile& file, Metric metric, std::string_view name, unsigned delta_exponent) {
    MetricPolicy policy{.metric = metric, .name = name, .micro_epsilon = 1'000'000, .labels = {}};
    auto section = file.section(std::string{name});
    section.read("micro_epsilon", policy.micro_epsilon, 1'000U, 10'000'000U)
        .read("most_in_bucket", policy.most_in_bucket, 1U, 1'000U)
        .read("most_buckets", policy.most_buckets, 1U, 64U)
        .read("labels", policy.labels);
    check_labels(section, policy);
    if (policy.most_buckets > policy.labels.size())
        section.refuse("most_buckets", "is more than there are labels");
    policy.noise_scale = noise_scale_of(policy);
    std::int64_t const least = least_threshold(policy, delta_exponent);
    policy.threshold = least;
    section.read("threshold", policy.threshold, least, std::int64_t{1'000'000'000}).finish();
    return policy;
}

}  // namespace

std::string_view minutes_class(std::chrono::seconds talked) noexcept {
    using std::chrono::minutes;
    if (talked < minutes{1}) return minutes_classes[0];
    if (talked < minutes{5}) return minutes_classes[1];
    if (talked < minutes{15}) return minutes_classes[2];
    if (talked < minutes{60}) return minutes_classes[3];
    return minutes_classes[4];
}

std::optional<std::uint16_t> MetricPolicy::bucket_of(std::string_view label) const noexcept {
    if (labels.size() == 1) return std::uint16_t{0};
    std::optional<std::uint16_t> other;
    for (std::uint16_t bucket = 0; bucket < labels.size(); ++bucket) {
        if (labels[bucket] == label) return bucket;
        if (labels[bucket] == "other") other = bucket;
    }
    return other;
}

std::int64_t least_threshold(MetricPolicy const& policy, unsigned delta_exponent) {
    // Only where the configuration is checked; a release compares integers. Rounded up past the last digits'
    // error.
    long double const b = static_cast<long double>(policy.noise_scale.numerator) /
                          static_cast<long double>(policy.noise_scale.denominator);
    long double const ln_delta = -static_cast<long double>(delta_exponent) * std::log(10.0L);
    long double const above =
        b * (std::log(static_cast<long double>(policy.most_buckets)) - ln_delta - std::log1p(std::exp(-1.0L / b)));
    return policy.most_in_bucket + static_cast<std::int64_t>(std::ceil(above + 1e-9L));
}

Policies Policies::load(std::string const& path) {
    auto file = ops::ConfigFile::load(path);
    return read(file);
}

Policies Policies::parse(std::string_view toml, std::string name) {
    auto file = ops::ConfigFile::parse(toml, std::move(name));
    return read(file);
}

Policies Policies::read(ops::ConfigFile& file) {
    Policies policies;
    auto budget = file.section("budget");
    budget.read("delta_exponent", policies.delta_exponent_, 6U, 30U)
        .read("yearly_micro_epsilon", policies.yearly_micro_epsilon_, std::int64_t{0}, std::int64_t{1} << 50U)
        .finish();
    for (std::size_t n = 0; n < metric_names.size(); ++n)
        policies.all_.push_back(
            read_metric(file, static_cast<Metric>(n + 1), metric_names[n], policies.delta_exponent_));
    file.finish();
    return policies;
}

MetricPolicy const& Policies::of(Metric metric) const {
    return all_.at(static_cast<std::size_t>(metric) - 1);
}

MetricPolicy const* Policies::find(std::string_view name) const noexcept {
    auto const found = std::find_if(all_.begin(), all_.end(), [&](auto const& p) { return p.name == name; });
    return found == all_.end() ? nullptr : &*found;
}

MetricPolicy const* Policies::find(std::uint16_t metric) const noexcept {
    return metric >= 1 && metric <= all_.size() ? &all_[metric - 1U] : nullptr;
}

}  // namespace samtal::statistics
