#pragma once

#include "samtal/calls/calls_room.hpp"

namespace samtal::calls {

/// Switches sign in with a random token whose SHA-256 is stored.
class PgSwitches final : public MachineAuthenticator {
public:
    PgSwitches(storage::Database& db, PermitIssuer& permits) : db_{db}, permits_{permits} {}
    Task<Result<Principal>> machine(std::string_view token, std::optional<SwitchId> claimed) override;

private:
    storage::Database& db_;
    PermitIssuer& permits_;
};

}  // namespace samtal::calls
