DROP TABLE breach_cases, disclosures, audit_checkpoints;
DROP INDEX users_staff, audit_staff_reads;
COMMENT ON COLUMN audit_leaves.reference IS 'not personal; the id of a request, event or case';
