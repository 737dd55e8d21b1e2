#pragma once

#include "samtal/contacts/contacts.hpp"

namespace samtal::contacts {

/// The form in which an entry is sealed: one JSON object, the same text for the same entry.
[[nodiscard]] std::string encode_card(ContactCard const&);
/// Throws std::exception for what encode_card did not write.
[[nodiscard]] ContactCard decode_card(std::string_view sealed_form);

}  // namespace samtal::contacts
