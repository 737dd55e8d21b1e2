DROP FUNCTION colleagues_of_numbers(uuid, uuid, bytea[]);
DROP TABLE contacts;
DROP FUNCTION consented_since(uuid, uuid, text);
