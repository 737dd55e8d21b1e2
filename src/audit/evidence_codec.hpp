#pragma once

#include "evidence.hpp"
#include "samtal/gateway/ask.hpp"

namespace samtal::audit {

[[nodiscard]] Result<ReadPage> decode_page(gateway::Ask const&);
[[nodiscard]] std::string encode(RightsPermit const&, Page<StaffRead> const&);
[[nodiscard]] std::string encode(RightsPermit const&, Page<ReadDisclosure> const&);

}  // namespace samtal::audit
