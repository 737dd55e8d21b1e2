DROP FUNCTION hold_consents(uuid, uuid[], text);
DROP TABLE consent_state, consent_events, acknowledgements;
