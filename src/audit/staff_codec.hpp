#pragma once

#include "samtal/gateway/ask.hpp"
#include "staff_reads.hpp"

namespace samtal::audit {

[[nodiscard]] Result<ShowPerson> decode_show(gateway::Ask const&);
[[nodiscard]] std::string encode(SupportPermit const&, ShownPerson const&);

}  // namespace samtal::audit
