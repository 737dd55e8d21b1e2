-- The audit trail's tree, what the person sees of it, and the breach register. Owner: src/audit.

-- A signed state of the tree (C2SP tlog-checkpoint). `frontier` holds the roots of the complete subtrees, largest first, 32 bytes
-- each: all that the next leaves need, so nothing that was numbered is read again.
CREATE TABLE audit_checkpoints (
    size     bigint PRIMARY KEY CHECK (size > 0),
    frontier bytea  NOT NULL CHECK (octet_length(frontier) BETWEEN 32 AND 2016 AND octet_length(frontier) % 32 = 0),
    note     text   NOT NULL
);
CREATE INDEX audit_staff_reads ON audit_leaves (subject, leaf_id) WHERE act = 'staff.read';
-- Whose pseudonym an access log has to recognise: few of an organisation's people.
CREATE INDEX users_staff ON users (organisation_id, user_id) WHERE role <> 'member';

-- Who received what about a person. Each row has its leaf.
CREATE TABLE disclosures (
    organisation_id uuid        NOT NULL,
    user_id         uuid        NOT NULL,
    disclosure_id   uuid        NOT NULL,
    recipient       text        NOT NULL CHECK (length(recipient) BETWEEN 1 AND 200),
    purpose         text        NOT NULL,
    categories      text[]      NOT NULL,
    reason          bytea       NOT NULL,
    country         text        NOT NULL CHECK (country ~ '^[A-Z]{2}$'),
    disclosed_at    timestamptz NOT NULL,
    PRIMARY KEY (organisation_id, user_id, disclosure_id),
    FOREIGN KEY (organisation_id, user_id) REFERENCES users ON DELETE CASCADE
);

CREATE INDEX disclosures_by_age ON disclosures (disclosed_at);

-- GDPR Art. 33(5). Who was affected is listed in the operator's file, not here. Of no organisation where the people belong to several.
CREATE TABLE breach_cases (
    case_id         uuid        PRIMARY KEY,
    kind            text        NOT NULL CHECK (kind IN ('confidentiality', 'integrity', 'availability')),
    drill           boolean     NOT NULL,
    organisation_id uuid        REFERENCES organisations,
    aware_at        timestamptz NOT NULL,
    began_at        timestamptz NOT NULL,
    ended_at        timestamptz NOT NULL CHECK (ended_at >= began_at),
    affected        bigint      NOT NULL CHECK (affected > 0)
);

COMMENT ON COLUMN audit_leaves.reference IS 'not personal; the id of a request, event or case; for a staff read the role in which it was done';

COMMENT ON TABLE  audit_checkpoints          IS 'not personal';
COMMENT ON COLUMN audit_checkpoints.size     IS 'not personal; how many leaves it covers';
COMMENT ON COLUMN audit_checkpoints.frontier IS 'not personal';
COMMENT ON COLUMN audit_checkpoints.note     IS 'not personal; the signed note, which names the one before it';

COMMENT ON TABLE  disclosures                 IS 'personal; holder=audit; purpose=rights_and_evidence; keep=register:rights_and_evidence';
COMMENT ON COLUMN disclosures.organisation_id IS 'not personal';
COMMENT ON COLUMN disclosures.user_id         IS 'personal; field=disclosures.user_id';
COMMENT ON COLUMN disclosures.disclosure_id   IS 'not personal; UUIDv7, in the associated data of reason';
COMMENT ON COLUMN disclosures.recipient       IS 'personal; field=disclosures.recipient; a recipient of the register, or an authority';
COMMENT ON COLUMN disclosures.purpose         IS 'personal; field=disclosures.purpose; a purpose of the register';
COMMENT ON COLUMN disclosures.categories      IS 'personal; field=disclosures.categories; categories of the register';
COMMENT ON COLUMN disclosures.reason          IS 'personal; field=disclosures.reason; cipher';
COMMENT ON COLUMN disclosures.country         IS 'personal; field=disclosures.country; ISO 3166-1';
COMMENT ON COLUMN disclosures.disclosed_at    IS 'personal; field=disclosures.disclosed_at';

COMMENT ON TABLE  breach_cases                 IS 'not personal';
COMMENT ON COLUMN breach_cases.case_id         IS 'not personal';
COMMENT ON COLUMN breach_cases.kind            IS 'not personal';
COMMENT ON COLUMN breach_cases.drill           IS 'not personal';
COMMENT ON COLUMN breach_cases.organisation_id IS 'not personal';
COMMENT ON COLUMN breach_cases.aware_at        IS 'not personal; the 72 hours of GDPR Art. 33(1) run from here';
COMMENT ON COLUMN breach_cases.began_at        IS 'not personal';
COMMENT ON COLUMN breach_cases.ended_at        IS 'not personal';
COMMENT ON COLUMN breach_cases.affected        IS 'not personal; how many people';
