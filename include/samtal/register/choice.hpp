#pragma once

#include "samtal/register/register.hpp"

#include <string>
#include <string_view>

// Where an organisation keeps data for a shorter time than the register says.
namespace samtal::processing {

/// Whether an organisation may choose this ISO 8601 duration for a purpose: a day at least, and not longer than
/// the register's own, whichever months it falls in.
[[nodiscard]] bool may_choose(Register const&, std::string_view purpose, std::string_view period);

/// The register as it holds for people of an organisation that chose: its notice and archives say that period. An
/// empty period means that it chose none.
[[nodiscard]] Register with_choice(Register, std::string_view purpose, std::string const& period);

}  // namespace samtal::processing
