#include "contacts_service.hpp"

#include "card_rules.hpp"
#include "samtal/core/uuid_v7.hpp"
#include "search.hpp"

#include <algorithm>
#include <map>

namespace samtal::contacts {

namespace {

constexpr std::size_t together = 500;  // entries in one transaction, or opened at once

}  // namespace

Task<Result<ContactPage>> ContactsService::list(ContactsPermit const& permit, ListContacts wanted) {
    ContactPage page;
    SearchFor const search{wanted.query};
    std::optional<ContactId> after = wanted.after;
    // One more than wanted tells whether there is a next page.
    std::size_t const step = wanted.query.empty() ? wanted.limit + 1 : together;
    for (;;) {
        auto part = co_await rows_.page(permit, after, step);
        if (!part) co_return part.error();
        for (Contact& contact : *part) {
            if (!search.finds(contact.card.open(permit))) continue;
            if (page.items.size() == wanted.limit) {
                page.next = page.items.back().id;
                break;
            }
            page.items.push_back(std::move(contact));
        }
        if (page.next || part->size() < step) break;
        after = part->back().id;
    }
    if (auto const matched = co_await match(permit, page.items); !matched) co_return matched.error();
    co_return page;
}

Task<Result<Contact>> ContactsService::find(ContactsPermit const& permit, ContactId id) {
    auto contact = co_await rows_.find(permit, id);
    if (!contact) co_return contact.error();
    if (auto const matched = co_await match(permit, {&*contact, 1}); !matched) co_return matched.error();
    co_return contact;
}

Task<Result<std::vector<Result<Imported>>>> ContactsService::import(ContactsPermit const& permit,
                                                                    std::vector<Result<ContactCard>> cards) {
    if (cards.size() > most_contacts) co_return Error{Errc::invalid, "holds more than 10000 contacts"};
    std::vector<Result<Imported>> outcomes(cards.size(), Error{});
    for (std::size_t begin = 0; begin < cards.size(); begin += together) {
        std::vector<PendingContact> pending;
        std::vector<std::size_t> places;
        for (std::size_t n = begin; n < std::min(cards.size(), begin + together); ++n) {
            if (!cards[n]) {
                outcomes[n] = cards[n].error();
                continue;
            }
            pending.push_back({ContactId{uuid_v7(std::chrono::system_clock::now())}, Card{*std::move(cards[n])}});
            places.push_back(n);
        }
        if (pending.empty()) continue;
        if (auto const stored = co_await rows_.store(permit, pending, most_contacts); !stored)
            co_return stored.error();  // what came before stands, and is `unchanged` at the next try
        for (std::size_t i = 0; i < places.size(); ++i) outcomes[places[i]] = *pending[i].outcome;
    }
    co_return outcomes;
}

Task<Result<Contact>> ContactsService::replace(ContactsPermit const& permit, ContactId id, ContactCard card) {
    auto const known = co_await rows_.find(permit, id);
    if (!known) co_return known.error();
    if (card.source_id.empty()) card.source_id = known->card.open(permit).source_id;
    auto const done = co_await rows_.replace(permit, id, Card{std::move(card)});
    if (!done) co_return done.error();
    co_return co_await find(permit, id);
}

Task<Result<Contact>> ContactsService::change(ContactsPermit const& permit, ContactId id, CardChange change) {
    auto const known = co_await rows_.find(permit, id);
    if (!known) co_return known.error();
    auto card = tidied(changed(known->card.open(permit), std::move(change)));
    if (!card) co_return card.error();
    auto const done = co_await rows_.replace(permit, id, Card{*std::move(card)});
    if (!done) co_return done.error();
    co_return co_await find(permit, id);
}

Task<Result<void>> ContactsService::remove(ContactsPermit const& permit, ContactId id) {
    co_return co_await rows_.remove(permit, id);
}

Task<Result<void>> ContactsService::remove_all(ContactsPermit const& permit) {
    co_return co_await rows_.remove_all(permit);
}

Task<Result<std::vector<Contact>>> ContactsService::all(ContactsPermit const& permit) {
    std::vector<Contact> contacts;
    for (;;) {
        std::optional<ContactId> after;
        if (!contacts.empty()) after = contacts.back().id;
        auto part = co_await rows_.page(permit, after, together);
        if (!part) co_return part.error();
        bool const last = part->size() < together;
        std::ranges::move(*part, std::back_inserter(contacts));
        if (last) co_return contacts;
    }
}

/// Which colleagues they are: computed now, for the owner alone, and kept nowhere.
Task<Result<void>> ContactsService::match(ContactsPermit const& permit, std::span<Contact> contacts) {
    std::multimap<std::string, Contact*> by_hash;
    std::vector<std::string> hashes;
    for (Contact& contact : contacts)
        for (std::string const& number : contact.card.open(permit).phone_numbers) {
            auto const read = numbers_.normalise(number);
            if (!read || !read->assignable) continue;
            hashes.push_back(numbers_.hash(permit.organisation(), read->text));
            by_hash.emplace(hashes.back(), &contact);
        }
    auto const found = co_await rows_.colleagues(permit, std::move(hashes));
    if (!found) co_return found.error();
    for (auto const& [hash, colleague] : *found) {
        auto const [first, last] = by_hash.equal_range(hash);
        for (auto at = first; at != last; ++at)
            if (!at->second->colleague) at->second->colleague = colleague;
    }
    co_return Result<void>{};
}

}  // namespace samtal::contacts
