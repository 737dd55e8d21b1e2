DROP FUNCTION erase_consent_events(uuid, uuid, integer);
CREATE OR REPLACE FUNCTION hold_consents(organisation uuid, users uuid[], wanted text) RETURNS SETOF uuid
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT s.user_id FROM consent_state s
      JOIN users u ON (u.organisation_id, u.user_id) = (s.organisation_id, s.user_id)
     WHERE s.organisation_id = $1 AND s.user_id = ANY ($2) AND s.purpose = $3 AND s.state = 'given'
       AND u.state = 'active' AND u.restricted_at IS NULL
     ORDER BY s.user_id
       FOR SHARE OF s
$$;
DROP FUNCTION append_consent(uuid, uuid, uuid, bytea, bigint, bytea, text, text, text, bytea, timestamptz, bytea, bytea);
DROP FUNCTION lock_consent_chain(uuid, uuid);
DO $$
DECLARE p record;
BEGIN  -- row policies that ask for the terms; the older program's migrate writes its own
    FOR p IN SELECT policyname, tablename FROM pg_policies WHERE qual LIKE '%current_terms%' LOOP
        EXECUTE format('DROP POLICY %I ON %I', p.policyname, p.tablename);
    END LOOP;
END $$;
DROP FUNCTION renew_consent_terms(text[], bytea[], timestamptz);
DROP FUNCTION current_terms(text);
DROP TABLE consent_terms;
ALTER TABLE consent_state DROP COLUMN terms_hash;
DELETE FROM consent_events WHERE user_id IS NULL;
DROP INDEX consent_events_of_purpose, consent_events_ended;
CREATE INDEX consent_events_of_user ON consent_events (organisation_id, user_id, purpose, event_id);
ALTER TABLE consent_events
    DROP CONSTRAINT consent_events_organisation_id_user_id_fkey,
    ADD FOREIGN KEY (organisation_id, user_id) REFERENCES users ON DELETE CASCADE,
    DROP COLUMN signature, DROP COLUMN document, DROP COLUMN previous_hash, DROP COLUMN sequence,
    DROP COLUMN subject, ALTER COLUMN user_id SET NOT NULL;
COMMENT ON COLUMN consent_events.event_id IS 'not personal; UUIDv7 made by the application: orders the ledger';
