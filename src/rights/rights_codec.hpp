#pragma once

#include "requests.hpp"
#include "samtal/gateway/ask.hpp"

namespace samtal::rights {

struct ListRequests {
    std::optional<RequestId> before;
    std::size_t limit;
};
struct ReadRequest {
    Principal who;
    RequestId id;
    std::string receipt;  // empty for a signed-in person
};

[[nodiscard]] Result<NewRequest> decode_new(gateway::Ask const&);
[[nodiscard]] Result<ListRequests> decode_list(gateway::Ask const&);
[[nodiscard]] Result<ReadRequest> decode_read(gateway::Ask const&);

/// What a request was about, as it is sealed beside it; not the corrected value. Empty when the kind says it all.
[[nodiscard]] std::string encode_detail(NewRequest const&);

[[nodiscard]] std::string encode(RightsPermit const&, Accepted const&);
[[nodiscard]] std::string encode(RightsPermit const&, Request const&);
[[nodiscard]] std::string encode(RightsPermit const&, RequestPage const&);

}  // namespace samtal::rights
