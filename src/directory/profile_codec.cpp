#include "profile_codec.hpp"

#include "samtal/directory/profile_values.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace samtal::directory {

using nlohmann::json;

namespace {

constexpr std::size_t most_query_bytes = 200;
constexpr int largest_page = 200;
constexpr std::string_view on_a_call = "on_a_call";  // not in a profile: presence shows it

std::string name(gateway::FieldReader& in, Literal key) {
    std::string text = in.text(key);
    if (!is_name(text)) in.refuse("must be 1 to 200 bytes without control characters", key);
    return text;
}

void read_visibility(gateway::FieldReader& in, ProfileChange& change) {
    auto const wanted = in.optional_map("visibility", profile_fields.size() + 1);
    if (!wanted) return;
    for (auto const& [field_name, who] : *wanted) {
        bool const calls = field_name == on_a_call;
        bool const known = calls || std::ranges::find(profile_fields, field_name) != profile_fields.end();
        if (!known || (who != "organisation" && who != "private"))
            in.refuse("names a profile field each, or on_a_call, as organisation or private", "visibility");
        if (calls)
            change.shows_calls.emplace(who == "organisation");
        else
            change.hidden.emplace_back(field_name, who == "private");
    }
}

json to_json(ProfilePermit const& permit, Profile const& p) {
    return {{"user_id", p.user.text()},
            {"given_name", p.given_name.open(permit)},
            {"family_name", p.family_name.open(permit)},
            {"email", p.email.open(permit)},
            {"phone_numbers", p.phone_numbers.open(permit)},
            {"contact_numbers", p.contact_numbers.open(permit)}};
}

json colleague_json(ProfilePermit const& permit, Profile const& p) {
    json profile = to_json(permit, p);
    for (std::string const& hidden : p.private_fields) profile.erase(hidden);
    return profile;
}

}  // namespace

Result<ReadOwn> decode_own(gateway::Ask const& ask) {
    gateway::QueryReader query{ask.request.query};
    if (auto const problem = query.finish()) return *problem;
    return ReadOwn{};
}

Result<ReadColleague> decode_colleague(gateway::Ask const& ask) {
    gateway::QueryReader query{ask.request.query};
    if (auto const problem = query.finish()) return *problem;
    auto const user = ask.id<UserId>(0);
    if (!user) return user.error();
    return ReadColleague{*user};
}

Result<ProfileChange> decode_change(gateway::Ask const& ask) {
    auto in = ask.body();
    ProfileChange change;
    if (in.has("given_name")) change.given_name.emplace(name(in, "given_name"));
    if (in.has("family_name")) change.family_name.emplace(name(in, "family_name"));
    if (in.has("email")) change.email.emplace(ask.who, Email{in.text("email")});
    if (auto numbers = in.optional_texts("contact_numbers", most_contact_numbers)) {
        if (!std::ranges::all_of(*numbers, is_contact_number))
            in.refuse("must be up to ten numbers of digits, +, -, spaces and parentheses", "contact_numbers");
        change.contact_numbers.emplace(*std::move(numbers));
    }
    read_visibility(in, change);
    if (auto const problem = in.finish()) return *problem;
    return change;
}

Result<Search> decode_search(gateway::Ask const& ask) {
    gateway::QueryReader query{ask.request.query};
    Search search{.query = query.text("query").value_or(""), .after = {}, .limit = 0};
    if (search.query.size() > most_query_bytes) query.refuse("is too long", "query");
    search.limit = static_cast<std::size_t>(query.integer("limit", 50, 1, largest_page));
    if (auto const cursor = query.text("cursor")) {
        search.after = UserId::parse(*cursor);
        if (!search.after) query.refuse("is not a cursor", "cursor");
    }
    if (auto const problem = query.finish()) return *problem;
    return search;
}

std::string encode_own(ProfilePermit const& permit, Profile const& p) {
    json profile = to_json(permit, p);
    for (std::string_view const field_name : profile_fields)
        profile["visibility"][std::string{field_name}] =
            p.private_fields.contains(std::string{field_name}) ? "private" : "organisation";
    profile["visibility"][std::string{on_a_call}] = p.shows_calls.open(permit) ? "organisation" : "private";
    return profile.dump();
}

std::string encode_colleague(ProfilePermit const& permit, Profile const& p) {
    return colleague_json(permit, p).dump();
}

std::string encode_page(ProfilePermit const& permit, Page const& page) {
    json items = json::array();
    for (Profile const& p : page.people) items.push_back(colleague_json(permit, p));
    json const next = page.more ? json(page.people.back().user.text()) : json(nullptr);
    return json{{"items", std::move(items)}, {"next_cursor", next}}.dump();
}

}  // namespace samtal::directory
