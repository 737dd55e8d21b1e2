DROP FUNCTION greetings_of(uuid, uuid, bytea, uuid);
DROP TABLE greetings;
