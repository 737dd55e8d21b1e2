#include "staff_codec.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace samtal::audit {

using nlohmann::json;

namespace {

json profile_json(SupportPermit const& permit, std::optional<ShownProfile> const& profile) {
    if (!profile) return nullptr;
    return {{"given_name", profile->given_name.open(permit)},
            {"family_name", profile->family_name.open(permit)},
            {"email", profile->email.open(permit)},
            {"phone_numbers", profile->phone_numbers.open(permit)}};
}

}  // namespace

Result<ShowPerson> decode_show(gateway::Ask const& ask) {
    auto const user = ask.id<UserId>(0);
    if (!user) return user.error();
    auto in = ask.body();
    ShowPerson show{*user, in.text("as"), in.text("purpose_code")};
    constexpr auto const& codes = purpose::SupportCase::codes;
    if (std::ranges::find(codes, show.code) == codes.end())
        in.refuse("is no purpose code of the register", "purpose_code");
    if (auto const problem = in.finish()) return *problem;
    return show;
}

std::string encode(SupportPermit const& permit, ShownPerson const& person) {
    return json{{"user_id", person.user.text()},
                {"organisation_id", person.organisation.text()},
                {"role", person.role.open(permit)},
                {"state", person.state.open(permit)},
                {"restricted", person.restricted.open(permit)},
                {"created_at", rfc3339(person.created_at.open(permit))},
                {"profile", profile_json(permit, person.profile)},
                {"sessions", person.sessions.open(permit)}}
        .dump();
}

}  // namespace samtal::audit
