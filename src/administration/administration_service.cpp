#include "administration_service.hpp"

#include "samtal/core/uuid_v7.hpp"
#include "samtal/identity/activation_code.hpp"
#include "samtal/ops/mailer.hpp"
#include "samtal/register/choice.hpp"

#include <sodium.h>

#include <algorithm>
#include <array>

namespace samtal::administration {

namespace {

constexpr std::size_t most_name_bytes = 200;

bool is_control(char c) {
    auto const byte = static_cast<unsigned char>(c);
    return byte < 0x20 || byte == 0x7f;
}

bool is_name(std::string_view text) {
    return !text.empty() && text.size() <= most_name_bytes && std::ranges::none_of(text, is_control) &&
           text.find_first_not_of(' ') != std::string_view::npos;
}

std::optional<Error> check(calls::SwitchSettings const& settings) {
    if (settings.time_zone && !calls::is_time_zone(*settings.time_zone))
        return Error{Errc::invalid, "must be an IANA name, e.g. Europe/Stockholm", "time_zone"};
    if (settings.country_code && !calls::is_country_code(*settings.country_code))
        return Error{Errc::invalid, "must be 1 to 3 digits, without +", "country_code"};
    if (settings.short_prefix && !calls::is_number_prefix(*settings.short_prefix))
        return Error{Errc::invalid, "must be + and digits, e.g. +46701740", "short_prefix"};
    if (settings.short_prefix.has_value() != (settings.short_digits > 0))
        return Error{Errc::invalid, "must be given with short_digits, and only then", "short_prefix"};
    return std::nullopt;
}

template <class SomeId>
SomeId new_id() {
    return SomeId{uuid_v7(std::chrono::system_clock::now())};
}

Secret switch_token() {
    constexpr int variant = sodium_base64_VARIANT_URLSAFE_NO_PADDING;
    std::array<unsigned char, 32> random;
    randombytes_buf(random.data(), random.size());
    std::array<char, sodium_base64_ENCODED_LEN(random.size(), variant)> text;
    sodium_bin2base64(text.data(), text.size(), random.data(), random.size(), variant);
    Secret token{"sw_" + std::string{text.data()}};
    sodium_memzero(random.data(), random.size());
    sodium_memzero(text.data(), text.size());
    return token;
}

}  // namespace

Task<Result<OrganisationId>> AdministrationService::create(OperatorPermit permit, NewOrganisation wanted) {
    auto const is_brand = [&](consent::Brand const& brand) { return brand.id == wanted.brand; };
    if (std::ranges::none_of(parts_.notices.brands(), is_brand))
        co_return Error{Errc::invalid, "is no brand of config/brands", "brand"};
    if (!is_name(wanted.name)) co_return Error{Errc::invalid, "must have 1 to 200 bytes of text", "name"};
    auto const id = new_id<OrganisationId>();
    auto const done = co_await repository_.create(permit, id, wanted);
    if (!done) co_return done.error();
    co_return id;
}

Task<Result<Invited>> AdministrationService::invite(OperatorPermit permit, Invitation who) {
    if (auto const problem = check(permit, who)) co_return *problem;
    auto phone = assignable(permit, who.phone);
    if (!phone) co_return phone.error();
    who.phone = *std::move(phone);
    Timestamp const now = parts_.clock();
    Secret code = identity::make_activation_code();
    auto const user = new_id<UserId>();
    auto const done =
        co_await repository_.invite(permit, user, who, identity::activation_code_hash(code.reveal()),
                                    who.phone_since.value_or(now), now + identity::activation_code_life);
    if (!done) co_return done.error();
    co_return Invited{user, std::move(code)};
}

std::optional<Error> AdministrationService::check(OperatorPermit const& permit, Invitation const& who) const {
    if (!is_name(who.given_name.open(permit)))
        return Error{Errc::invalid, "must have 1 to 200 bytes of text", "given_name"};
    if (!is_name(who.family_name.open(permit)))
        return Error{Errc::invalid, "must have 1 to 200 bytes of text", "family_name"};
    if (!ops::is_mail_address(who.email.open(permit)))
        return Error{Errc::invalid, "must be an e-mail address", "email"};
    if (who.role != "member" && who.role != "admin" && who.role != "support")
        return Error{Errc::invalid, "must be member, admin or support", "role"};
    return std::nullopt;
}

Result<Number> AdministrationService::assignable(OperatorPermit const& permit, Number const& phone) const {
    auto number = parts_.numbers.assignable(phone.open(permit));
    if (!number) return Error{Errc::invalid, number.error().reason, "phone"};
    return Number{*std::move(number)};
}

Task<Result<Timestamp>> AdministrationService::add_number(OperatorPermit permit, NumberChange change) {
    auto phone = assignable(permit, change.phone);
    if (!phone) co_return phone.error();
    change.phone = *std::move(phone);
    Timestamp const since = change.at.value_or(parts_.clock());
    auto const done = co_await repository_.add_number(permit, change, since);
    if (!done) co_return done.error();
    co_return since;
}

Task<Result<Timestamp>> AdministrationService::end_number(OperatorPermit permit, NumberChange change) {
    auto phone = assignable(permit, change.phone);
    if (!phone) co_return phone.error();
    change.phone = *std::move(phone);
    Timestamp const at = change.at.value_or(parts_.clock());
    auto const done = co_await repository_.end_number(permit, change, at);
    if (!done) co_return done.error();
    co_return at;
}

Task<Result<void>> AdministrationService::set_state(OperatorPermit permit, StateChange change) {
    auto const done = co_await repository_.set_state(permit, change);
    if (done && change.state == AccountState::suspended && parts_.on_suspended)
        co_await parts_.on_suspended(change.user);
    co_return done;
}

Task<Result<void>> AdministrationService::set_retention(OperatorPermit permit, RetentionChoice choice) {
    auto const in_force = parts_.notices.in_force();
    bool chose = false;
    for (auto const& [field, member, purpose, step] : choosable_periods) {
        auto const& period = choice.*member;
        chose = chose || period;
        if (period && *period != as_the_register && !processing::may_choose(*in_force, purpose, *period, step))
            co_return Error{Errc::invalid,
                            "must be an ISO 8601 period of a day or more, not longer than the register's", field};
    }
    if (!chose) co_return Error{Errc::invalid, "names no period"};
    co_return co_await repository_.set_retention(permit, choice);
}

Task<Result<SwitchCreated>> AdministrationService::create(OperatorPermit permit, NewSwitch wanted) {
    if (!is_name(wanted.name)) co_return Error{Errc::invalid, "must have 1 to 200 bytes of text", "name"};
    if (auto const problem = administration::check(wanted.settings)) co_return *problem;
    Secret token = switch_token();
    auto const id = new_id<SwitchId>();
    auto const done = co_await repository_.create(permit, id, wanted, storage::sha256(token.reveal()));
    if (!done) co_return done.error();
    co_return SwitchCreated{id, std::move(token)};
}

}  // namespace samtal::administration
