#include "identity_codec.hpp"

#include "encoding.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>

namespace samtal::identity {

using gateway::Ask;
using gateway::FieldReader;
using nlohmann::json;

namespace {

constexpr auto platforms =
    std::to_array<std::string_view>({"android", "ios", "windows", "macos", "linux", "web", "other"});
constexpr std::size_t most_device_name = 200;
constexpr std::size_t most_app_version = 64;
constexpr std::size_t most_consents = 64;
constexpr std::int64_t most_sessions = 200;

/// A decoded command, unless something about the body was wrong.
template <class Command>
Result<Command> checked(FieldReader& in, Command command) {
    if (auto const problem = in.finish()) return *problem;
    return command;
}

std::optional<Error> no_query(Ask const& ask) {
    return gateway::QueryReader{ask.request.query}.finish();
}

std::string pack(SessionCursor const& c) {
    auto const ms = static_cast<std::uint64_t>(c.created_at.time_since_epoch().count());
    std::string bytes;
    for (int shift = 56; shift >= 0; shift -= 8) bytes.push_back(static_cast<char>(ms >> shift & 0xffU));
    bytes.append(c.session.value().begin(), c.session.value().end());
    return base64url(bytes);
}

std::optional<SessionCursor> unpack(std::string_view text) {
    auto const bytes = from_base64url(text);
    boost::uuids::uuid id{};
    if (!bytes || bytes->size() != 8 + id.size()) return std::nullopt;
    std::uint64_t ms = 0;
    for (std::size_t i = 0; i < 8; ++i) ms = ms << 8U | static_cast<unsigned char>((*bytes)[i]);
    constexpr std::uint64_t year_9999 = 253'402'300'799'000;
    if (ms > year_9999) return std::nullopt;
    std::copy_n(reinterpret_cast<unsigned char const*>(bytes->data()) + 8, id.size(), id.begin());
    return SessionCursor{Timestamp{std::chrono::milliseconds{static_cast<std::int64_t>(ms)}}, SessionId{id}};
}

/// Fills platform and device of a login. What an older client does not say is left open.
std::optional<Error> read_device(gateway::Input object, Login& login) {
    FieldReader in{std::move(object)};
    Device device{in.optional_text("name").value_or(""), in.optional_text("app_version").value_or("")};
    login.platform = in.optional_text("platform").value_or("other");
    if (device.name.size() > most_device_name) in.refuse("is too long", "name");
    if (device.app_version.size() > most_app_version) in.refuse("is too long", "app_version");
    if (std::ranges::find(platforms, login.platform) == platforms.end())
        in.refuse("is no known platform", "platform");
    login.device.emplace(std::move(device));
    return in.finish();
}

json times(TokenPair const& pair) {
    return {{"expires_in", pair.expires_in.count()},
            {"user_id", pair.user.text()},
            {"session_id", pair.session.text()}};
}

}  // namespace

Result<Activation> decode_activation(Ask const& ask) {
    FieldReader in = ask.body();
    return checked(in, Activation{.code = Secret{in.text("activation_code")},
                                  .username = Username{in.text("username")},
                                  .password = Secret{in.text("password")},
                                  .acknowledged_notice = in.text("acknowledged_notice"),
                                  .consents = in.booleans("consents", most_consents),
                                  .privacy_control = ask.privacy_control()});
}

Result<Login> decode_login(Ask const& ask) {
    FieldReader in = ask.body();
    Login login{.username = Username{in.text("username")},
                .password = Secret{in.text("password")},
                .remember = in.optional_boolean("remember").value_or(false),
                .cookie = in.optional_boolean("cookie").value_or(false),
                .device = std::nullopt,
                .address = ask.request.peer};
    if (auto device = in.optional_object("device"))
        if (auto const problem = read_device(std::move(device), login)) return *problem;
    return checked(in, std::move(login));
}

Result<Refreshing> decode_refresh(Ask const& ask) {
    FieldReader in = ask.body();
    return checked(in, Refreshing{Secret{in.text("refresh_token")}});
}

Result<Leaving> decode_logout(Ask const& ask) {
    FieldReader in = ask.body();
    return checked(in, Leaving{ask.who, !ask.request.has("authorization")});
}

Result<SessionQuery> decode_sessions(Ask const& ask) {
    gateway::QueryReader in{ask.request.query};
    SessionQuery query{.who = ask.who, .after = std::nullopt};
    query.limit = static_cast<std::size_t>(in.integer("limit", 50, 1, most_sessions));
    if (auto const cursor = in.text("cursor")) {
        query.after = unpack(*cursor);
        if (!query.after) in.refuse("is no cursor of this list", "cursor");
    }
    if (auto const problem = in.finish()) return *problem;
    return query;
}

Result<Ending> decode_ending(Ask const& ask) {
    if (auto const problem = no_query(ask)) return *problem;
    auto const session = ask.id<SessionId>(0);
    if (!session) return session.error();
    return Ending{ask.who, *session};
}

Result<Reauthentication> decode_reauthentication(Ask const& ask) {
    FieldReader in = ask.body();
    return checked(in, Reauthentication{ask.who, Secret{in.text("password")}, ask.request.peer});
}

Result<PasswordChange> decode_password_change(Ask const& ask) {
    FieldReader in = ask.body();
    return checked(in,
                   PasswordChange{ask.who, Secret{in.text("current")}, Secret{in.text("new")}, ask.request.peer});
}

Result<ResetRequest> decode_reset_request(Ask const& ask) {
    FieldReader in = ask.body();
    return checked(in, ResetRequest{Username{in.text("username")}, ask.request.peer});
}

Result<ResetConfirmation> decode_reset_confirmation(Ask const& ask) {
    FieldReader in = ask.body();
    return checked(in, ResetConfirmation{Secret{in.text("code")}, Secret{in.text("password")}});
}

Result<Confirming> decode_confirming(Ask const& ask) {
    FieldReader in = ask.body();
    return checked(in, Confirming{Secret{in.text("code")}});
}

Result<Asking> decode_asking(Ask const& ask) {
    if (auto const problem = no_query(ask)) return *problem;
    return Asking{};
}

std::string encode_user(UserId user) {
    return json{{"user_id", user.text()}}.dump();
}

std::string encode(TokenPair const& pair) {
    json body = times(pair);
    body["access_token"] = pair.access.reveal();
    body["refresh_token"] = pair.refresh.reveal();
    return body.dump();
}

std::string encode_without_tokens(TokenPair const& pair) {
    return times(pair).dump();
}

std::string encode(AccountPermit const& permit, SessionPage const& page) {
    json items = json::array();
    for (SessionItem const& s : page.items) {
        json device;
        if (s.device) {
            Device const& d = s.device->open(permit);
            device = {{"name", d.name}, {"platform", s.platform.open(permit)}, {"app_version", d.app_version}};
        }
        items.push_back({{"session_id", s.session.text()},
                         {"current", s.current},
                         {"created_at", rfc3339(s.created_at.open(permit))},
                         {"device", std::move(device)},
                         {"expires_at", rfc3339(s.expires_at.open(permit))}});
    }
    return json{{"items", std::move(items)}, {"next_cursor", page.next ? json(pack(*page.next)) : json()}}.dump();
}

std::string encode(AccountPermit const& permit, Account const& a) {
    json const organisation{
        {"organisation_id", a.organisation.text()}, {"name", a.organisation_name}, {"brand", a.brand}};
    return json{{"user_id", a.user.text()},
                {"organisation", organisation},
                {"username", a.username.open(permit)},
                {"role", a.role.open(permit)},
                {"restricted", a.restricted.open(permit)},
                {"created_at", rfc3339(a.created_at.open(permit))}}
        .dump();
}

std::string encode_device(Device const& device) {
    return json{{"name", device.name}, {"app_version", device.app_version}}.dump();
}

Device decode_device(std::string_view text) {
    auto const stored = json::parse(text);
    return {stored.at("name").get<std::string>(), stored.at("app_version").get<std::string>()};
}

}  // namespace samtal::identity
