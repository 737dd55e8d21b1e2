-- The audit trail. Owner: src/audit. An act inserts its leaf in its own transaction; a sequencer gives it its place in a Merkle
-- tree (RFC 6962). No row ever changes but for that place. Holds no personal data: people are keyed pseudonyms.
CREATE TABLE audit_leaves (
    leaf_id    uuid        PRIMARY KEY,
    act        text        NOT NULL,
    actor_kind text        NOT NULL CHECK (actor_kind IN ('person', 'doorstep', 'machine', 'operator')),
    actor      bytea       NOT NULL,
    subject    bytea       NOT NULL,
    purpose    text        NOT NULL,
    reference  text        NOT NULL,
    code       text        NOT NULL,
    acted_at   timestamptz NOT NULL,
    position   bigint      UNIQUE CHECK (position >= 0)
);
CREATE INDEX audit_leaves_waiting ON audit_leaves (leaf_id) WHERE position IS NULL;
CREATE INDEX audit_leaves_of_subject ON audit_leaves (subject, leaf_id) WHERE octet_length(subject) > 0;

COMMENT ON TABLE  audit_leaves            IS 'personal; holder=audit; purpose=rights_and_evidence; keep=register:rights_and_evidence';
COMMENT ON COLUMN audit_leaves.leaf_id    IS 'not personal; UUIDv7';
COMMENT ON COLUMN audit_leaves.act        IS 'not personal; what was done';
COMMENT ON COLUMN audit_leaves.actor_kind IS 'not personal';
COMMENT ON COLUMN audit_leaves.actor      IS 'personal; field=audit_leaves.actor; blind: hash under the actor''s own key';
COMMENT ON COLUMN audit_leaves.subject    IS 'personal; field=audit_leaves.subject; blind: hash under the subject''s own key';
COMMENT ON COLUMN audit_leaves.purpose    IS 'not personal; a purpose of the register';
COMMENT ON COLUMN audit_leaves.reference  IS 'not personal; the id of a request, event or case';
COMMENT ON COLUMN audit_leaves.code       IS 'not personal; purpose code of a staff read';
COMMENT ON COLUMN audit_leaves.acted_at   IS 'not personal';
COMMENT ON COLUMN audit_leaves.position   IS 'not personal; its place in the tree, from 0; null until it has one';
