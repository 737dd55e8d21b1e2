#pragma once

#include "samtal/contacts/contacts.hpp"

namespace samtal::contacts {

inline constexpr std::size_t most_contacts = 10'000;  // of one person

/// The entry as it is kept: without spaces around its texts, without empty and repeated numbers and addresses, and
/// with a name (the company, a number or an address where there is none). `invalid` for what is too long, is no
/// UTF-8, holds control characters, or says nothing at all.
[[nodiscard]] Result<ContactCard> tidied(ContactCard);

/// The entry with the change made.
[[nodiscard]] ContactCard changed(ContactCard, CardChange);

/// What tells an entry from the owner's others: its name in the address book it came from, else all it says.
[[nodiscard]] std::string identity_of(ContactCard const&);

}  // namespace samtal::contacts
