#include "rights_codec.hpp"

#include "samtal/directory/profile_values.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>

namespace samtal::rights {

using nlohmann::json;

namespace {

constexpr std::array<std::string_view, 6> kinds{"access",  "portability", "rectification",
                                                "erasure", "restriction", "objection"};
constexpr int largest_page = 200;

bool needed_boolean(gateway::FieldReader& in, Literal key) {
    auto const value = in.optional_boolean(key);
    if (!value) in.refuse("is needed", key);
    return value.value_or(false);
}

json optional_time(std::optional<Timestamp> const& at) {
    return at ? json(rfc3339(*at)) : json(nullptr);
}

json to_json(RightsPermit const& permit, Request const& r) {
    json out{{"request_id", r.id.text()},
             {"kind", r.kind},
             {"state", r.state},
             {"received_at", rfc3339(r.received_at)},
             {"due_at", rfc3339(r.due_at)},
             {"extended_at", optional_time(r.extended_at)},
             {"done_at", optional_time(r.done_at)}};
    if (!r.waits_for.empty()) out["waits_for"] = r.waits_for;
    if (r.reason) out["reason"] = r.reason->open(permit);
    for (NoticeState const& notice : r.notices)
        out["recipients"].push_back({{"recipient", notice.recipient},
                                     {"state", notice.state},
                                     {"told_at", optional_time(notice.told_at)}});
    return out;
}

void read_correction(gateway::FieldReader& in, NewRequest& wanted) {
    wanted.field = in.text("field");
    if (wanted.field != "contact_numbers") {
        wanted.value.emplace(in.text("value"));
        return;
    }
    auto const numbers = in.optional_texts("value", directory::most_contact_numbers);
    if (!numbers || !std::ranges::all_of(*numbers, directory::is_contact_number))
        in.refuse("must be up to ten numbers of digits, +, -, spaces and parentheses", "value");
    wanted.value.emplace(directory::encode_numbers(numbers.value_or(std::vector<std::string>{})));
}

}  // namespace

Result<NewRequest> decode_new(gateway::Ask const& ask) {
    auto in = ask.body();
    NewRequest wanted{.who = ask.who,
                      .kind = in.text("kind"),
                      .field = {},
                      .value = std::nullopt,
                      .purpose = {},
                      .active = false,
                      .language = ask.request.header("accept-language").starts_with("en") ? "en" : "sv"};
    if (std::ranges::find(kinds, wanted.kind) == kinds.end())
        in.refuse("must be access, portability, rectification, erasure, restriction or objection", "kind");
    if (wanted.kind == "rectification") read_correction(in, wanted);
    if (wanted.kind == "objection") wanted.purpose = in.text("purpose");
    if (wanted.kind == "restriction" || wanted.kind == "objection") wanted.active = needed_boolean(in, "active");
    if (auto const problem = in.finish()) return *problem;
    return wanted;
}

Result<ListRequests> decode_list(gateway::Ask const& ask) {
    gateway::QueryReader query{ask.request.query};
    ListRequests list{std::nullopt, static_cast<std::size_t>(query.integer("limit", 50, 1, largest_page))};
    if (auto const cursor = query.text("cursor")) {
        list.before = RequestId::parse(*cursor);
        if (!list.before) query.refuse("is not a cursor", "cursor");
    }
    if (auto const problem = query.finish()) return *problem;
    return list;
}

Result<ReadRequest> decode_read(gateway::Ask const& ask) {
    gateway::QueryReader query{ask.request.query};
    if (auto const problem = query.finish()) return *problem;
    auto const id = ask.id<RequestId>(0);
    if (!id) return id.error();
    return ReadRequest{ask.who, *id, ask.receipt};
}

std::string encode_detail(NewRequest const& wanted) {
    if (wanted.kind == "rectification") return json{{"field", wanted.field}}.dump();
    if (wanted.kind == "objection") return json{{"purpose", wanted.purpose}, {"active", wanted.active}}.dump();
    if (wanted.kind == "restriction") return json{{"active", wanted.active}}.dump();
    return {};
}

std::string encode(RightsPermit const& permit, Accepted const& accepted) {
    json out = to_json(permit, accepted.request);
    if (accepted.receipt_token) out["receipt_token"] = accepted.receipt_token->reveal();
    return out.dump();
}

std::string encode(RightsPermit const& permit, Request const& request) {
    return to_json(permit, request).dump();
}

std::string encode(RightsPermit const& permit, RequestPage const& page) {
    json items = json::array();
    for (Request const& request : page.items) items.push_back(to_json(permit, request));
    json const next = page.more ? json(page.items.back().id.text()) : json(nullptr);
    return json{{"items", std::move(items)}, {"next_cursor", next}}.dump();
}

}  // namespace samtal::rights
