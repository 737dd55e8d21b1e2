#pragma once

#include "samtal/gateway/endings.hpp"

#include <boost/uuid/uuid.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace samtal::delivery {

/// An ending as one server tells it to the others.
struct Notice {
    boost::uuids::uuid from;
    gateway::Ending ending;
};

[[nodiscard]] std::string encode(Notice const&);
[[nodiscard]] std::optional<Notice> decode_notice(std::string_view);

}  // namespace samtal::delivery
