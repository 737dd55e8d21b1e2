#pragma once

#include "samtal/calls/calls_room.hpp"
#include "samtal/gateway/entrances.hpp"
#include "samtal/identity/identity_room.hpp"

namespace samtal::app {

/// People and machines come in by different rooms.
class Entrances final : public gateway::Authenticator {
public:
    Entrances(identity::PersonAuthenticator& people, calls::MachineAuthenticator& machines)
        : people_{people}, machines_{machines} {}
    Task<Result<Principal>> person(std::string_view token) override { return people_.person(token); }
    Task<Result<Principal>> machine(std::string_view token, std::optional<SwitchId> claimed) override {
        return machines_.machine(token, claimed);
    }

private:
    identity::PersonAuthenticator& people_;
    calls::MachineAuthenticator& machines_;
};

}  // namespace samtal::app
