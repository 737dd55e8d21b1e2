#pragma once

#include "samtal/core/id.hpp"

#include <variant>

namespace samtal {

/// The person who is asking, as the edge authenticated them.
struct Principal {
    OrganisationId organisation;
    UserId user;
    SessionId session;
    bool restricted = false;  // GDPR Art. 18: only what the register exempts is done for them
};

/// Those who act without being a person with an account here.
enum class ActorKind : unsigned char {
    person,    // signed in
    doorstep,  // not signed in yet: activation, login, password reset
    machine,   // a switch, or a job of the server itself
    operator_  // an administrator through the admin socket
};

/// Who acts. `organisation` and `user` are nil where the kind has none.
struct Actor {
    ActorKind kind;
    OrganisationId organisation;
    UserId user;
};

/// Whose data a permit covers: one person's, a conversation's members', or an organisation's.
using Scope = std::variant<UserId, ConversationId, OrganisationId>;

}  // namespace samtal
