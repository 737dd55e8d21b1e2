-- The key store: a wrapped key for each person. Its own cluster, so that a backup of the main database opens nothing.
CREATE TABLE subject_keys (
    subject_id uuid    PRIMARY KEY,
    epoch      integer NOT NULL,
    wrapped    bytea   NOT NULL
);
COMMENT ON TABLE  subject_keys            IS 'personal; holder=storage; purpose=account_login; keep=until the person is erased';
COMMENT ON COLUMN subject_keys.subject_id IS 'personal; the person''s id';
COMMENT ON COLUMN subject_keys.epoch      IS 'not personal; which key-encryption key wraps it';
COMMENT ON COLUMN subject_keys.wrapped    IS 'not personal; XChaCha20-Poly1305 over a random key';
GRANT SELECT, INSERT ON subject_keys TO samtal_keystore;
