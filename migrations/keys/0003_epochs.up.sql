-- Key-encryption keys change by epochs, erased people leave a tombstone, and servers say that they live.

-- Exactly one epoch is open; new keys are wrapped in it. An epoch without opened_at is announced: its key file lies in keys/,
-- and servers are asked whether they can read it.
CREATE TABLE key_epochs (
    epoch        integer     PRIMARY KEY CHECK (epoch > 0),
    opened_at    timestamptz,
    closed_at    timestamptz CHECK (closed_at IS NULL OR opened_at IS NOT NULL),
    destroyed_at timestamptz CHECK (destroyed_at IS NULL OR closed_at IS NOT NULL)
);
CREATE UNIQUE INDEX key_epochs_one_open ON key_epochs ((true)) WHERE opened_at IS NOT NULL AND closed_at IS NULL;
INSERT INTO key_epochs (epoch, opened_at) VALUES (1, now());
COMMENT ON TABLE  key_epochs              IS 'not personal';
COMMENT ON COLUMN key_epochs.epoch        IS 'not personal; its key-encryption key is the file kek-<epoch>.key';
COMMENT ON COLUMN key_epochs.opened_at    IS 'not personal';
COMMENT ON COLUMN key_epochs.closed_at    IS 'not personal; nothing is wrapped in it any more';
COMMENT ON COLUMN key_epochs.destroyed_at IS 'not personal; its key-encryption key is gone';
GRANT SELECT ON key_epochs TO samtal_keystore;
GRANT SELECT, INSERT (epoch), UPDATE (opened_at, closed_at, destroyed_at) ON key_epochs TO samtal_keys_rotator;

-- The epoch to wrap in. It stays open until the caller's transaction ends. A function, because a row lock needs a right to
-- change the row, which no server has. The loop: whoever waited for a rotation finds the epoch closed, and looks again.
CREATE FUNCTION lock_open_epoch() RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    found integer;
BEGIN
    FOR attempt IN 1..10 LOOP
        SELECT epoch INTO found FROM key_epochs WHERE opened_at IS NOT NULL AND closed_at IS NULL FOR SHARE;
        IF found IS NOT NULL THEN RETURN found; END IF;
    END LOOP;
    RAISE EXCEPTION 'no key epoch is open';
END $$;
REVOKE ALL ON FUNCTION lock_open_epoch() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION lock_open_epoch() TO samtal_keystore;

GRANT DELETE ON subject_keys TO samtal_keystore;
GRANT SELECT, UPDATE (epoch, wrapped) ON subject_keys TO samtal_keys_rotator;

ALTER TABLE statistics_epoch_keys ADD COLUMN wrapped_in integer NOT NULL DEFAULT 1;
ALTER TABLE statistics_epoch_keys ALTER COLUMN wrapped_in DROP DEFAULT;
COMMENT ON COLUMN statistics_epoch_keys.wrapped_in IS 'not personal; which key-encryption key wraps it';
GRANT SELECT, UPDATE (wrapped_in, wrapped) ON statistics_epoch_keys TO samtal_keys_rotator;

-- Erased people. A restored backup of the main database is held against it.
CREATE TABLE tombstones (
    subject_hash bytea   PRIMARY KEY CHECK (octet_length(subject_hash) = 32),
    tombstone_id uuid    NOT NULL UNIQUE DEFAULT gen_random_uuid(),
    erased_on    date    NOT NULL,
    generation   bigint  NOT NULL UNIQUE
);
COMMENT ON TABLE  tombstones              IS 'personal; holder=storage; purpose=rights_and_evidence; keep=as long as a backup of the main database from before the erasure';
COMMENT ON COLUMN tombstones.subject_hash IS 'personal; keyed hash of the erased person''s id, under a key that is not in the database';
COMMENT ON COLUMN tombstones.tombstone_id IS 'not personal; random';
COMMENT ON COLUMN tombstones.erased_on    IS 'not personal';
COMMENT ON COLUMN tombstones.generation   IS 'not personal; the erasures'' order';
GRANT SELECT, INSERT (subject_hash, erased_on, generation) ON tombstones TO samtal_keystore;

-- One row, locked by each erasure until it commits: so tombstones appear in the order of their generations, and a server that
-- has seen a generation has seen all before it.
CREATE TABLE erasure_generation (
    only_row   boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    generation bigint  NOT NULL
);
INSERT INTO erasure_generation (generation) VALUES (0);
COMMENT ON TABLE  erasure_generation            IS 'not personal';
COMMENT ON COLUMN erasure_generation.only_row   IS 'not personal';
COMMENT ON COLUMN erasure_generation.generation IS 'not personal; of the latest tombstone';
GRANT SELECT, UPDATE (generation) ON erasure_generation TO samtal_keystore;

-- The servers that run.
CREATE TABLE nodes (
    node_id     uuid        PRIMARY KEY,
    lease_until timestamptz NOT NULL,
    known_epoch integer     NOT NULL,
    generation  bigint      NOT NULL
) WITH (fillfactor = 50);
COMMENT ON TABLE  nodes             IS 'not personal';
COMMENT ON COLUMN nodes.node_id     IS 'not personal; random, made at each start';
COMMENT ON COLUMN nodes.lease_until IS 'not personal; until then it may use keys it holds in memory';
COMMENT ON COLUMN nodes.known_epoch IS 'not personal; the newest epoch whose key file it can read';
COMMENT ON COLUMN nodes.generation  IS 'not personal; it holds no key of anybody erased up to here';
GRANT SELECT, INSERT, UPDATE (lease_until, known_epoch, generation), DELETE ON nodes TO samtal_keystore;
GRANT SELECT (lease_until, known_epoch) ON nodes TO samtal_keys_rotator;
