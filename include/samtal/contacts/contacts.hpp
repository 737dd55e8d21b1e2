#pragma once

#include "samtal/core/personal.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace samtal::contacts {

using ContactsPermit = Permit<purpose::Contacts>;
using ContactId = Id<struct ContactTag>;  // an entry of somebody's address book

/// What is kept of an entry of an address book: what calling somebody takes. Photographs, birthdays, addresses and
/// notes are dropped when it is read.
struct ContactCard {
    std::string name;
    std::string company;
    std::vector<std::string> phone_numbers;  // as the owner wrote them
    std::vector<std::string> emails;
    std::string source_id;  // its name in the address book it came from: a vCard's UID

    friend bool operator==(ContactCard const&, ContactCard const&) = default;
};
using Card = Personal<ContactCard, field::ContactsCard>;
/// A colleague who has one of the entry's numbers now and shows it.
using Colleague = Personal<UserId, field::PhoneAssignmentsUserId>;

struct Contact {
    ContactId id;
    Card card;
    std::optional<Colleague> colleague = std::nullopt;
};

/// What became of an entry that was imported.
enum class ImportState : unsigned char { created, updated, unchanged };
[[nodiscard]] std::string_view name_of(ImportState) noexcept;
struct Imported {
    ContactId id;
    ImportState state;
};

/// Some of the fields of an entry; the rest stays.
struct CardChange {
    std::optional<std::string> name;
    std::optional<std::string> company;
    std::optional<std::vector<std::string>> phone_numbers;
    std::optional<std::vector<std::string>> emails;
};

struct ListContacts {
    std::string query;               // empty: all; else what name, company, number or address holds, in any case
    std::optional<ContactId> after;  // the last entry of the page before
    std::size_t limit = 50;
};
/// In the order in which the entries came.
struct ContactPage {
    std::vector<Contact> items;
    std::optional<ContactId> next;  // nothing after the last
};

}  // namespace samtal::contacts
