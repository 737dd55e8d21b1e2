DROP FUNCTION conversations_between(bigint, bigint);
DROP TRIGGER change_noted ON conversations;
DROP FUNCTION note_change();
ALTER TABLE conversations DROP COLUMN changed_at;
