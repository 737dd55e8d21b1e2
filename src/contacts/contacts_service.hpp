#pragma once

#include "pg_contacts_repository.hpp"
#include "samtal/calls/phone_numbers.hpp"

namespace samtal::contacts {

/// The rules of an address book.
class ContactsService {
public:
    ContactsService(PgContactsRepository& rows, calls::PhoneNumbers const& numbers)
        : rows_{rows}, numbers_{numbers} {}

    Task<Result<ContactPage>> list(ContactsPermit const&, ListContacts);
    Task<Result<Contact>> find(ContactsPermit const&, ContactId);
    /// What the owner has already is not there twice, and `updated` where the import says more.
    Task<Result<std::vector<Result<Imported>>>> import(ContactsPermit const&, std::vector<Result<ContactCard>>);
    Task<Result<Contact>> replace(ContactsPermit const&, ContactId, ContactCard);
    Task<Result<Contact>> change(ContactsPermit const&, ContactId, CardChange);
    Task<Result<void>> remove(ContactsPermit const&, ContactId);
    Task<Result<void>> remove_all(ContactsPermit const&);
    /// All of it.
    Task<Result<std::vector<Contact>>> all(ContactsPermit const&);

private:
    Task<Result<void>> match(ContactsPermit const&, std::span<Contact>);

    PgContactsRepository& rows_;
    calls::PhoneNumbers const& numbers_;
};

}  // namespace samtal::contacts
