#include "contacts_codec.hpp"

#include "card_rules.hpp"
#include "samtal/gateway/problem.hpp"
#include "vcard_codec.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace samtal::contacts {

namespace {

using gateway::FieldReader;
using gateway::Input;
using nlohmann::json;

constexpr std::size_t most_texts = 100;  // of a kind, before they are tidied
constexpr std::size_t most_query_bytes = 200;
constexpr std::int64_t usual_page = 50;
constexpr std::int64_t largest_page = 200;

std::optional<Error> no_query(gateway::Ask const& ask) {
    return gateway::QueryReader{ask.request.query}.finish();
}

Result<ContactCard> read_card(FieldReader in) {
    ContactCard card{in.optional_text("name").value_or(""), in.optional_text("company").value_or(""),
                     in.optional_texts("phone_numbers", most_texts).value_or(std::vector<std::string>{}),
                     in.optional_texts("emails", most_texts).value_or(std::vector<std::string>{}),
                     in.optional_text("source_id").value_or("")};
    if (auto const problem = in.finish()) return *problem;
    return tidied(std::move(card));
}

Result<ImportContacts> import_of_json(gateway::Ask const& ask) {
    auto const body = gateway::parse_input(ask.request.body);
    if (!body) return body.error();
    FieldReader in{*body};
    in.pass("contacts");
    if (auto const problem = in.finish()) return *problem;
    auto const entries = (*body)->find("contacts");
    if (entries == (*body)->end() || !entries->is_array())
        return Error{Errc::invalid, "must be an array of contacts", "contacts"};
    if (entries->size() > most_contacts) return Error{Errc::invalid, "has more than 10000 entries", "contacts"};
    ImportContacts import;
    for (json const& entry : *entries) {
        if (entry.is_object())
            import.cards.push_back(read_card(FieldReader{Input{*body, &entry}}));
        else
            import.cards.emplace_back(Error{Errc::invalid, "must be an object"});
    }
    return import;
}

bool is_utf8(std::string_view content_type) {
    std::string type{content_type};
    std::ranges::transform(type, type.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? char(c | 0x20) : c; });
    auto const at = type.find("charset=");
    if (at == std::string::npos) return true;
    std::string_view const charset = std::string_view{type}.substr(at + 8);
    return charset.starts_with("utf-8") || charset.starts_with("\"utf-8\"") || charset.starts_with("us-ascii");
}

json to_json(ContactsPermit const& permit, Contact const& contact) {
    ContactCard const& card = contact.card.open(permit);
    auto const text = [](std::string const& t) { return t.empty() ? json(nullptr) : json(t); };
    return {{"contact_id", contact.id.text()},
            {"name", card.name},
            {"company", text(card.company)},
            {"phone_numbers", card.phone_numbers},
            {"emails", card.emails},
            {"source_id", text(card.source_id)},
            {"colleague_id", contact.colleague ? json(contact.colleague->open(permit).text()) : json(nullptr)}};
}

}  // namespace

Result<ListContacts> decode_list(gateway::Ask const& ask) {
    gateway::QueryReader in{ask.request.query};
    ListContacts list{in.text("query").value_or(""), {}, {}};
    if (list.query.size() > most_query_bytes) in.refuse("is too long", "query");
    list.limit = static_cast<std::size_t>(in.integer("limit", usual_page, 1, largest_page));
    if (auto const cursor = in.text("cursor")) {
        list.after = ContactId::parse(*cursor);
        if (!list.after) in.refuse("is not a cursor", "cursor");
    }
    if (auto const problem = in.finish()) return *problem;
    return list;
}

Result<AllContacts> decode_all(gateway::Ask const& ask) {
    if (auto const problem = no_query(ask)) return *problem;
    return AllContacts{};
}

Result<OneContact> decode_one(gateway::Ask const& ask) {
    if (auto const problem = no_query(ask)) return *problem;
    auto const id = ask.id<ContactId>(0);
    if (!id) return id.error();
    return OneContact{*id};
}

Result<ImportContacts> decode_import(gateway::Ask const& ask) {
    if (auto const problem = no_query(ask)) return *problem;
    std::string_view const type = ask.request.header("content-type");
    if (!is_utf8(type)) return Error{Errc::invalid, "must be UTF-8", "content-type"};
    if (type.find("json") != std::string_view::npos) return import_of_json(ask);
    ImportContacts import{decode_vcards(ask.request.body, most_contacts)};
    if (std::ranges::none_of(import.cards, &Result<ContactCard>::has_value) && import.cards.size() <= 1)
        return import.cards.empty() ? Error{Errc::invalid, "holds no vCard"} : import.cards.front().error();
    return import;
}

Result<NewContact> decode_new(gateway::Ask const& ask) {
    auto card = read_card(ask.body());
    if (!card) return card.error();
    return NewContact{*std::move(card)};
}

Result<ReplaceContact> decode_replacement(gateway::Ask const& ask) {
    auto const id = ask.id<ContactId>(0);
    if (!id) return id.error();
    auto card = read_card(ask.body());
    if (!card) return card.error();
    return ReplaceContact{*id, *std::move(card)};
}

Result<ChangeContact> decode_change(gateway::Ask const& ask) {
    auto const id = ask.id<ContactId>(0);
    if (!id) return id.error();
    auto in = ask.body();
    ChangeContact wanted{
        *id,
        {in.optional_text("name"), in.optional_text("company"), in.optional_texts("phone_numbers", most_texts),
         in.optional_texts("emails", most_texts)}};
    if (auto const problem = in.finish()) return *problem;
    return wanted;
}

std::string encode(ContactsPermit const& permit, Contact const& contact) {
    return to_json(permit, contact).dump();
}

std::string encode(ContactsPermit const& permit, ContactPage const& page) {
    json items = json::array();
    for (Contact const& contact : page.items) items.push_back(to_json(permit, contact));
    return json{{"items", std::move(items)}, {"next_cursor", page.next ? json(page.next->text()) : json(nullptr)}}
        .dump();
}

std::string encode_import(std::vector<Result<Imported>> const& outcomes) {
    json counts{{"created", 0}, {"updated", 0}, {"unchanged", 0}, {"rejected", 0}};
    json entries = json::array();
    for (std::size_t index = 0; index < outcomes.size(); ++index) {
        auto const& outcome = outcomes[index];
        std::string const state{outcome ? name_of(outcome->state) : "rejected"};
        counts[state] = counts[state].get<std::size_t>() + 1;
        json entry{{"index", index}, {"state", state}};
        if (outcome)
            entry["contact_id"] = outcome->id.text();
        else
            entry["problem"] = json::parse(gateway::problem_document(outcome.error()));
        entries.push_back(std::move(entry));
    }
    counts["entries"] = std::move(entries);
    return counts.dump();
}

std::string encode_created(ContactId id) {
    return json{{"contact_id", id.text()}}.dump();
}

}  // namespace samtal::contacts
