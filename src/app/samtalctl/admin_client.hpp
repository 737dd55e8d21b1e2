#pragma once

#include "context.hpp"

#include <nlohmann/json.hpp>

#include <chrono>
#include <string>

namespace samtal::ctl {

/// Posts to the running server's admin socket and returns its answer. Throws Failure with one line that says what
/// the server refused, or that no server runs there.
[[nodiscard]] nlohmann::json post(Context const&, std::string const& path, nlohmann::json const& body,
                                  std::chrono::seconds patience = std::chrono::seconds{30});

/// With --json the answer as it is, else the readable line.
void answer(Context const&, nlohmann::json const& answer, std::string const& readable);

}  // namespace samtal::ctl
