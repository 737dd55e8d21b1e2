-- Everything of one person is found by index, however large the tables: for their archive and their erasure. Owner: src/rights.
CREATE INDEX messages_of_sender ON messages (organisation_id, sender_id, conversation_id, seq) WHERE sender_id IS NOT NULL;
CREATE INDEX conversations_of_creator ON conversations (organisation_id, creator_id, conversation_id) WHERE creator_id IS NOT NULL;
