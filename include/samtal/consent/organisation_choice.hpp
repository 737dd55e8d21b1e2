#pragma once

#include "samtal/core/id.hpp"
#include "samtal/register/choice.hpp"
#include "samtal/storage/tx.hpp"

namespace samtal::consent {

/// The periods that the organisation chose. The acting purpose needs `select.organisations` of those columns.
[[nodiscard]] processing::ChosenPeriods chosen_periods_of(storage::Tx&, OrganisationId);

}  // namespace samtal::consent
