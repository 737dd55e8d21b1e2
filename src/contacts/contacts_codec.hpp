#pragma once

#include "samtal/contacts/contacts.hpp"
#include "samtal/gateway/ask.hpp"

namespace samtal::contacts {

struct OneContact {
    ContactId id;
};
struct AllContacts {};
struct ImportContacts {
    std::vector<Result<ContactCard>> cards;  // what cannot be read stands as its error, in its place
};
struct NewContact {
    ContactCard card;
};
struct ReplaceContact {
    ContactId id;
    ContactCard card;
};
struct ChangeContact {
    ContactId id;
    CardChange change;
};

[[nodiscard]] Result<ListContacts> decode_list(gateway::Ask const&);
[[nodiscard]] Result<AllContacts> decode_all(gateway::Ask const&);
[[nodiscard]] Result<OneContact> decode_one(gateway::Ask const&);
/// vCards or JSON, as the content type says.
[[nodiscard]] Result<ImportContacts> decode_import(gateway::Ask const&);
[[nodiscard]] Result<NewContact> decode_new(gateway::Ask const&);
[[nodiscard]] Result<ReplaceContact> decode_replacement(gateway::Ask const&);
[[nodiscard]] Result<ChangeContact> decode_change(gateway::Ask const&);

[[nodiscard]] std::string encode(ContactsPermit const&, Contact const&);
[[nodiscard]] std::string encode(ContactsPermit const&, ContactPage const&);
[[nodiscard]] std::string encode_import(std::vector<Result<Imported>> const&);
[[nodiscard]] std::string encode_created(ContactId);

}  // namespace samtal::contacts
