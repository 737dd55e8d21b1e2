#pragma once

#include "samtal/register/register.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace samtal::processing {

/// Label and value, in one language.
using Row = std::pair<std::string, std::string>;

/// Who answers for the processing: the same for every purpose.
[[nodiscard]] std::vector<Row> controller_rows(Register const&, std::string_view language);
/// What Art. 30.1 wants to know of one purpose. The same labels in the same order for each.
[[nodiscard]] std::vector<Row> purpose_rows(Register const&, PurposeEntry const&, std::string_view language);

/// "Name (SE, inom EES)"
[[nodiscard]] std::string recipient_in_words(Recipient const&, std::string_view language);

[[nodiscard]] std::string record_json(Register const&);

}  // namespace samtal::processing
