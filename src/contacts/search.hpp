#pragma once

#include "samtal/contacts/contacts.hpp"

#include <unicode/unistr.h>

namespace samtal::contacts {

/// What the owner looks for. Letters match in any case, numbers however they are written: "070-174" finds
/// "+46 70 174 06 05" too.
class SearchFor {
public:
    explicit SearchFor(std::string_view query);
    [[nodiscard]] bool finds(ContactCard const&) const;

private:
    icu::UnicodeString text_;
    std::string digits_;  // empty: the query is no number
};

}  // namespace samtal::contacts
