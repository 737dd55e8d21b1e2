#pragma once

#include "samtal/core/permit.hpp"
#include "samtal/core/principal.hpp"

#include <memory>
#include <string>

namespace samtal::rights {

enum class View { access, portability };  // Art. 15, Art. 20

class Archive {
public:
    virtual ~Archive() = default;
    /// The person's data as a ZIP. `not_found` when the person has no key any more.
    virtual Task<Result<std::string>> build(Permit<purpose::RightsAndEvidence> const&, Principal who, View,
                                            std::string language) = 0;
};

}  // namespace samtal::rights
