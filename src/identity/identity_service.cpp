#include "identity_service.hpp"

#include "encoding.hpp"
#include "identity_codec.hpp"
#include "samtal/identity/user_name_hash.hpp"
#include "user_name.hpp"

#include <boost/uuid/random_generator.hpp>

#include <algorithm>

namespace samtal::identity {

using statistics::Metric;

namespace {

constexpr Error not_signed_in{Errc::unauthenticated, "no valid credential"};
constexpr Error wrong_password{Errc::unauthenticated, "the user name or the password is wrong"};
constexpr Error too_often{Errc::throttled, "too many failed tries"};
constexpr Error not_known_now{Errc::exhausted, "the session changes too quickly"};

TokenSalt fresh_salt() {
    TokenSalt salt{};
    std::string const bytes = random_bytes(salt.size());
    std::copy(bytes.begin(), bytes.end(), salt.begin());
    return salt;
}

}  // namespace

IdentityService::IdentityService(IdentityParts const& parts, IdentityOptions const& options)
    : parts_{parts},
      public_url_{options.public_url},
      accounts_{parts.db, parts.cipher},
      activations_{parts.db, parts.cipher, parts.ledger},
      email_changes_{parts.db, parts.cipher},
      sessions_{parts.db, parts.cipher},
      mint_{parts.keys.derive("tokens")},
      hasher_{parts.keys.derive("pepper"), {options.argon2_memory_kib, options.argon2_passes}},
      pool_{hasher_, options.workers, options.queue},
      cache_{options.cached_sessions},
      failures_{{.failures = static_cast<double>(options.failures_per_minute),
                 .by_address = options.throttle_by_address},
                parts.clock},
      letters_{{.failures = 5, .window = std::chrono::hours{1}, .by_address = options.throttle_by_address},
               parts.clock} {}

std::string user_name_hash(storage::KeyRing const& keys, std::string_view user_name) {
    auto const name = parse_user_name(user_name);
    return keys.keyed_hash("username", name ? std::string_view{name->folded} : user_name);
}

/// Unknown and impossible names have one too, so that they are throttled and looked up like others.
std::string IdentityService::name_hash(std::string_view user_name) const {
    return user_name_hash(parts_.keys, user_name);
}

/// Costs one Argon2 run whoever it is, and answers the same.
Task<Result<void>> IdentityService::check_password(Credentials const* who, AccountPermit const& permit,
                                                   Secret const& password) {
    std::string const& stored = who != nullptr ? who->hash.open(permit) : hasher_.of_nobody();
    auto const right = co_await pool_.matches(stored, password);
    if (!right) co_return right.error();
    if (!*right || who == nullptr || !who->active) co_return wrong_password;
    co_return Result<void>{};
}

Task<Result<TokenPair>> IdentityService::login(AccountPermit const& permit, Login const& login) {
    std::string const name = name_hash(login.username.open(permit));
    if (!failures_.admit(name, login.address)) co_return too_often;
    auto who = co_await accounts_.by_name(permit, name);
    if (!who && who.error().code != Errc::not_found) co_return who.error();
    auto const checked = co_await check_password(who ? &*who : nullptr, permit, login.password);
    if (!checked) co_return checked.error();
    failures_.succeeded(name, login.address);
    co_await renew_hash(permit, *who, login.password);
    co_return co_await begin(permit, login, *who);
}

/// Parameters grow with the years; only a login sees the password again.
Task<void> IdentityService::renew_hash(AccountPermit const& permit, Credentials& who, Secret const& password) {
    if (!hasher_.outdated(who.hash.open(permit))) co_return;
    auto const renewed = co_await pool_.hash(password);
    if (!renewed) co_return;  // the next login will
    if (!co_await accounts_.rehash(permit, who, *renewed)) co_return;
    if (auto current = co_await accounts_.by_user(permit, {who.organisation, who.user, SessionId::nil()}))
        who = *std::move(current);
}

Task<Result<TokenPair>> IdentityService::begin(AccountPermit const& permit, Login const& login,
                                               Credentials const& who) {
    Timestamp const now = parts_.clock();
    boost::uuids::random_generator_pure random;
    Principal const principal{who.organisation, who.user, SessionId{random()}};
    NewSession session{.row = begin_session(principal, fresh_salt(), login.remember, login.cookie, now),
                       .device = std::nullopt,
                       .platform = login.platform,
                       .now = now};
    if (login.device)
        session.device = Personal<std::string, field::SessionsDevice>{encode_device(login.device->open(permit))};
    SessionRow const row = session.row;
    auto const added = co_await sessions_.add(permit, who, std::move(session));
    if (!added) co_return added.error();
    count_sign_in(permit, who.user, login);
    co_return pair_of(row, row.generation, row.access_expires_at);
}

void IdentityService::count_sign_in(AccountPermit const& permit, UserId user, Login const& login) {
    auto& recorder = parts_.recorder;
    recorder.record(permit, user, Metric::sign_ins);
    recorder.record(permit, user, Metric::active_users);
    recorder.record(permit, user, Metric::client_platform, login.platform);
    if (login.device) recorder.record(permit, user, Metric::app_version, login.device->open(permit).app_version);
}

TokenPair IdentityService::pair_of(SessionRow const& row, std::uint32_t generation, Timestamp expires_at) const {
    auto const left = std::chrono::ceil<std::chrono::seconds>(expires_at - parts_.clock());
    return {mint_.make(TokenKind::access, row.who.session, generation, row.salt),
            mint_.make(TokenKind::refresh, row.who.session, generation, row.salt),
            std::max(left, std::chrono::seconds{0}), row.who.user, row.who.session};
}

Task<Result<TokenPair>> IdentityService::refresh(AccountPermit const& permit, Secret const& refresh_token) {
    auto const token = mint_.parse(refresh_token.reveal(), TokenKind::refresh);
    if (!token) co_return not_signed_in;
    auto const done = co_await sessions_.refresh(permit, *token, mint_, parts_.clock());
    if (!done) co_return done.error();
    auto const& [verdict, row] = *done;
    if (verdict == Refresh::end) {
        co_await end({{.user = row.who.user, .only = row.who.session}});
        co_return not_signed_in;
    }
    if (verdict == Refresh::store) changed(row.who);
    parts_.recorder.record(permit, row.who.user, Metric::active_users);
    co_return pair_of(row, row.generation + 1, *row.successor_expires_at);
}

Task<Result<Principal>> IdentityService::person(std::string_view access_token) {
    auto const token = mint_.parse(access_token, TokenKind::access);
    if (!token) co_return not_signed_in;
    if (auto const row = remembered(token->session); row && mint_.belongs(*token, row->salt)) {
        Timestamp const now = parts_.clock();
        SessionRow longer = *row;
        if (judge_access(*row, token->generation, now) == Access::valid && !extend_cookie(longer, now))
            co_return row->who;
    }
    co_return co_await admit(*token);
}

std::optional<SessionRow> IdentityService::remembered(SessionId id) {
    if (parts_.others != nullptr && !parts_.others->in_touch()) return std::nullopt;
    return cache_.find(id);
}

/// The session as the cache or the database knows it. Nothing: there is none.
Task<Result<std::optional<SessionRow>>> IdentityService::known(AccountPermit const& permit, SessionId id) {
    if (auto const row = remembered(id)) co_return row;
    constexpr int most_tries = 5;
    for (int n = 0; n < most_tries; ++n) {
        auto const ticket = cache_.ticket(id);
        auto read = co_await sessions_.find(permit, id);
        if (!read || !*read) co_return read;
        if (cache_.put(ticket, **read)) co_return read;
    }
    co_return not_known_now;
}

/// All that the fast path leaves: a session not seen lately, a successor's first use, a cookie to be extended.
Task<Result<Principal>> IdentityService::admit(Token token) {
    auto const permit = parts_.permits.permit_doorstep<purpose::AccountLogin>();
    constexpr int most_tries = 3;
    for (int n = 0; n < most_tries; ++n) {
        Timestamp const now = parts_.clock();
        auto const found = co_await known(permit, token.session);
        if (!found) co_return found.error();
        if (!*found || !mint_.belongs(token, (*found)->salt)) co_return not_signed_in;
        SessionRow row = **found;
        Access const verdict = judge_access(row, token.generation, now);
        if (verdict == Access::refused) co_return not_signed_in;
        if (verdict == Access::valid && !extend_cookie(row, now)) co_return row.who;
        Result<void> stored;
        if (verdict == Access::valid) stored = co_await sessions_.extend(permit, row);
        if (verdict == Access::first_use)
            stored = co_await sessions_.first_use(permit, token.session, token.generation, now);
        if (!stored) co_return stored.error();
        // Stored anew, or behind what another server stored.
        if (verdict == Access::behind)
            cache_.forget(token.session);
        else
            changed(row.who);
        if (verdict == Access::valid) co_return row.who;
    }
    co_return not_signed_in;
}

/// Here first: what is known of it is out of date in any case.
void IdentityService::changed(Principal const& who) {
    cache_.forget(who.session);
    if (parts_.others != nullptr) parts_.others->changed(who.user, who.session);
}

void IdentityService::apply(gateway::Ending const& ending) {
    if (ending.only) {
        cache_.forget(*ending.only);
        return parts_.sockets.end_session(ending.user, *ending.only);
    }
    cache_.forget(ending.user);
    if (ending.but) return parts_.sockets.end_others(ending.user, *ending.but);
    parts_.sockets.end_user(ending.user);
}

Task<void> IdentityService::end(std::vector<gateway::Ending> endings) {
    for (gateway::Ending const& ending : endings) apply(ending);
    if (parts_.others != nullptr && !endings.empty()) co_await parts_.others->announce(std::move(endings));
}

Task<Result<void>> IdentityService::end_session(AccountPermit const& permit, Principal who, SessionId session) {
    auto const done = co_await sessions_.end(permit, who, session);
    // One's own ends here in any case: an earlier try may have ended it and lost its answer.
    if (done || session == who.session) co_await end({{.user = who.user, .only = session}});
    co_return done;
}

Task<Result<SessionPage>> IdentityService::sessions(AccountPermit const& permit, SessionQuery query) {
    auto found = co_await sessions_.list(permit, query, parts_.clock());
    if (!found) co_return found.error();
    SessionPage page;
    for (StoredSession& s : *found) {
        if (page.items.size() == query.limit) {
            SessionItem const& last = page.items.back();
            page.next = SessionCursor{last.created_at.open(permit), last.session};
            break;
        }
        std::optional<SomeDevice> device;
        if (s.device) device.emplace(decode_device(s.device->open(permit)));
        page.items.push_back({s.session, s.session == query.who.session, s.created_at, std::move(device),
                              s.platform, s.expires_at});
    }
    co_return page;
}

Task<Result<void>> IdentityService::sweep() {
    auto const permit = parts_.permits.permit_doorstep<purpose::AccountLogin>();
    auto const over = co_await sessions_.sweep(permit, parts_.clock());
    if (!over) co_return over.error();
    std::vector<gateway::Ending> endings;
    for (Principal const& who : *over) endings.push_back({.user = who.user, .only = who.session});
    co_await end(std::move(endings));
    co_return co_await accounts_.sweep_links(permit, parts_.clock());
}

}  // namespace samtal::identity
