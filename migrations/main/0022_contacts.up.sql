-- Address books, and what rooms share that keep something only under a consent. Owner: src/contacts.

-- The least UUIDv7 that a row can have which came under the person's present consent: that of the moment when the last one
-- ended. What is older waits for src/retention, and is neither read nor counted, also when a consent was given anew meanwhile.
CREATE FUNCTION consented_since(organisation uuid, person uuid, wanted text) RETURNS uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT (lpad(to_hex((extract(epoch FROM coalesce(greatest(
               (SELECT v.acted_at FROM consent_events v WHERE (v.organisation_id, v.user_id, v.purpose) = ($1, $2, $3)
                   AND v.state <> 'given' ORDER BY v.sequence DESC LIMIT 1),
               (SELECT max(c.since) FROM consent_terms c, consent_state s
                 WHERE (s.organisation_id, s.user_id, s.purpose) = ($1, $2, $3) AND c.purpose = $3 AND c.since <= s.since
                HAVING count(*) > 1)), to_timestamp(0))) * 1000)::bigint), 12, '0') || repeat('0', 20))::uuid
$$;
REVOKE ALL ON FUNCTION consented_since(uuid, uuid, text) FROM PUBLIC;

-- An entry of somebody's address book, under the owner's key. `source_hash` is keyed per owner, so nothing joins the entries
-- of two people, and nobody's number can be looked for in them.
CREATE TABLE contacts (
    organisation_id uuid  NOT NULL,
    owner_id        uuid  NOT NULL,
    contact_id      uuid  NOT NULL,
    source_hash     bytea NOT NULL CHECK (octet_length(source_hash) = 32),
    card            bytea NOT NULL CHECK (octet_length(card) <= 32768),
    decision_id     uuid  NOT NULL,
    PRIMARY KEY (organisation_id, owner_id, contact_id),
    UNIQUE (organisation_id, owner_id, source_hash),
    FOREIGN KEY (organisation_id, owner_id) REFERENCES users ON DELETE CASCADE
);

-- Whose these numbers are, among the asker's colleagues who show theirs. Asked when an entry is read; nothing is kept of it.
CREATE FUNCTION colleagues_of_numbers(organisation uuid, asker uuid, hashes bytea[])
RETURNS TABLE (number_hash bytea, user_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT a.number_hash, a.user_id
      FROM phone_assignments a
      JOIN users u ON (u.organisation_id, u.user_id) = (a.organisation_id, a.user_id)
      JOIN profiles p ON (p.organisation_id, p.user_id) = (a.organisation_id, a.user_id)
     WHERE a.organisation_id = $1 AND a.number_hash = ANY ($3) AND a.user_id <> $2
       AND a.valid_from <= now() AND (a.valid_to IS NULL OR a.valid_to > now())
       AND u.state = 'active' AND u.restricted_at IS NULL AND NOT 'phone_numbers' = ANY (p.private_fields)
$$;
REVOKE ALL ON FUNCTION colleagues_of_numbers(uuid, uuid, bytea[]) FROM PUBLIC;

COMMENT ON TABLE  contacts                 IS 'personal; holder=contacts; purpose=contacts; keep=register:contacts';
COMMENT ON COLUMN contacts.organisation_id IS 'not personal';
COMMENT ON COLUMN contacts.owner_id        IS 'personal; field=contacts.owner_id';
COMMENT ON COLUMN contacts.contact_id      IS 'not personal; UUIDv7 made by the application, in the associated data of card';
COMMENT ON COLUMN contacts.source_hash     IS 'personal; field=contacts.source_hash; keyed per owner: what a repeated import is recognised by';
COMMENT ON COLUMN contacts.card            IS 'personal; field=contacts.card; cipher: name, company, numbers, addresses';
COMMENT ON COLUMN contacts.decision_id     IS 'not personal; the decision under which the row was written';
