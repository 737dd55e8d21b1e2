#pragma once

#include <string_view>

namespace samtal {

/// The register's texts for people, as JSON in UTF-8: what the notice and the consent list are rendered from.
extern std::string_view const register_texts;

/// What the LEK calls the service: "closed_group", "ni_ics_public" or "number_based_public".
extern std::string_view const register_service_class;
/// Whether the law makes such a service keep traffic data for law enforcement (LEK 9:19).
[[nodiscard]] inline bool must_keep_traffic(std::string_view service_class) noexcept {
    return service_class == "number_based_public";
}

/// What expires and when, as JSON: [{"category", "purpose", "duration", "lag"}], periods in ISO 8601.
extern std::string_view const register_expiry;

/// SQL that gives each purpose's role its columns and rows and nothing else. Run by the migrator.
extern std::string_view const register_grants;

}  // namespace samtal
