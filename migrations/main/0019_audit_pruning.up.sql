-- What of the audit trail is past its period goes, and the tree stays verifiable: of each leaf its hash remains, under a signed statement
-- that says how many went and what the tree's root was. A breach can be closed. Owner: src/audit.
CREATE TABLE audit_prunings (
    size bigint PRIMARY KEY CHECK (size > 0),
    note text   NOT NULL
);
CREATE TABLE audit_pruned_leaves (
    position bigint PRIMARY KEY CHECK (position >= 0),
    hash     bytea  NOT NULL CHECK (octet_length(hash) = 32)
);

-- Leaves from `first` on: the next ones, without a gap, all below the newest statement and acted before `before`. No role may delete a
-- leaf in any other way.
CREATE FUNCTION audit_prune(first bigint, last bigint, hashes bytea[], before timestamptz) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE gone bigint;
BEGIN
    IF first <> (SELECT coalesce(max(p.position) + 1, 0) FROM audit_pruned_leaves p)
       OR last > (SELECT coalesce(max(s.size), 0) FROM audit_prunings s) OR cardinality(hashes) <> last - first THEN
        RAISE EXCEPTION 'no statement covers these leaves' USING ERRCODE = 'SA002';
    END IF;
    DELETE FROM audit_leaves l WHERE l.position >= first AND l.position < last AND l.acted_at <= before;
    GET DIAGNOSTICS gone = ROW_COUNT;
    IF gone <> last - first THEN
        RAISE EXCEPTION 'a leaf is missing or too young' USING ERRCODE = 'SA002';
    END IF;
    INSERT INTO audit_pruned_leaves (position, hash) SELECT first + n - 1, h FROM unnest(hashes) WITH ORDINALITY AS u (h, n);
    RETURN gone;
END $$;
REVOKE ALL ON FUNCTION audit_prune(bigint, bigint, bytea[], timestamptz) FROM PUBLIC;

ALTER TABLE breach_cases ADD COLUMN closed_at timestamptz, ADD COLUMN closing_reason text CHECK (length(closing_reason) BETWEEN 1 AND 2000),
    ADD CHECK ((closed_at IS NULL) = (closing_reason IS NULL));

COMMENT ON COLUMN breach_cases.closed_at      IS 'not personal; null while it is open';
COMMENT ON COLUMN breach_cases.closing_reason IS 'not personal; the operator''s words about the case, not about anybody';
COMMENT ON TABLE  audit_prunings                 IS 'not personal';
COMMENT ON COLUMN audit_prunings.size            IS 'not personal; how many leaves went, from the first on';
COMMENT ON COLUMN audit_prunings.note            IS 'not personal; the signed statement';
COMMENT ON TABLE  audit_pruned_leaves            IS 'not personal';
COMMENT ON COLUMN audit_pruned_leaves.position   IS 'not personal';
COMMENT ON COLUMN audit_pruned_leaves.hash       IS 'not personal; what the tree needs of a leaf that went';
