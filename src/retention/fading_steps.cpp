#include "fading_steps.hpp"

#include <algorithm>

namespace samtal::retention {

std::vector<FadingStep> fading_steps(processing::Register const& in_force) {
    using Into = FadingStep::Into;
    auto const* const history = in_force.purpose(purpose::CallHistory::name);
    if (history == nullptr) return {};
    auto const& kept = history->retention;
    std::vector<FadingStep> steps{{Into::counted, "calls", kept.duration, kept.duration, kept.lag}};
    for (auto const& [name, into] : {std::pair{"token", Into::token}, {"masked", Into::masked}}) {
        auto const step = std::ranges::find(kept.steps, name, &processing::Step::of);
        if (step != kept.steps.end())
            steps.push_back({into, std::string{"calls_"} + name, step->duration, steps.back().duration, kept.lag});
    }
    return steps;
}

}  // namespace samtal::retention
