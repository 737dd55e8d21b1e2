#pragma once

#include "samtal/register/register.hpp"

#include <string>
#include <string_view>

namespace samtal::processing {

enum class RecordFormat { markdown, csv, json };

/// The record of processing activities of GDPR Art. 30. `language` is sv or en; JSON holds both. CSV is RFC 4180
/// in UTF-8, and no cell of it is a formula.
[[nodiscard]] std::string record(Register const&, RecordFormat, std::string_view language);

/// A lawful basis, mechanism, choice, role … of the register in words.
[[nodiscard]] std::string_view in_words(std::string_view word, std::string_view language);

}  // namespace samtal::processing
