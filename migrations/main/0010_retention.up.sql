-- Retention: what the job finds its rows by, legal holds, and a report of each run. Owner: src/retention.
-- The functions that count and delete are derived from the register, with the grants.
CREATE INDEX messages_by_age ON messages (sent_at);
CREATE INDEX calls_by_age ON calls (ended_at);
CREATE INDEX call_receipts_by_age ON call_receipts (received_at);
CREATE INDEX invitations_by_age ON invitations (coalesce(used_at, expires_at));
CREATE INDEX sessions_by_end ON sessions (least(idle_expires_at, absolute_expires_at));
CREATE INDEX mail_links_by_end ON mail_links (expires_at);
CREATE INDEX acknowledgements_by_age ON acknowledgements (acknowledged_at);
CREATE INDEX consent_events_by_age ON consent_events (acted_at);
CREATE INDEX phone_assignments_by_end ON phone_assignments (valid_to) WHERE valid_to IS NOT NULL;
CREATE INDEX consent_state_ended ON consent_state (purpose, since) WHERE state <> 'given';

-- A legal claim stops the deletion of one person's data, until it is settled (GDPR Art. 17.3 e).
CREATE TABLE legal_holds (
    organisation_id uuid        NOT NULL,
    hold_id         uuid        NOT NULL,
    user_id         uuid        NOT NULL,
    case_reference  bytea       NOT NULL,
    placed_at       timestamptz NOT NULL,
    released_at     timestamptz CHECK (released_at >= placed_at),
    PRIMARY KEY (organisation_id, hold_id),
    FOREIGN KEY (organisation_id, user_id) REFERENCES users ON DELETE CASCADE
);
CREATE INDEX legal_holds_of_user ON legal_holds (organisation_id, user_id);
CREATE INDEX legal_holds_standing ON legal_holds (organisation_id, user_id) WHERE released_at IS NULL;
CREATE INDEX legal_holds_by_age ON legal_holds (released_at) WHERE released_at IS NOT NULL;

-- For whoever erases: the answer, and nothing of the case.
CREATE FUNCTION is_held(organisation uuid, person uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT EXISTS (SELECT FROM legal_holds h WHERE (h.organisation_id, h.user_id) = ($1, $2) AND h.released_at IS NULL)
$$;
REVOKE ALL ON FUNCTION is_held(uuid, uuid) FROM PUBLIC;

-- What each run deleted. `moment` is the time it ran for: now, except in a simulation.
CREATE TABLE retention_runs (
    run_id   uuid        PRIMARY KEY,
    kind     text        NOT NULL CHECK (kind IN ('scheduled', 'manual')),
    moment   timestamptz NOT NULL,
    began_at timestamptz NOT NULL,
    ended_at timestamptz
);
CREATE INDEX retention_runs_by_age ON retention_runs (began_at);
CREATE TABLE retention_run_counts (
    run_id   uuid   NOT NULL REFERENCES retention_runs ON DELETE CASCADE,
    category text   NOT NULL,
    deleted  bigint NOT NULL CHECK (deleted >= 0),
    PRIMARY KEY (run_id, category)
);

-- Traffic data kept for law enforcement, of public telephone services only (LEK 9:19): a record a call, under a key of
-- the duty's own, which no erasure destroys. No role reads it; the two functions below are the only ways in and out.
CREATE TABLE law_retention_calls (
    organisation_id uuid        NOT NULL REFERENCES organisations,
    source_hash     bytea       NOT NULL CHECK (octet_length(source_hash) = 32),
    caller_hash     bytea       CHECK (octet_length(caller_hash) = 32),
    callee_hash     bytea       CHECK (octet_length(callee_hash) = 32),
    record          bytea       NOT NULL,
    ended_at        timestamptz NOT NULL,
    PRIMARY KEY (organisation_id, source_hash)
);
CREATE INDEX law_retention_calls_by_caller ON law_retention_calls (caller_hash, ended_at);
CREATE INDEX law_retention_calls_by_callee ON law_retention_calls (callee_hash, ended_at);
CREATE INDEX law_retention_calls_by_age ON law_retention_calls (ended_at);

-- A corrected record takes the place of the first. In the order of the keys, so that two batches never wait in a circle.
CREATE FUNCTION law_retain(organisations uuid[], sources bytea[], callers bytea[], callees bytea[], records bytea[], ended_ms bigint[])
RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    INSERT INTO law_retention_calls (organisation_id, source_hash, caller_hash, callee_hash, record, ended_at)
    SELECT o, s, nullif(a, ''), nullif(b, ''), r, to_timestamp(e / 1000.0) FROM unnest($1, $2, $3, $4, $5, $6) AS i (o, s, a, b, r, e)
     ORDER BY o, s
        ON CONFLICT (organisation_id, source_hash) DO UPDATE
       SET caller_hash = excluded.caller_hash, callee_hash = excluded.callee_hash, record = excluded.record,
           ended_at = excluded.ended_at
$$;
REVOKE ALL ON FUNCTION law_retain(uuid[], bytea[], bytea[], bytea[], bytea[], bigint[]) FROM PUBLIC;

CREATE TABLE law_disclosures (
    disclosure_id uuid        PRIMARY KEY,
    first_admin   bytea       NOT NULL CHECK (octet_length(first_admin) = 32),
    second_admin  bytea       NOT NULL CHECK (octet_length(second_admin) = 32),
    case_number   text        NOT NULL CHECK (length(case_number) BETWEEN 1 AND 100),
    records       bigint      NOT NULL,
    disclosed_at  timestamptz NOT NULL DEFAULT now()
);

CREATE INDEX law_disclosures_by_age ON law_disclosures (disclosed_at);

-- No record leaves without two different administrators, both active, and a row that says so. `marks` are their pseudonyms.
CREATE FUNCTION law_disclose(disclosure uuid, admins uuid[], marks bytea[], case_ref text, number_hash bytea,
                             beginning timestamptz, ending timestamptz)
RETURNS TABLE (organisation_id uuid, source_hash bytea, record bytea)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
DECLARE found bigint;
BEGIN
    IF (SELECT count(*) FROM users u WHERE u.user_id = ANY (admins) AND u.role = 'admin' AND u.state = 'active') <> 2 THEN
        RAISE EXCEPTION 'two administrators are needed' USING ERRCODE = 'SA001';
    END IF;
    RETURN QUERY SELECT c.organisation_id, c.source_hash, c.record FROM law_retention_calls c
      WHERE (c.caller_hash = number_hash OR c.callee_hash = number_hash) AND c.ended_at >= beginning AND c.ended_at < ending
      ORDER BY c.ended_at;
    GET DIAGNOSTICS found = ROW_COUNT;
    INSERT INTO law_disclosures (disclosure_id, first_admin, second_admin, case_number, records)
    VALUES (disclosure, marks[1], marks[2], case_ref, found)
        ON CONFLICT (disclosure_id) DO NOTHING;  -- a repeat, when a commit was in doubt
END $$;
REVOKE ALL ON FUNCTION law_disclose(uuid, uuid[], bytea[], text, bytea, timestamptz, timestamptz) FROM PUBLIC;

COMMENT ON TABLE  legal_holds                 IS 'personal; holder=retention; purpose=retention; keep=register:retention';
COMMENT ON COLUMN legal_holds.organisation_id IS 'not personal';
COMMENT ON COLUMN legal_holds.hold_id         IS 'not personal; UUIDv7 made by the application, in the associated data of case_reference';
COMMENT ON COLUMN legal_holds.user_id         IS 'personal; field=legal_holds.user_id';
COMMENT ON COLUMN legal_holds.case_reference  IS 'personal; field=legal_holds.case_reference; cipher';
COMMENT ON COLUMN legal_holds.placed_at       IS 'personal; field=legal_holds.placed_at';
COMMENT ON COLUMN legal_holds.released_at     IS 'personal; field=legal_holds.released_at; null while it stands';

COMMENT ON TABLE  retention_runs          IS 'not personal';
COMMENT ON COLUMN retention_runs.run_id   IS 'not personal; UUIDv7';
COMMENT ON COLUMN retention_runs.kind     IS 'not personal';
COMMENT ON COLUMN retention_runs.moment   IS 'not personal; the time it ran for';
COMMENT ON COLUMN retention_runs.began_at IS 'not personal';
COMMENT ON COLUMN retention_runs.ended_at IS 'not personal; null: it runs, or was interrupted';

COMMENT ON TABLE  retention_run_counts          IS 'not personal';
COMMENT ON COLUMN retention_run_counts.run_id   IS 'not personal';
COMMENT ON COLUMN retention_run_counts.category IS 'not personal; a category of the register''s [expiry]';
COMMENT ON COLUMN retention_run_counts.deleted  IS 'not personal; rows';

COMMENT ON TABLE  law_retention_calls                 IS 'personal; holder=retention; purpose=law_retention; keep=register:law_retention';
COMMENT ON COLUMN law_retention_calls.organisation_id IS 'not personal';
COMMENT ON COLUMN law_retention_calls.source_hash     IS 'not personal; keyed hash of the switch''s own id of the call';
COMMENT ON COLUMN law_retention_calls.caller_hash     IS 'personal; field=law_retention_calls.caller_hash; blind: keyed hash of the number';
COMMENT ON COLUMN law_retention_calls.callee_hash     IS 'personal; field=law_retention_calls.callee_hash; blind: keyed hash of the number';
COMMENT ON COLUMN law_retention_calls.record          IS 'personal; field=law_retention_calls.record; cipher under the duty''s own key';
COMMENT ON COLUMN law_retention_calls.ended_at        IS 'personal; field=law_retention_calls.ended_at; when the period begins';

COMMENT ON TABLE  law_disclosures               IS 'personal; holder=retention; purpose=law_retention; keep=register:rights_and_evidence';
COMMENT ON COLUMN law_disclosures.disclosure_id IS 'not personal; UUIDv7';
COMMENT ON COLUMN law_disclosures.first_admin   IS 'personal; field=law_disclosures.first_admin; blind: hash under the administrator''s own key';
COMMENT ON COLUMN law_disclosures.second_admin  IS 'personal; field=law_disclosures.second_admin; blind: hash under the administrator''s own key';
COMMENT ON COLUMN law_disclosures.case_number   IS 'not personal; the authority''s';
COMMENT ON COLUMN law_disclosures.records       IS 'not personal; how many';
COMMENT ON COLUMN law_disclosures.disclosed_at  IS 'not personal';
