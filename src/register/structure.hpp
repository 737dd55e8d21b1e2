#pragma once

#include "document.hpp"

namespace samtal::processing {

/// Compares everything but texts, recipients and periods with what was compiled in. A program that took a purpose,
/// column or right from the file would promise what neither its types nor the database's grants hold.
void compare_structure(Document const& built, Document const& read, Problems&);

}  // namespace samtal::processing
