#pragma once

#include <string>
#include <string_view>

namespace samtal::contacts {

/// An entry as vCard 4.0 (RFC 6350), from the JSON form in which it is sealed. For whoever puts together a
/// person's archive. Throws std::exception for what is no such form.
[[nodiscard]] std::string vcard_of(std::string_view sealed_form);

}  // namespace samtal::contacts
