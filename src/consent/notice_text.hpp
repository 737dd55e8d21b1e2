#pragma once

#include "samtal/consent/notice.hpp"

namespace samtal::consent {

/// The notice of GDPR Art. 13 and 14, in one language, out of the register.
[[nodiscard]] Notices::Text render_notice(processing::Register const&, Brand const&, std::string const& language);

}  // namespace samtal::consent
