#pragma once

#include "samtal/consent/notice.hpp"

#include <nlohmann/json_fwd.hpp>

namespace samtal::consent {

/// The notice of GDPR Art. 13, in one language, out of the register's texts.
[[nodiscard]] Notices::Text render_notice(nlohmann::json const& source, Brand const&, std::string const& language);

}  // namespace samtal::consent
