#pragma once

#include "figures_service.hpp"

#include <string>
#include <string_view>

namespace samtal::aggregate {

/// `metric=…&from=…&to=…&bucket=day|week|month`; days that the times touch are asked about whole.
[[nodiscard]] Result<Question> decode_question(std::string_view query);
[[nodiscard]] std::string encode(Published const&);

}  // namespace samtal::aggregate
