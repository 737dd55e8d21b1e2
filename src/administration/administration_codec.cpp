#include "administration_codec.hpp"

#include <nlohmann/json.hpp>

namespace samtal::administration {

namespace {

using gateway::FieldReader;
using nlohmann::json;

/// An operator may write a date: midnight in UTC.
std::optional<Timestamp> optional_moment(FieldReader& in, Literal key) {
    auto const text = in.optional_text(key);
    if (!text) return std::nullopt;
    if (auto const at = parse_rfc3339(*text)) return at;
    if (auto const day = parse_full_date(*text)) return day;
    in.refuse("must be a date or an RFC 3339 date-time", key);
    return std::nullopt;
}

Result<NumberChange> decode_number(gateway::Ask const& ask, Literal when) {
    auto const user = ask.id<UserId>(0);
    if (!user) return user.error();
    auto in = ask.body();
    NumberChange change{*user, Number{in.text("phone")}, optional_moment(in, when)};
    if (auto const problem = in.finish()) return *problem;
    return change;
}

}  // namespace

Result<NewOrganisation> decode_organisation(gateway::Ask const& ask) {
    auto in = ask.body();
    NewOrganisation wanted{in.text("brand"), in.text("name")};
    if (auto const problem = in.finish()) return *problem;
    return wanted;
}

Result<Invitation> decode_invitation(gateway::Ask const& ask) {
    auto in = ask.body();
    Invitation who{.organisation = in.id<OrganisationId>("organisation_id"),
                   .given_name = GivenName{in.text("given_name")},
                   .family_name = FamilyName{in.text("family_name")},
                   .email = Email{in.text("email")},
                   .phone = Number{in.text("phone")},
                   .phone_since = optional_moment(in, "phone_since"),
                   .role = in.optional_text("role").value_or("member")};
    if (auto const problem = in.finish()) return *problem;
    return who;
}

Result<NumberChange> decode_new_number(gateway::Ask const& ask) {
    return decode_number(ask, "since");
}

Result<NumberChange> decode_ended_number(gateway::Ask const& ask) {
    return decode_number(ask, "at");
}

Result<StateChange> decode_state(gateway::Ask const& ask) {
    auto const user = ask.id<UserId>(0);
    if (!user) return user.error();
    auto in = ask.body();
    std::string const state = in.text("state");
    if (state != "active" && state != "suspended") in.refuse("must be active or suspended", "state");
    if (auto const problem = in.finish()) return *problem;
    return StateChange{*user, state == "active" ? AccountState::active : AccountState::suspended};
}

Result<RetentionChoice> decode_retention(gateway::Ask const& ask) {
    auto const organisation = ask.id<OrganisationId>(0);
    if (!organisation) return organisation.error();
    auto in = ask.body();
    RetentionChoice choice{*organisation};
    for (ChoosablePeriod const& each : choosable_periods) choice.*each.period = in.optional_text(each.field);
    if (auto const problem = in.finish()) return *problem;
    return choice;
}

Result<NewSwitch> decode_switch(gateway::Ask const& ask) {
    auto in = ask.body();
    NewSwitch wanted{in.id<OrganisationId>("organisation_id"),
                     in.text("name"),
                     {.time_zone = in.optional_text("time_zone"),
                      .country_code = in.optional_text("country_code"),
                      .short_prefix = in.optional_text("short_prefix"),
                      .short_digits = 0}};
    if (in.has("short_digits")) {
        auto const digits = in.integer("short_digits");
        if (digits < 2 || digits > 6) in.refuse("must be 2 to 6", "short_digits");
        wanted.settings.short_digits = static_cast<std::size_t>(digits);
    }
    if (auto const problem = in.finish()) return *problem;
    return wanted;
}

std::string encode(OrganisationId id) {
    return json{{"organisation_id", id.text()}}.dump();
}

std::string encode(Invited const& invited) {
    return json{{"user_id", invited.user.text()}, {"activation_code", invited.activation_code.reveal()}}.dump();
}

std::string encode(SwitchCreated const& made) {
    return json{{"switch_id", made.id.text()}, {"token", made.token.reveal()}}.dump();
}

std::string encode_valid_from(Timestamp since) {
    return json{{"valid_from", rfc3339(since)}}.dump();
}

std::string encode_valid_to(Timestamp at) {
    return json{{"valid_to", rfc3339(at)}}.dump();
}

/// What was changed; null: as the register says.
std::string encode(RetentionChoice const& choice) {
    json changed{{"organisation_id", choice.organisation.text()}};
    for (ChoosablePeriod const& each : choosable_periods)
        if (auto const& period = choice.*each.period)
            changed[std::string{each.field.text()} + "_retention"] =
                *period == as_the_register ? json(nullptr) : json(*period);
    return changed.dump();
}

std::string encode(AccountState state) {
    return json{{"state", state == AccountState::active ? "active" : "suspended"}}.dump();
}

}  // namespace samtal::administration
