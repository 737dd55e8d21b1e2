#pragma once

#include "samtal/directory/directory.hpp"
#include "samtal/gateway/ask.hpp"

namespace samtal::directory {

struct ReadOwn {};
struct ReadColleague {
    UserId user;
};

[[nodiscard]] Result<ReadOwn> decode_own(gateway::Ask const&);
[[nodiscard]] Result<ReadColleague> decode_colleague(gateway::Ask const&);
[[nodiscard]] Result<ProfileChange> decode_change(gateway::Ask const&);
[[nodiscard]] Result<Search> decode_search(gateway::Ask const&);

/// Everything, with what is private and what is not.
[[nodiscard]] std::string encode_own(ProfilePermit const&, Profile const&);
/// What colleagues see.
[[nodiscard]] std::string encode_colleague(ProfilePermit const&, Profile const&);
[[nodiscard]] std::string encode_page(ProfilePermit const&, Page const&);

}  // namespace samtal::directory
