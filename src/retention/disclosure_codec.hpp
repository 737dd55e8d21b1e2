#pragma once

#include "disclosure_repository.hpp"
#include "samtal/gateway/ask.hpp"

namespace samtal::retention {

[[nodiscard]] Result<DisclosureOrder> decode_disclosure(gateway::Ask const&);
[[nodiscard]] Result<ReleaseOrder> decode_release_of_disclosure(gateway::Ask const&);
[[nodiscard]] std::string encode_released(std::size_t people);
[[nodiscard]] std::string encode(LawPermit const&, DisclosureOrder const&, Disclosure const&);

}  // namespace samtal::retention
