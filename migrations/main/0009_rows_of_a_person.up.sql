-- Everything of one person is found by index, however large the tables: here for their archive, in the order in which they wrote.
-- Owner: src/rights.
CREATE INDEX messages_by_sender ON messages (organisation_id, sender_id, conversation_id, seq) WHERE sender_id IS NOT NULL;
