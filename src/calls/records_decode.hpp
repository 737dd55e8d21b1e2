#pragma once

#include "samtal/gateway/input.hpp"

#include <string_view>
#include <vector>

namespace samtal::calls {

/// The records of a body. What is no JSON object stands as its error.
struct JsonRecords {
    std::vector<Result<gateway::Input>> records;
    bool single = false;  // the body was one object
};

/// An object, an array of them, or a line for each. `invalid` for a body that is none of these. Text in another
/// encoding than UTF-8 is put right.
[[nodiscard]] Result<JsonRecords> json_records(std::string_view body);

}  // namespace samtal::calls
