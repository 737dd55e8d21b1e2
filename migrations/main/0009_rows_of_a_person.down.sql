DROP INDEX conversations_of_creator;
DROP INDEX messages_of_sender;
