#include "start_encode.hpp"

#include <fmt/format.h>

namespace samtal::start {

std::string encode(std::vector<Found> const& parts, Limits const& limits) {
    std::string json = "{";
    for (Found const& part : parts) json += fmt::format(R"("{}":{},)", part.name, part.json);
    return json + fmt::format(R"("limits":{{"message_bytes":{},"frame_bytes":{},"members":{},"watched":{}}}}})",
                              limits.message_bytes, limits.frame_bytes, limits.members, limits.watched);
}

}  // namespace samtal::start
