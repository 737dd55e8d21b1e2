-- Who was erased: a person's key is deleted and a tombstone says so, for the day a backup brings their rows back.
CREATE TABLE tombstones (
    subject_id   uuid PRIMARY KEY,
    tombstone_id uuid NOT NULL,
    erased_on    date NOT NULL
);
COMMENT ON TABLE  tombstones              IS 'not personal';
COMMENT ON COLUMN tombstones.subject_id   IS 'not personal; leads to nobody: no row bears it';
COMMENT ON COLUMN tombstones.tombstone_id IS 'not personal; random';
COMMENT ON COLUMN tombstones.erased_on    IS 'not personal';
GRANT SELECT, INSERT ON tombstones TO samtal_keystore;
GRANT DELETE ON subject_keys TO samtal_keystore;
