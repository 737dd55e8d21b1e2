#pragma once

#include "samtal/storage/tx.hpp"

// $1 and $2 are the organisation and the owner everywhere.
namespace samtal::contacts {

// One import of a person at a time, so that together they keep to the limit and see each other's entries.
inline constexpr storage::Statement lock_address_book{R"sql(
-- contacts.lock_address_book
SELECT pg_advisory_xact_lock(hashtextextended('contacts ' || $1 || ' ' || $2, 0))
)sql"};

inline constexpr storage::Statement hold_consent{R"sql(
-- contacts.hold_consent
SELECT hold_consents($1::uuid, ARRAY[$2::uuid], 'contacts')
)sql"};

// What an earlier consent left would be deleted soon anyway, and stands in the way of its like.
inline constexpr storage::Statement delete_earlier{R"sql(
-- contacts.delete_earlier
DELETE FROM contacts
 WHERE organisation_id = $1::uuid AND owner_id = $2::uuid AND contact_id < consented_since($1::uuid, $2::uuid, 'contacts')
)sql"};

inline constexpr storage::Statement count_contacts{R"sql(
-- contacts.count
SELECT count(*) FROM contacts WHERE organisation_id = $1::uuid AND owner_id = $2::uuid
)sql"};

inline constexpr storage::Statement find_by_source{R"sql(
-- contacts.find_by_source
SELECT contact_id, card, source_hash FROM contacts
 WHERE organisation_id = $1::uuid AND owner_id = $2::uuid AND source_hash = ANY ($3::bytea[])
)sql"};

inline constexpr storage::Statement insert_contacts{R"sql(
-- contacts.insert
INSERT INTO contacts (organisation_id, owner_id, contact_id, source_hash, card, decision_id)
SELECT $1::uuid, $2::uuid, i.contact_id, i.source_hash, i.card, $6::uuid
  FROM unnest($3::uuid[], $4::bytea[], $5::bytea[]) AS i (contact_id, source_hash, card)
)sql"};

inline constexpr storage::Statement update_contacts{R"sql(
-- contacts.update
UPDATE contacts c SET source_hash = i.source_hash, card = i.card
  FROM unnest($3::uuid[], $4::bytea[], $5::bytea[]) AS i (contact_id, source_hash, card)
 WHERE c.organisation_id = $1::uuid AND c.owner_id = $2::uuid AND c.contact_id = i.contact_id
RETURNING c.contact_id
)sql"};

inline constexpr storage::Statement read_contacts{R"sql(
-- contacts.page
SELECT contact_id, card FROM contacts
 WHERE organisation_id = $1::uuid AND owner_id = $2::uuid AND contact_id > $3::uuid
   AND contact_id >= (SELECT consented_since($1::uuid, $2::uuid, 'contacts'))
 ORDER BY contact_id LIMIT $4::integer
)sql"};

inline constexpr storage::Statement read_contact{R"sql(
-- contacts.find
SELECT contact_id, card FROM contacts
 WHERE organisation_id = $1::uuid AND owner_id = $2::uuid AND contact_id = $3::uuid
   AND contact_id >= (SELECT consented_since($1::uuid, $2::uuid, 'contacts'))
)sql"};

inline constexpr storage::Statement delete_contact{R"sql(
-- contacts.delete
DELETE FROM contacts WHERE organisation_id = $1::uuid AND owner_id = $2::uuid AND contact_id = $3::uuid
RETURNING contact_id
)sql"};

inline constexpr storage::Statement delete_contacts{R"sql(
-- contacts.delete_all
DELETE FROM contacts WHERE organisation_id = $1::uuid AND owner_id = $2::uuid
)sql"};

inline constexpr storage::Statement find_colleagues{R"sql(
-- contacts.colleagues
SELECT number_hash, user_id FROM colleagues_of_numbers($1::uuid, $2::uuid, $3::bytea[])
)sql"};

}  // namespace samtal::contacts
