#pragma once

#include "samtal/contacts/contacts.hpp"
#include "samtal/storage/column_cipher.hpp"
#include "samtal/storage/database.hpp"

#include <span>
#include <utility>

namespace samtal::contacts {

/// An entry on its way into the owner's address book, and what becomes of it.
struct PendingContact {
    ContactId fresh;  // its id, unless the owner has the entry already
    Card card;
    std::optional<Result<Imported>> outcome = std::nullopt;
};

/// Rows of `contacts`, always of the permit's actor. What came under an earlier consent is neither seen nor
/// changed. Writes answer `denied`, "consent-required", when the consent was withdrawn a moment ago.
class PgContactsRepository {
public:
    PgContactsRepository(storage::Database& db, storage::ColumnCipher& cipher) : db_{db}, cipher_{cipher} {}

    /// At most `limit` entries after that one, in the order of their ids.
    Task<Result<std::vector<Contact>>> page(ContactsPermit const&, std::optional<ContactId> after,
                                            std::size_t limit);
    Task<Result<Contact>> find(ContactsPermit const&, ContactId);
    /// All of them or, when the database is lost, none: in one transaction, so let it be a few hundred. Sets the
    /// outcomes; `conflict` for an entry beyond `most`.
    Task<Result<void>> store(ContactsPermit const&, std::span<PendingContact>, std::size_t most);
    /// `conflict` when another entry is told by the same identity.
    Task<Result<void>> replace(ContactsPermit const&, ContactId, Card const&);
    Task<Result<void>> remove(ContactsPermit const&, ContactId);
    Task<Result<void>> remove_all(ContactsPermit const&);

    /// Colleagues by the keyed hashes of the numbers that they have and show.
    Task<Result<std::vector<std::pair<std::string, Colleague>>>> colleagues(ContactsPermit const&,
                                                                            std::vector<std::string> hashes);

private:
    class Batch;
    Result<Contact> contact_of(UserId owner, pqxx::row const&);

    storage::Database& db_;
    storage::ColumnCipher& cipher_;
};

}  // namespace samtal::contacts
