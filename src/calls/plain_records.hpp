#pragma once

#include "samtal/calls/calls.hpp"

#include <optional>
#include <string_view>
#include <vector>

namespace samtal::calls {

/// Reads a batch in our own format in one pass and without a tree, as long as there is nothing about it but what
/// nearly every batch holds: known fields, each once, in ASCII without escapes, and all of them good. Nothing for
/// any other: that one is read the long way, which knows what is wrong with it and what to call that.
[[nodiscard]] std::optional<std::vector<Result<CallRecord>>> plain_records(std::string_view body);

}  // namespace samtal::calls
