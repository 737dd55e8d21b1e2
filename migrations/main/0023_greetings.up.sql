-- What callers hear when somebody does not answer. Owner: src/greetings.
CREATE TABLE greetings (
    organisation_id uuid        NOT NULL,
    user_id         uuid        NOT NULL,
    kind            text        NOT NULL CHECK (kind IN ('busy', 'absent', 'voicemail')),
    greeting_id     uuid        NOT NULL,
    audio           bytea       NOT NULL CHECK (octet_length(audio) <= 8388608),
    duration_ms     integer     NOT NULL CHECK (duration_ms > 0),
    schedule        bytea       CHECK (octet_length(schedule) <= 32768),
    recorded_at     timestamptz NOT NULL,
    decision_id     uuid        NOT NULL,
    PRIMARY KEY (organisation_id, user_id, kind),
    UNIQUE (organisation_id, greeting_id),
    FOREIGN KEY (organisation_id, user_id) REFERENCES users ON DELETE CASCADE
);
ALTER TABLE greetings ALTER COLUMN audio SET STORAGE EXTERNAL; -- ciphertext does not compress

-- For a switch, which acts under the calls' purpose: a person's greetings, as far as the person permits them now. `person` or a
-- number that is theirs now. The sound of `wanted` comes along.
CREATE FUNCTION greetings_of(organisation uuid, person uuid, number bytea, wanted uuid)
RETURNS TABLE (user_id uuid, greeting_id uuid, kind text, schedule bytea, audio bytea)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT g.user_id, g.greeting_id, g.kind, g.schedule, CASE WHEN g.greeting_id = $4 THEN g.audio END
      FROM greetings g
      JOIN users u ON (u.organisation_id, u.user_id) = (g.organisation_id, g.user_id)
      JOIN consent_state s ON (s.organisation_id, s.user_id, s.purpose) = (g.organisation_id, g.user_id, 'greetings')
     WHERE g.organisation_id = $1
       AND g.user_id IN (SELECT $2 UNION SELECT a.user_id FROM phone_assignments a
                          WHERE a.organisation_id = $1 AND a.number_hash = $3
                            AND a.valid_from <= now() AND (a.valid_to IS NULL OR a.valid_to > now()))
       AND u.state = 'active' AND u.restricted_at IS NULL
       AND s.state = 'given' AND s.terms_hash = (SELECT current_terms('greetings'))
       AND g.greeting_id >= consented_since($1, g.user_id, 'greetings')
$$;
REVOKE ALL ON FUNCTION greetings_of(uuid, uuid, bytea, uuid) FROM PUBLIC;

COMMENT ON TABLE  greetings                 IS 'personal; holder=greetings; purpose=greetings; keep=register:greetings';
COMMENT ON COLUMN greetings.organisation_id IS 'not personal';
COMMENT ON COLUMN greetings.user_id         IS 'personal; field=greetings.user_id';
COMMENT ON COLUMN greetings.kind            IS 'personal; field=greetings.kind';
COMMENT ON COLUMN greetings.greeting_id     IS 'not personal; UUIDv7 made by the application, anew with each recording, in the associated data of audio and schedule';
COMMENT ON COLUMN greetings.audio           IS 'personal; field=greetings.audio; cipher: a WAV file';
COMMENT ON COLUMN greetings.duration_ms     IS 'personal; field=greetings.duration_ms';
COMMENT ON COLUMN greetings.schedule        IS 'personal; field=greetings.schedule; cipher: when it applies; absent: always';
COMMENT ON COLUMN greetings.recorded_at     IS 'personal; field=greetings.recorded_at';
COMMENT ON COLUMN greetings.decision_id     IS 'not personal; the decision under which the row was written';
