#pragma once

#include "samtal/core/personal.hpp"
#include "samtal/core/secret.hpp"
#include "samtal/core/time.hpp"

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace samtal::identity {

using AccountPermit = Permit<purpose::AccountLogin>;
using Username = Personal<std::string, field::CredentialsUsername>;
using MailAddress = Personal<std::string, field::ProfilesEmail>;

/// An invited person takes their account.
struct Activation {
    Secret code;
    Username username;
    Secret password;
    std::string acknowledged_notice;
    std::vector<std::pair<std::string, bool>> consents;  // purpose, given or refused
    bool privacy_control = false;                        // Sec-GPC: 1
};

struct Device {
    std::string name;
    std::string app_version;
};
using SomeDevice = Personal<Device, field::SessionsDevice>;

struct Login {
    Username username;
    Secret password;
    bool remember = false;
    bool cookie = false;  // a browser: the access token lives in a cookie, as long as the session
    std::optional<SomeDevice> device;
    std::string platform = "other";
    std::string address;  // of the client, for throttling; never stored
};

/// What a client holds to prove its session.
struct TokenPair {
    Secret access;
    Secret refresh;
    std::chrono::seconds expires_in;  // of the access token
    UserId user;
    SessionId session;
};

/// Where a page of sessions continues: after the one that began then and has that id, newest first.
struct SessionCursor {
    Timestamp created_at;
    SessionId session;
};
struct SessionQuery {
    Principal who;
    std::optional<SessionCursor> after;
    std::size_t limit = 50;
};
struct SessionItem {
    SessionId session;
    bool current;
    Personal<Timestamp, field::SessionsCreatedAt> created_at;
    std::optional<SomeDevice> device;
    Personal<std::string, field::SessionsPlatform> platform;
    Personal<Timestamp, field::SessionsIdleExpiresAt> expires_at;
};
struct SessionPage {
    std::vector<SessionItem> items;
    std::optional<SessionCursor> next;
};

struct Reauthentication {
    Principal who;
    Secret password;
    std::string address;
};
struct PasswordChange {
    Principal who;
    Secret current;
    Secret replacement;
    std::string address;
};
struct ResetRequest {
    Username username;
    std::string address;
};
struct ResetConfirmation {
    Secret code;
    Secret password;
};

struct Account {
    UserId user;
    OrganisationId organisation;
    std::string organisation_name;
    std::string brand;
    Username username;
    Personal<std::string, field::UsersRole> role;
    Personal<bool, field::UsersRestrictedAt> restricted;
    Personal<Timestamp, field::UsersCreatedAt> created_at;
};

/// Accounts, passwords and sessions. The caller keeps a permit that is passed by reference until the answer.
/// Everything that ends a session has closed its sockets and forgotten its tokens when it answers.
class Identity {
public:
    virtual ~Identity() = default;

    /// `invalid`: user name, password or consents; `conflict`: "username-taken", "notice-outdated"; `not_found`:
    /// unknown, used or expired code. Only a success uses the code up.
    virtual Task<Result<UserId>> activate(AccountPermit const&, Activation) = 0;

    /// `unauthenticated` for an unknown, suspended or not yet activated account and for a wrong password, after
    /// the same work; `throttled`; `exhausted` when too many passwords wait.
    virtual Task<Result<TokenPair>> login(AccountPermit const&, Login const&) = 0;

    /// The one successor pair. After its first use a repeat ends the session; `unauthenticated` then and for
    /// anything that is no valid refresh token.
    virtual Task<Result<TokenPair>> refresh(AccountPermit const&, Secret const& refresh_token) = 0;

    /// `not_found` unless it is a session of the person's own.
    virtual Task<Result<void>> end_session(AccountPermit const&, Principal, SessionId) = 0;
    virtual Task<Result<SessionPage>> sessions(AccountPermit const&, SessionQuery) = 0;

    /// Opens five minutes of step-up for this session.
    virtual Task<Result<void>> reauthenticate(AccountPermit const&, Reauthentication const&) = 0;
    /// `denied`/"step-up-required" outside those minutes. For other rooms' sensitive calls.
    virtual Task<Result<void>> require_step_up(Principal) = 0;

    /// Ends the person's other sessions, and what was mailed and not yet opened.
    virtual Task<Result<void>> change_password(AccountPermit const&, PasswordChange const&) = 0;
    /// Answers at once and always the same; the mail follows if there is somebody to write to.
    virtual Task<Result<void>> request_reset(AccountPermit, ResetRequest) = 0;
    /// Ends all sessions of the person. `not_found`: unknown, used or expired code; `invalid`: the password, and
    /// the code stays valid.
    virtual Task<Result<void>> confirm_reset(AccountPermit const&, ResetConfirmation const&) = 0;

    /// Mails a link to the new address and gives its id; the address before stays until `confirm_email_change`.
    /// The last request counts. `invalid`: "email"; `denied`/"step-up-required"; `throttled`; `exhausted` when too
    /// many letters wait.
    virtual Task<Result<boost::uuids::uuid>> request_email_change(Principal, MailAddress) = 0;
    /// Tells the address before. `not_found`: unknown, used or expired code; `denied`: "processing-restricted".
    virtual Task<Result<void>> confirm_email_change(AccountPermit const&, Secret const& code) = 0;

    virtual Task<Result<Account>> account(AccountPermit const&) = 0;
};

}  // namespace samtal::identity
