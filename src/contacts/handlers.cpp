#include "handlers.hpp"

#include "contacts_codec.hpp"
#include "vcard_codec.hpp"

namespace samtal::contacts {

namespace {

using gateway::Reply;
using net::Method;
using P = purpose::Contacts;
using Service = ContactsService;

constexpr std::size_t most_import_bytes = 1024 * 1024;

Task<Result<Reply>> list(Service& service, ContactsPermit permit, ListContacts wanted) {
    auto const page = co_await service.list(permit, std::move(wanted));
    if (!page) co_return page.error();
    co_return Reply{200, encode(permit, *page), {}};
}

Task<Result<Reply>> find(Service& service, ContactsPermit permit, OneContact wanted) {
    auto const contact = co_await service.find(permit, wanted.id);
    if (!contact) co_return contact.error();
    co_return Reply{200, encode(permit, *contact), {}};
}

Task<Result<Reply>> export_all(Service& service, ContactsPermit permit, AllContacts) {
    auto const contacts = co_await service.all(permit);
    if (!contacts) co_return contacts.error();
    std::string text;
    for (Contact const& contact : *contacts) text += encode_vcard(contact.card.open(permit));
    std::vector<net::Header> headers{{"Content-Disposition", "attachment; filename=\"contacts.vcf\""}};
    co_return Reply{200, std::move(text), std::move(headers), "text/vcard; charset=utf-8"};
}

Task<Result<Reply>> import(Service& service, ContactsPermit permit, ImportContacts wanted) {
    auto const outcomes = co_await service.import(permit, std::move(wanted.cards));
    if (!outcomes) co_return outcomes.error();
    co_return Reply{200, encode_import(*outcomes), {}};
}

Task<Result<Reply>> create(Service& service, ContactsPermit permit, NewContact wanted) {
    std::vector<Result<ContactCard>> one;
    one.emplace_back(std::move(wanted.card));
    auto const outcomes = co_await service.import(permit, std::move(one));
    if (!outcomes) co_return outcomes.error();
    auto const& outcome = outcomes->front();
    if (!outcome) co_return outcome.error();
    co_return Reply{outcome->state == ImportState::created ? 201 : 200, encode_created(outcome->id), {}};
}

Task<Result<Reply>> replace(Service& service, ContactsPermit permit, ReplaceContact wanted) {
    auto const contact = co_await service.replace(permit, wanted.id, std::move(wanted.card));
    if (!contact) co_return contact.error();
    co_return Reply{200, encode(permit, *contact), {}};
}

Task<Result<Reply>> change(Service& service, ContactsPermit permit, ChangeContact wanted) {
    auto const contact = co_await service.change(permit, wanted.id, std::move(wanted.change));
    if (!contact) co_return contact.error();
    co_return Reply{200, encode(permit, *contact), {}};
}

Task<Result<Reply>> remove(Service& service, ContactsPermit permit, OneContact wanted) {
    auto const done = co_await service.remove(permit, wanted.id);
    if (!done) co_return done.error();
    co_return gateway::no_content();
}

Task<Result<Reply>> remove_all(Service& service, ContactsPermit permit, AllContacts) {
    auto const done = co_await service.remove_all(permit);
    if (!done) co_return done.error();
    co_return gateway::no_content();
}

}  // namespace

void add_routes(gateway::Router& router, ContactsService& service) {
    auto const with = [&service](auto handler) {
        return [&service, handler](ContactsPermit permit, auto command) {
            return handler(service, std::move(permit), std::move(command));
        };
    };
    gateway::RouteOptions importing{.body_limit = most_import_bytes, .creates = true};
    importing.own_types = {"application/json", "text/vcard", "text/x-vcard", "text/directory"};
    router.person<P>(Method::get, "/v1/contacts", decode_list, with(list));
    router.person<P>(Method::post, "/v1/contacts", decode_new, with(create), {.creates = true});
    router.person<P>(Method::del, "/v1/contacts", decode_all, with(remove_all));
    router.person<P>(Method::post, "/v1/contacts/import", decode_import, with(import), importing);
    router.person<P>(Method::get, "/v1/contacts/export", decode_all, with(export_all));
    router.person<P>(Method::get, "/v1/contacts/{id}", decode_one, with(find));
    router.person<P>(Method::put, "/v1/contacts/{id}", decode_replacement, with(replace));
    router.person<P>(Method::patch, "/v1/contacts/{id}", decode_change, with(change));
    router.person<P>(Method::del, "/v1/contacts/{id}", decode_one, with(remove));
}

}  // namespace samtal::contacts
