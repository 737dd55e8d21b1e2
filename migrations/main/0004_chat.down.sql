DROP FUNCTION append_messages;
DROP TABLE messages, members, conversations;
