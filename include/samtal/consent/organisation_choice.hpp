#pragma once

#include "samtal/core/id.hpp"
#include "samtal/storage/tx.hpp"

#include <string>

namespace samtal::consent {

/// How long the organisation keeps its chat, as an ISO 8601 period; empty: as the register says. The acting
/// purpose needs `select.organisations` of that column.
[[nodiscard]] std::string chat_retention_of(storage::Tx&, OrganisationId);

}  // namespace samtal::consent
