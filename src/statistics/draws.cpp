#include "exact_sampler.hpp"
#include "samtal/statistics/statistics.hpp"

#include <stdexcept>

namespace samtal::statistics {

std::vector<std::int64_t> draws(std::string const& labels_file, std::string_view metric, std::int64_t count,
                                std::size_t number) {
    auto const policies = Policies::load(labels_file);
    MetricPolicy const* const policy = policies.find(metric);
    if (policy == nullptr) throw std::invalid_argument{"unknown metric (see config/statistics.toml)"};
    if (count < 0 || count > 1'000'000'000'000'000) throw std::invalid_argument{"a count is 0 to 10^15"};
    ExactSampler sampler;
    std::vector<std::int64_t> drawn;
    drawn.reserve(number);
    while (drawn.size() < number) drawn.push_back(count + sampler.discrete_laplace(policy->noise_scale));
    return drawn;
}

}  // namespace samtal::statistics
