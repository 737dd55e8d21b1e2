#include "pg_contacts_repository.hpp"

#include "card_codec.hpp"
#include "card_rules.hpp"
#include "contacts_statements.hpp"
#include "samtal/storage/values.hpp"

#include <map>

namespace samtal::contacts {

namespace {

constexpr Error absent{Errc::not_found, "no such thing"};
constexpr Error consent_required{Errc::denied, "this needs a consent that is not given", "", "consent-required",
                                 purpose::Contacts::name};
constexpr Error full{Errc::conflict, "the address book has its 10000 entries"};
constexpr Error same_entry{Errc::conflict, "another entry of the address book is the same"};
constexpr std::string_view unique_violation = "23505";

bool hold(storage::Tx& tx, ContactsPermit const& permit) {
    return !tx.exec(hold_consent, permit.organisation().text(), permit.actor().text()).empty();
}

}  // namespace

/// What one transaction of an import does, in the order of the entries: the same entry may come twice.
class PgContactsRepository::Batch {
public:
    Batch(storage::Tx& tx, storage::ColumnCipher& cipher, ContactsPermit const& permit)
        : tx_{tx}, cipher_{cipher}, permit_{permit} {}

    Result<void> store(std::span<PendingContact> pending, std::size_t most) {
        tx_.exec(lock_address_book, organisation(), owner());
        if (!hold(tx_, permit_)) return consent_required;
        tx_.exec(delete_earlier, organisation(), owner());
        std::vector<std::string> hashes;
        for (PendingContact const& one : pending) {
            auto hash = cipher_.owner_hash(permit_.actor(), "contact", identity_of(one.card.open(permit_)));
            if (!hash) return absent;  // erased a moment ago
            hashes.push_back(*std::move(hash));
        }
        if (auto const read = read_known(hashes); !read) return read;
        std::size_t const there = tx_.exec(count_contacts, organisation(), owner())[0][0].as<std::size_t>();
        room_ = most - std::min(most, there);
        for (std::size_t n = 0; n < pending.size(); ++n) place(pending[n], hashes[n]);
        return write();
    }

private:
    struct Known {
        ContactId id;
        std::string card;
        bool is_new = false;
        bool changed = false;
    };

    [[nodiscard]] std::string organisation() const { return permit_.organisation().text(); }
    [[nodiscard]] std::string owner() const { return permit_.actor().text(); }

    Result<void> read_known(std::vector<std::string> const& hashes) {
        storage::ArrayLiteral asked;
        for (std::string const& hash : hashes) asked.add(storage::bytea(hash));
        for (auto const& row : tx_.exec(find_by_source, organisation(), owner(), asked.text())) {
            auto const id = storage::id_of<ContactId>(row[0]);
            auto card = cipher_.open(permit_.actor(), {field::ContactsCard::column, id.value()},
                                     storage::bytes_of(row[1]));
            if (!card) return card.error();
            known_.emplace(storage::bytes_of(row[2]), Known{id, *std::move(card)});
        }
        return {};
    }

    void place(PendingContact& one, std::string const& hash) {
        std::string card = encode_card(one.card.open(permit_));
        auto const found = known_.find(hash);
        if (found == known_.end()) {
            if (room_ == 0) {
                one.outcome = full;
                return;
            }
            --room_;
            known_.emplace(hash, Known{one.fresh, std::move(card), true});
            one.outcome = Imported{one.fresh, ImportState::created};
            return;
        }
        Known& known = found->second;
        // An earlier run of this transaction, whose commit was in doubt, has succeeded: its answer stands.
        bool const again = one.outcome && *one.outcome && (*one.outcome)->id == known.id;
        if (known.card != card) {
            known.card = std::move(card);
            known.changed = true;
            one.outcome = Imported{known.id, ImportState::updated};
        } else if (!again) {
            one.outcome = Imported{known.id, ImportState::unchanged};
        }
    }

    Result<void> write() {
        Rows fresh;
        Rows changed;
        for (auto const& [hash, known] : known_) {
            if (!known.is_new && !known.changed) continue;
            auto const sealed =
                cipher_.seal(permit_.actor(), {field::ContactsCard::column, known.id.value()}, known.card);
            if (!sealed) return absent;
            (known.is_new ? fresh : changed).add(known.id, hash, *sealed);
        }
        if (fresh.any)
            tx_.exec(insert_contacts, organisation(), owner(), fresh.ids.text(), fresh.hashes.text(),
                     fresh.cards.text(), permit_.decision().text());
        if (changed.any)
            tx_.exec(update_contacts, organisation(), owner(), changed.ids.text(), changed.hashes.text(),
                     changed.cards.text());
        return {};
    }

    struct Rows {
        void add(ContactId id, std::string const& hash, std::string const& sealed) {
            any = true;
            ids.add(id.text());
            hashes.add(storage::bytea(hash));
            cards.add(storage::bytea(sealed));
        }
        bool any = false;
        storage::ArrayLiteral ids, hashes, cards;
    };

    storage::Tx& tx_;
    storage::ColumnCipher& cipher_;
    ContactsPermit const& permit_;
    std::map<std::string, Known> known_;  // by their hash
    std::size_t room_ = 0;
};

Result<Contact> PgContactsRepository::contact_of(UserId owner, pqxx::row const& row) {
    auto const id = storage::id_of<ContactId>(row[0]);
    auto card = cipher_.open(owner, {field::ContactsCard::column, id.value()}, storage::bytes_of(row[1]));
    if (!card) return card.error();
    return Contact{id, Card{decode_card(*card)}};
}

Task<Result<std::vector<Contact>>> PgContactsRepository::page(ContactsPermit const& permit,
                                                              std::optional<ContactId> after, std::size_t limit) {
    co_return co_await db_.read(permit, [&](storage::Tx& tx) -> Result<std::vector<Contact>> {
        std::vector<Contact> contacts;
        for (auto const& row : tx.exec(read_contacts, permit.organisation().text(), permit.actor().text(),
                                       after.value_or(ContactId::nil()).text(), limit)) {
            auto contact = contact_of(permit.actor(), row);
            if (!contact) return contact.error();
            contacts.push_back(*std::move(contact));
        }
        return contacts;
    });
}

Task<Result<Contact>> PgContactsRepository::find(ContactsPermit const& permit, ContactId id) {
    co_return co_await db_.read(permit, [&](storage::Tx& tx) -> Result<Contact> {
        auto const found = tx.exec(read_contact, permit.organisation().text(), permit.actor().text(), id.text());
        if (found.empty()) return absent;
        return contact_of(permit.actor(), found[0]);
    });
}

Task<Result<void>> PgContactsRepository::store(ContactsPermit const& permit, std::span<PendingContact> pending,
                                               std::size_t most) {
    co_return co_await db_.run(
        permit, [&](storage::Tx& tx) -> Result<void> { return Batch{tx, cipher_, permit}.store(pending, most); });
}

Task<Result<void>> PgContactsRepository::replace(ContactsPermit const& permit, ContactId id, Card const& card) {
    auto const body = [&](storage::Tx& tx) -> Result<void> {
        if (!hold(tx, permit)) return consent_required;
        UserId const owner = permit.actor();
        auto const hash = cipher_.owner_hash(owner, "contact", identity_of(card.open(permit)));
        auto const sealed =
            cipher_.seal(owner, {field::ContactsCard::column, id.value()}, encode_card(card.open(permit)));
        if (!hash || !sealed) return absent;
        storage::ArrayLiteral ids, hashes, cards;
        ids.add(id.text());
        hashes.add(storage::bytea(*hash));
        cards.add(storage::bytea(*sealed));
        auto const done = tx.exec(update_contacts, permit.organisation().text(), owner.text(), ids.text(),
                                  hashes.text(), cards.text());
        if (done.empty()) return absent;
        return {};
    };
    try {
        co_return co_await db_.run(permit, body);
    } catch (storage::IntegrityViolation const& e) {
        if (e.sqlstate() != unique_violation) throw;
    }
    co_return same_entry;
}

Task<Result<void>> PgContactsRepository::remove(ContactsPermit const& permit, ContactId id) {
    bool gone = false;  // by an earlier run, whose commit was in doubt
    co_return co_await db_.run(permit, [&](storage::Tx& tx) -> Result<void> {
        auto const done = tx.exec(delete_contact, permit.organisation().text(), permit.actor().text(), id.text());
        if (done.empty() && !gone) return absent;
        gone = true;
        return {};
    });
}

Task<Result<void>> PgContactsRepository::remove_all(ContactsPermit const& permit) {
    co_return co_await db_.run(permit, [&](storage::Tx& tx) -> Result<void> {
        tx.exec(delete_contacts, permit.organisation().text(), permit.actor().text());
        return {};
    });
}

Task<Result<std::vector<std::pair<std::string, Colleague>>>> PgContactsRepository::colleagues(
    ContactsPermit const& permit, std::vector<std::string> hashes) {
    using Found = std::vector<std::pair<std::string, Colleague>>;
    if (hashes.empty()) co_return Found{};
    storage::ArrayLiteral asked;
    for (std::string const& hash : hashes) asked.add(storage::bytea(hash));
    co_return co_await db_.read(permit, [&](storage::Tx& tx) -> Result<Found> {
        Found found;
        for (auto const& row :
             tx.exec(find_colleagues, permit.organisation().text(), permit.actor().text(), asked.text()))
            found.emplace_back(storage::bytes_of(row[0]), Colleague{storage::id_of<UserId>(row[1])});
        return found;
    });
}

}  // namespace samtal::contacts
