-- What one server tells all others and waits for: that somebody's sessions ended. In the key store, because the servers' leases are
-- here: a server renews its lease only after it has acted on every notice it finds, as it does with erasures.
CREATE TABLE node_notices (
    generation bigint      PRIMARY KEY,
    notice     bytea       NOT NULL CHECK (octet_length(notice) BETWEEN 41 AND 512),
    said_at    timestamptz NOT NULL DEFAULT clock_timestamp()
);
COMMENT ON TABLE  node_notices            IS 'not personal; sealed for a minute, then deleted';
COMMENT ON COLUMN node_notices.generation IS 'not personal; its place in the order of notices and erasures';
COMMENT ON COLUMN node_notices.notice     IS 'not personal; XChaCha20-Poly1305 under a key that no database holds';
COMMENT ON COLUMN node_notices.said_at    IS 'not personal';
GRANT SELECT, INSERT (generation, notice), DELETE ON node_notices TO samtal_keystore;
