#pragma once

#include "call_repositories.hpp"
#include "samtal/calls/calls_room.hpp"

#include <mutex>
#include <unordered_map>

namespace samtal::calls {

/// Switches sign in with a random token whose SHA-256 is stored.
class PgSwitches final : public MachineAuthenticator, public SwitchBook {
public:
    PgSwitches(storage::Database& db, PermitIssuer& permits) : db_{db}, permits_{permits} {}
    Task<Result<Principal>> machine(std::string_view token, std::optional<SwitchId> claimed) override;
    [[nodiscard]] SwitchSettings settings(SwitchId) const override;

private:
    void remember(SwitchId, SwitchSettings);

    storage::Database& db_;
    PermitIssuer& permits_;
    // What came with the sign-in: each request brings it anew, so it is as old as the request that uses it.
    mutable std::mutex mutex_;
    std::unordered_map<SwitchId, SwitchSettings> known_;
};

}  // namespace samtal::calls
