#pragma once

#include "samtal/core/id.hpp"
#include "samtal/core/result.hpp"
#include "samtal/storage/subject_cipher.hpp"

#include <string>
#include <string_view>

// What the duties do to the other side of a call: src/retention lets it fade, src/rights takes it out.
namespace samtal::calls {

/// What calls.counterpart_hash holds for a number in our writing. `not_found` when the owner was erased.
[[nodiscard]] Result<std::string> counterpart_hash(storage::ColumnCipher&, UserId owner, std::string_view number);
[[nodiscard]] std::string counterpart_hash(storage::SubjectCipher const& of_owner, std::string_view number);

/// A number without its last four digits: "+4670174****". One that would say too much still, or is none, wholly:
/// "****". What is masked stays as it is.
[[nodiscard]] std::string masked(std::string_view number);

/// What stands in a number's place once it is gone: "~" and 16 random hexadecimal digits. Never equal to another.
[[nodiscard]] std::string random_token();

}  // namespace samtal::calls
