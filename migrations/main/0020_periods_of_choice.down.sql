DROP TABLE register_in_force;
ALTER TABLE organisations DROP COLUMN chat_retention;
