#include "identity_service.hpp"
#include "password_rules.hpp"
#include "samtal/core/uuid_v7.hpp"
#include "samtal/identity/activation_code.hpp"
#include "user_name.hpp"

namespace samtal::identity {

namespace {

constexpr Error bad_user_name{Errc::invalid, "must have 3 to 64 letters, digits or . _ - @ +", "username"};
constexpr Error outdated_notice{Errc::conflict, "the notice has a newer version", "acknowledged_notice",
                                "notice-outdated"};
constexpr Error no_consent_wanted{Errc::invalid, "names a purpose that asks for no consent", "consents"};
constexpr Error too_often{Errc::throttled, "too many failed tries"};
constexpr Error objects_to_sharing{Errc::conflict,
                                   "the request objects to sharing (Sec-GPC: 1): no consent can be given with it",
                                   "consents", "privacy-control"};
constexpr Error step_up_required{Errc::denied, "prove that it is you first", "", "step-up-required"};
constexpr Error not_signed_in{Errc::unauthenticated, "no valid credential"};

}  // namespace

Task<Result<UserId>> IdentityService::activate(AccountPermit const& permit, Activation a) {
    auto const name = parse_user_name(a.username.open(permit));
    if (!name) co_return bad_user_name;
    if (auto const refused = refuse_password(a.password.reveal(), name->folded, "password")) co_return *refused;
    Timestamp const now = parts_.clock();
    NewAccount account{.code_hash = activation_code_hash(a.code.reveal()),
                       .name_hash = parts_.keys.keyed_hash("username", name->folded),
                       .shown_name = Username{name->shown},
                       .password_hash = {},
                       .notice_version = a.acknowledged_notice,
                       .choices = {},
                       .now = now};
    for (auto const& [purpose, given] : a.consents) {
        auto const known = parts_.notices.purpose(purpose);
        if (known == nullptr || !known->opt_in) co_return no_consent_wanted;
        if (given && a.privacy_control && known->off_by_gpc) co_return objects_to_sharing;
        account.choices.push_back({.purpose = purpose,
                                   .terms_hash = known->terms_hash,
                                   .state = given ? "given" : "refused",
                                   .notice_version = a.acknowledged_notice,
                                   .how = {.control = "activation"},
                                   .event = DecisionId{uuid_v7(now)}});
    }
    if (a.acknowledged_notice != parts_.notices.current_version()) co_return outdated_notice;
    // Before the costly hash, so that only those who hold a code can ask for it.
    if (auto const valid = co_await activations_.check(permit, account.code_hash, now); !valid)
        co_return valid.error();
    auto hash = co_await pool_.hash(a.password);
    if (!hash) co_return hash.error();
    account.password_hash = *std::move(hash);
    co_return co_await activations_.activate(permit, std::move(account));
}

/// The password of somebody who is signed in, throttled together with their logins.
Task<Result<void>> IdentityService::prove(AccountPermit const& permit, Credentials const& who,
                                          Secret const& password, std::string address) {
    std::string const& name = who.name_hash.open(permit);
    if (!failures_.admit(name, address)) co_return too_often;
    auto const checked = co_await check_password(&who, permit, password);
    if (checked) failures_.succeeded(name, address);
    co_return checked;
}

Task<Result<void>> IdentityService::reauthenticate(AccountPermit const& permit, Reauthentication const& r) {
    auto const who = co_await accounts_.by_user(permit, r.who);
    if (!who) co_return who.error();
    auto const proved = co_await prove(permit, *who, r.password, r.address);
    if (!proved) co_return proved.error();
    auto const stored = co_await sessions_.step_up(permit, r.who, parts_.clock() + step_up_life);
    changed(r.who);
    co_return stored;
}

Task<Result<void>> IdentityService::require_step_up(Principal who) {
    auto const permit = parts_.permits.permit_doorstep<purpose::AccountLogin>();
    // Twice: they may have proved it to another server a moment ago.
    for (bool again : {true, false}) {
        auto const session = co_await known(permit, who.session);
        if (!session) co_return session.error();
        if (!*session) co_return not_signed_in;
        auto const& until = (*session)->stepped_up_until;
        if (until && parts_.clock() < *until) co_return Result<void>{};
        if (again) cache_.forget(who.session);
    }
    co_return step_up_required;
}

Task<Result<void>> IdentityService::change_password(AccountPermit const& permit, PasswordChange const& change) {
    auto const who = co_await accounts_.by_user(permit, change.who);
    if (!who) co_return who.error();
    std::string const name = nfkc_folded(who->username.open(permit));
    if (auto const refused = refuse_password(change.replacement.reveal(), name, "new")) co_return *refused;
    auto const proved = co_await prove(permit, *who, change.current, change.address);
    if (!proved) co_return proved.error();
    auto hash = co_await pool_.hash(change.replacement);
    if (!hash) co_return hash.error();
    auto const gone =
        co_await accounts_.change_password(permit, *who, *std::move(hash), change.who.session, parts_.clock());
    if (!gone) co_return gone.error();
    co_await end({{.user = change.who.user, .but = change.who.session}});
    co_return Result<void>{};
}

Task<Result<Account>> IdentityService::account(AccountPermit const& permit) {
    co_return co_await accounts_.account(permit);
}

}  // namespace samtal::identity
