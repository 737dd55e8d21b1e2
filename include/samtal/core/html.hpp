#pragma once

#include <string>
#include <string_view>

namespace samtal {

/// `text` as it may stand in HTML: between tags and within an attribute of either quotes.
[[nodiscard]] std::string escape_html(std::string_view text);

}  // namespace samtal
