#pragma once

#include "samtal/gateway/ask.hpp"
#include "samtal/identity/identity.hpp"

#include <string>
#include <string_view>

namespace samtal::identity {

struct Refreshing {
    Secret token;
};
struct Leaving {
    Principal who;
    bool by_cookie;
};
struct Confirming {
    Secret code;
};
struct Ending {
    Principal who;
    SessionId session;
};
struct Asking {};

[[nodiscard]] Result<Activation> decode_activation(gateway::Ask const&);
[[nodiscard]] Result<Login> decode_login(gateway::Ask const&);
[[nodiscard]] Result<Refreshing> decode_refresh(gateway::Ask const&);
[[nodiscard]] Result<Leaving> decode_logout(gateway::Ask const&);
[[nodiscard]] Result<SessionQuery> decode_sessions(gateway::Ask const&);
[[nodiscard]] Result<Ending> decode_ending(gateway::Ask const&);
[[nodiscard]] Result<Reauthentication> decode_reauthentication(gateway::Ask const&);
[[nodiscard]] Result<PasswordChange> decode_password_change(gateway::Ask const&);
[[nodiscard]] Result<ResetRequest> decode_reset_request(gateway::Ask const&);
[[nodiscard]] Result<ResetConfirmation> decode_reset_confirmation(gateway::Ask const&);
[[nodiscard]] Result<Confirming> decode_confirming(gateway::Ask const&);
[[nodiscard]] Result<Asking> decode_asking(gateway::Ask const&);

[[nodiscard]] std::string encode_user(UserId);
[[nodiscard]] std::string encode(TokenPair const&);
/// Without the tokens: those of a browser are in its cookie.
[[nodiscard]] std::string encode_without_tokens(TokenPair const&);
[[nodiscard]] std::string encode(AccountPermit const&, SessionPage const&);
[[nodiscard]] std::string encode(AccountPermit const&, Account const&);

/// What is sealed in sessions.device.
[[nodiscard]] std::string encode_device(Device const&);
[[nodiscard]] Device decode_device(std::string_view);

}  // namespace samtal::identity
