#pragma once

#include "samtal/calls/phone_numbers.hpp"
#include "samtal/core/personal.hpp"
#include "samtal/core/task.hpp"
#include "samtal/core/time.hpp"

#include <array>
#include <optional>
#include <string>

namespace samtal::administration {

using OperatorPermit = Permit<purpose::ResellerService>;
using GivenName = Personal<std::string, field::ProfilesGivenName>;
using FamilyName = Personal<std::string, field::ProfilesFamilyName>;
using Email = Personal<std::string, field::ProfilesEmail>;
using Number = Personal<std::string, field::PhoneAssignmentsNumber>;

struct NewOrganisation {
    std::string brand;
    std::string name;
};

struct Invitation {
    OrganisationId organisation;
    GivenName given_name;
    FamilyName family_name;
    Email email;
    Number phone;
    std::optional<Timestamp> phone_since;  // now when absent
    std::string role = "member";
};

/// A number becomes somebody's, or stops being it.
struct NumberChange {
    UserId user;
    Number phone;
    std::optional<Timestamp> at;  // now when absent
};

enum class AccountState : unsigned char { active, suspended };
struct StateChange {
    UserId user;
    AccountState state;
};

/// How long an organisation keeps its chat, and how its calls fade. Of what is changed: an ISO 8601 period, or
/// "register" for the register's own.
struct RetentionChoice {
    OrganisationId organisation;
    std::optional<std::string> chat{}, calls_masked{}, calls_token{}, calls{}, call_counters{};
};

/// What an organisation may choose, and which period of the register it must not be longer than.
struct ChoosablePeriod {
    Literal field;
    std::optional<std::string> RetentionChoice::* period;
    std::string_view purpose;
    std::string_view step;  // of the purpose; empty: its own period
};
inline constexpr std::array<ChoosablePeriod, 5> choosable_periods{
    {{"chat", &RetentionChoice::chat, purpose::ChatMessaging::name, ""},
     {"calls_masked", &RetentionChoice::calls_masked, purpose::CallHistory::name, "masked"},
     {"calls_token", &RetentionChoice::calls_token, purpose::CallHistory::name, "token"},
     {"calls", &RetentionChoice::calls, purpose::CallHistory::name, ""},
     {"call_counters", &RetentionChoice::call_counters, purpose::CallHistory::name, "counters"}}};
inline constexpr std::string_view as_the_register = "register";

struct NewSwitch {
    OrganisationId organisation;
    std::string name;
    calls::SwitchSettings settings{};
};

/// The rows. An interface so that AdministrationService is tested without a database. Permit and command live in
/// the awaiting coroutine. `not_found` for an unknown organisation or person.
class AdministrationRepository {
public:
    virtual ~AdministrationRepository() = default;
    virtual Task<Result<void>> create(OperatorPermit const&, OrganisationId, NewOrganisation const&) = 0;
    /// `conflict` when the number is somebody's then. The phone is E.164.
    virtual Task<Result<void>> invite(OperatorPermit const&, UserId, Invitation const&,
                                      std::string const& code_hash, Timestamp phone_since,
                                      Timestamp code_expires) = 0;
    virtual Task<Result<void>> add_number(OperatorPermit const&, NumberChange const&, Timestamp since) = 0;
    /// `not_found` when it is not theirs, `invalid` when it became theirs only later.
    virtual Task<Result<void>> end_number(OperatorPermit const&, NumberChange const&, Timestamp at) = 0;
    /// `conflict` for somebody who has not activated yet.
    virtual Task<Result<void>> set_state(OperatorPermit const&, StateChange const&) = 0;
    virtual Task<Result<void>> set_retention(OperatorPermit const&, RetentionChoice const&) = 0;
    virtual Task<Result<void>> create(OperatorPermit const&, SwitchId, NewSwitch const&,
                                      std::string const& token_hash) = 0;
};

}  // namespace samtal::administration
