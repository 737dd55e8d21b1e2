#pragma once

#include "context.hpp"

#include <CLI/CLI.hpp>

namespace samtal::ctl {

/// Each adds one group of commands. `context` outlives the application.
void add_database_commands(CLI::App&, Context& context);
void add_keys_commands(CLI::App&, Context& context);
void add_consent_commands(CLI::App&, Context& context);
void add_organisation_commands(CLI::App&, Context& context);
void add_user_commands(CLI::App&, Context& context);
void add_switch_commands(CLI::App&, Context& context);
void add_switch_callback_commands(CLI::App& group, Context& context);
void add_statistics_commands(CLI::App&, Context& context);
void add_register_commands(CLI::App&, Context& context);
void add_privacy_commands(CLI::App&, Context& context);
void add_retention_commands(CLI::App&, Context& context);
void add_hold_commands(CLI::App&, Context& context);
void add_disclosure_command(CLI::App&, Context& context);
void add_audit_commands(CLI::App&, Context& context);
void add_breach_commands(CLI::App&, Context& context);
void add_routes_command(CLI::App&, Context& context);

}  // namespace samtal::ctl
