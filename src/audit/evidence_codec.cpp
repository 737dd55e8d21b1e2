#include "evidence_codec.hpp"

#include <nlohmann/json.hpp>

namespace samtal::audit {

using nlohmann::json;

namespace {

constexpr int largest_page = 200;

json to_json(RightsPermit const& permit, StaffRead const& read) {
    json by{{"role", read.role}};
    if (read.name) by["name"] = read.name->given_name.open(permit) + " " + read.name->family_name.open(permit);
    return {{"at", rfc3339(read.at)}, {"purpose", read.purpose}, {"code", read.code}, {"by", std::move(by)}};
}

json to_json(RightsPermit const& permit, ReadDisclosure const& d) {
    return {{"disclosure_id", d.id.text()},
            {"at", rfc3339(d.at.open(permit))},
            {"recipient", d.recipient.open(permit)},
            {"purpose", d.purpose.open(permit)},
            {"categories", d.categories.open(permit)},
            {"reason", d.reason.open(permit)},
            {"country", d.country.open(permit)}};
}

template <class Item>
std::string encode_list(RightsPermit const& permit, Page<Item> const& page) {
    json items = json::array();
    for (Item const& item : page.items) items.push_back(to_json(permit, item));
    json const next = page.next ? json(page.next->text()) : json(nullptr);
    return json{{"items", std::move(items)}, {"next_cursor", next}}.dump();
}

}  // namespace

Result<ReadPage> decode_page(gateway::Ask const& ask) {
    gateway::QueryReader query{ask.request.query};
    ReadPage page{std::nullopt, static_cast<int>(query.integer("limit", 50, 1, largest_page))};
    if (auto const cursor = query.text("cursor")) {
        page.before = EvidenceId::parse(*cursor);
        if (!page.before) query.refuse("is not a cursor", "cursor");
    }
    if (auto const problem = query.finish()) return *problem;
    return page;
}

std::string encode(RightsPermit const& permit, Page<StaffRead> const& page) {
    return encode_list(permit, page);
}

std::string encode(RightsPermit const& permit, Page<ReadDisclosure> const& page) {
    return encode_list(permit, page);
}

}  // namespace samtal::audit
