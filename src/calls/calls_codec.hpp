#pragma once

#include "samtal/calls/calls.hpp"
#include "samtal/gateway/ask.hpp"

#include <string>

namespace samtal::calls {

[[nodiscard]] std::string encode(IngestReport const&);

[[nodiscard]] Result<ListCalls> decode_list(gateway::Ask const&);
[[nodiscard]] std::string encode(HistoryPermit const&, HistoryPage const&);

[[nodiscard]] Result<AskFigures> decode_figures(gateway::Ask const&);
[[nodiscard]] std::string encode(CallStatistics const&);

/// Where a page continues, opaque to clients: base64url over time and id.
[[nodiscard]] std::string encode_cursor(CallPosition const&);
[[nodiscard]] std::optional<CallPosition> decode_cursor(std::string_view);

}  // namespace samtal::calls
