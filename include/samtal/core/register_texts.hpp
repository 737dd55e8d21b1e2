#pragma once

#include <string_view>

namespace samtal {

/// The register that the program was built from, as TOML. Only the `register` room reads it.
extern std::string_view const register_source;

/// What was decided then, as JSON: each purpose's fields, the keys that may differ at run time, the law's longest
/// periods.
extern std::string_view const register_facts;

/// What a person's archive holds of each table, as JSON. Only the `rights` room reads it.
extern std::string_view const register_exports;

/// What expires and when, as JSON: [{"category", "purpose", "duration", "lag"}], periods in ISO 8601.
extern std::string_view const register_expiry;

/// SQL that gives each purpose's role its columns and rows and nothing else. Run by the migrator.
extern std::string_view const register_grants;

}  // namespace samtal
