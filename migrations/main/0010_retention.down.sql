DROP FUNCTION IF EXISTS retention_count(text, interval, interval, timestamptz);
DROP FUNCTION IF EXISTS retention_delete(text, interval, timestamptz, timestamptz, integer);
DROP FUNCTION law_disclose(uuid, uuid[], bytea[], text, bytea, timestamptz, timestamptz);
DROP FUNCTION law_retain(uuid[], bytea[], bytea[], bytea[], bytea[], bigint[]);
DROP FUNCTION is_held(uuid, uuid);
DROP TABLE law_disclosures, law_retention_calls, retention_run_counts, retention_runs, legal_holds;
DROP INDEX messages_by_age, calls_by_age, call_receipts_by_age, invitations_by_age, sessions_by_end, mail_links_by_end,
    acknowledgements_by_age, consent_events_by_age, phone_assignments_by_end, consent_state_ended;
