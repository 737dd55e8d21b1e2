DROP FUNCTION conversations_between(bigint, bigint);
DROP INDEX messages_lately;
