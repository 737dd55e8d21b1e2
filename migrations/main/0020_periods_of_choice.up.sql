-- An organisation may keep its chat for a shorter time than the register says. Owner: src/administration.
ALTER TABLE organisations ADD COLUMN chat_retention interval CHECK (chat_retention >= interval '1 day');

-- Which register was in force from when: a change made while no server ran is noticed at the next start. Owner: src/app.
CREATE TABLE register_in_force (
    digest text        NOT NULL,
    since  timestamptz NOT NULL,
    PRIMARY KEY (since, digest)
);

COMMENT ON COLUMN organisations.chat_retention IS 'not personal; null: as the register says';
COMMENT ON TABLE  register_in_force            IS 'not personal';
COMMENT ON COLUMN register_in_force.digest     IS 'not personal; of the file';
COMMENT ON COLUMN register_in_force.since      IS 'not personal';
