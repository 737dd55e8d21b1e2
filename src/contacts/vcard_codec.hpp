#pragma once

#include "samtal/contacts/contacts.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace samtal::contacts {

/// The cards of a text, versions 4.0 (RFC 6350) and 3.0 (RFC 2426), each judged on its own: a broken one stands as
/// its error in its place. At most `most` + 1 of them are read, so that the caller sees when there are too many.
[[nodiscard]] std::vector<Result<ContactCard>> decode_vcards(std::string_view text, std::size_t most);

/// Version 4.0.
[[nodiscard]] std::string encode_vcard(ContactCard const&);

}  // namespace samtal::contacts
