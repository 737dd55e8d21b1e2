DROP TABLE messages, members, conversations;
