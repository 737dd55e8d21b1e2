#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace samtal::rights {

/// Whether the person corrects the field here and at once: given_name, family_name, contact_numbers.
[[nodiscard]] bool is_correctable(std::string_view field);

/// Why what they ask about is not corrected here, in their language. Nothing for what is no field of theirs.
[[nodiscard]] std::optional<std::string> why_not_correctable(std::string_view field, std::string_view language);

/// What a person reads when a new address was not confirmed, or another one was asked for meanwhile.
[[nodiscard]] std::string address_not_confirmed(std::string_view language);
[[nodiscard]] std::string address_superseded(std::string_view language);

}  // namespace samtal::rights
