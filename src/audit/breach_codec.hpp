#pragma once

#include "breach.hpp"
#include "samtal/gateway/ask.hpp"

namespace samtal::audit {

struct AskBreaches {};

[[nodiscard]] Result<BreachReport> decode_report(gateway::Ask const&);
[[nodiscard]] Result<AskBreaches> decode_breaches(gateway::Ask const&);
[[nodiscard]] Result<AskAffected> decode_affected(gateway::Ask const&);
[[nodiscard]] Result<CloseBreach> decode_closing(gateway::Ask const&);

[[nodiscard]] std::string encode(OpenedCase const&);
[[nodiscard]] std::string encode(BreachCase const&);
[[nodiscard]] std::string encode(std::vector<BreachCase> const&, Timestamp now);
[[nodiscard]] std::string encode(std::vector<UserId> const&);

}  // namespace samtal::audit
