-- The key of each open statistics epoch. Deleted when the epoch is closed: from then on its pseudonyms lead to nobody.
CREATE TABLE statistics_epoch_keys (
    epoch   integer PRIMARY KEY,
    wrapped bytea   NOT NULL
);
COMMENT ON TABLE  statistics_epoch_keys         IS 'not personal';
COMMENT ON COLUMN statistics_epoch_keys.epoch   IS 'not personal';
COMMENT ON COLUMN statistics_epoch_keys.wrapped IS 'not personal; XChaCha20-Poly1305 over a random key';
GRANT SELECT, INSERT, DELETE ON statistics_epoch_keys TO samtal_keystore;
