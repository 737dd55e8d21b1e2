#pragma once

#include "passwords.hpp"
#include "pg_account_repository.hpp"
#include "pg_activation_repository.hpp"
#include "pg_email_change_repository.hpp"
#include "pg_session_repository.hpp"
#include "samtal/identity/identity_room.hpp"
#include "session_cache.hpp"
#include "throttle.hpp"
#include "tokens.hpp"

#include <string>
#include <string_view>

namespace samtal::identity {

/// The rules of accounts and sessions. Signing in and sessions: identity_service.cpp; activation and passwords:
/// account_rules.cpp; forgotten passwords: password_reset.cpp; mail addresses: email_change.cpp.
class IdentityService final : public Identity, public PersonAuthenticator {
public:
    IdentityService(IdentityParts const& parts, IdentityOptions const& options);

    Task<Result<UserId>> activate(AccountPermit const&, Activation) override;
    Task<Result<TokenPair>> login(AccountPermit const&, Login const&) override;
    Task<Result<TokenPair>> refresh(AccountPermit const&, Secret const& refresh_token) override;
    Task<Result<void>> end_session(AccountPermit const&, Principal, SessionId) override;
    Task<Result<SessionPage>> sessions(AccountPermit const&, SessionQuery) override;
    Task<Result<void>> reauthenticate(AccountPermit const&, Reauthentication const&) override;
    Task<Result<void>> require_step_up(Principal) override;
    Task<Result<void>> change_password(AccountPermit const&, PasswordChange const&) override;
    Task<Result<void>> request_reset(AccountPermit, ResetRequest) override;
    Task<Result<void>> confirm_reset(AccountPermit const&, ResetConfirmation const&) override;
    Task<Result<boost::uuids::uuid>> request_email_change(Principal, MailAddress) override;
    Task<Result<void>> confirm_email_change(AccountPermit const&, Secret const& code) override;
    Task<Result<Account>> account(AccountPermit const&) override;
    Task<Result<Principal>> person(std::string_view access_token) override;

    Task<Result<void>> sweep();
    /// Here, and on all other servers when this resumes.
    Task<void> end(std::vector<gateway::Ending>);
    void apply(gateway::Ending const&);
    void reread(SessionId session) { cache_.forget(session); }
    void reread_all() { cache_.clear(); }
    void close() { pool_.close(); }

private:
    [[nodiscard]] std::string name_hash(std::string_view user_name) const;
    Task<Result<void>> prove(AccountPermit const&, Credentials const&, Secret const& password,
                             std::string address);
    Task<Result<void>> check_password(Credentials const*, AccountPermit const&, Secret const& password);
    Task<void> renew_hash(AccountPermit const&, Credentials&, Secret const& password);
    Task<Result<TokenPair>> begin(AccountPermit const&, Login const&, Credentials const&);
    [[nodiscard]] TokenPair pair_of(SessionRow const&, std::uint32_t generation, Timestamp expires_at) const;
    Task<Result<std::optional<SessionRow>>> known(AccountPermit const&, SessionId);
    Task<Result<Principal>> admit(Token token);
    void count_sign_in(AccountPermit const&, UserId, Login const&);
    void changed(Principal const&);
    std::optional<SessionRow> remembered(SessionId);
    Task<void> send_reset(AccountPermit, ResetRequest);

    IdentityParts parts_;
    std::string public_url_;
    PgAccountRepository accounts_;
    PgActivationRepository activations_;
    PgEmailChangeRepository email_changes_;
    PgSessionRepository sessions_;
    TokenMint mint_;
    PasswordHasher hasher_;
    PasswordPool pool_;
    SessionCache cache_;
    Throttle failures_;
    Throttle letters_;
};

}  // namespace samtal::identity
