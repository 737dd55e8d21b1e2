#pragma once

#include "document.hpp"

namespace samtal::processing {

/// The register of a document whose structure is the built one, all purposes of it. What has the wrong type is a
/// problem and stays empty. `kept` still holds its placeholders.
[[nodiscard]] Register read_register(Document const&, Problems&);

}  // namespace samtal::processing
