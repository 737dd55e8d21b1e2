ALTER TABLE breach_cases DROP COLUMN closed_at, DROP COLUMN closing_reason;
DROP FUNCTION audit_prune(bigint, bigint, bytea[], timestamptz);
DROP TABLE audit_pruned_leaves, audit_prunings;
