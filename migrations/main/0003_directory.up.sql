-- Profiles, and which telephone number belonged to whom and when. Owner: src/directory.
CREATE TABLE profiles (
    organisation_id uuid   NOT NULL,
    user_id         uuid   NOT NULL,
    given_name      bytea  NOT NULL,
    family_name     bytea  NOT NULL,
    email           bytea  NOT NULL,
    contact_numbers bytea,
    private_fields  text[] NOT NULL DEFAULT '{}'
        CHECK (private_fields <@ ARRAY['given_name', 'family_name', 'email', 'phone_numbers', 'contact_numbers']),
    PRIMARY KEY (organisation_id, user_id),
    FOREIGN KEY (organisation_id, user_id) REFERENCES users ON DELETE CASCADE
);

CREATE TABLE phone_assignments (
    organisation_id uuid        NOT NULL,
    assignment_id   uuid        NOT NULL,
    user_id         uuid        NOT NULL,
    number_hash     bytea       NOT NULL CHECK (octet_length(number_hash) = 32),
    number          bytea       NOT NULL,
    valid_from      timestamptz NOT NULL,
    valid_to        timestamptz,
    PRIMARY KEY (organisation_id, assignment_id),
    FOREIGN KEY (organisation_id, user_id) REFERENCES users ON DELETE CASCADE,
    CHECK (valid_to > valid_from),
    -- One person at a time. Also the index by which a call finds its people.
    EXCLUDE USING gist (organisation_id WITH =, number_hash WITH =, tstzrange(valid_from, valid_to) WITH &&)
);
CREATE INDEX phone_assignments_of_user ON phone_assignments (organisation_id, user_id);

COMMENT ON TABLE  profiles                 IS 'personal; holder=directory; purpose=profile_directory; keep=register:profile_directory';
COMMENT ON COLUMN profiles.organisation_id IS 'not personal';
COMMENT ON COLUMN profiles.user_id         IS 'personal; field=profiles.user_id';
COMMENT ON COLUMN profiles.given_name      IS 'personal; field=profiles.given_name; cipher';
COMMENT ON COLUMN profiles.family_name     IS 'personal; field=profiles.family_name; cipher';
COMMENT ON COLUMN profiles.email           IS 'personal; field=profiles.email; cipher';
COMMENT ON COLUMN profiles.contact_numbers IS 'personal; field=profiles.contact_numbers; cipher over a JSON array; shown only, never matched';
COMMENT ON COLUMN profiles.private_fields  IS 'personal; field=profiles.private_fields; what colleagues do not see';

COMMENT ON TABLE  phone_assignments                 IS 'personal; holder=directory; purpose=profile_directory; keep=register:profile_directory';
COMMENT ON COLUMN phone_assignments.organisation_id IS 'not personal';
COMMENT ON COLUMN phone_assignments.assignment_id   IS 'not personal; UUIDv7 made by the application, in the associated data of number';
COMMENT ON COLUMN phone_assignments.user_id         IS 'personal; field=phone_assignments.user_id';
COMMENT ON COLUMN phone_assignments.number_hash     IS 'personal; field=phone_assignments.number_hash; keyed per organisation';
COMMENT ON COLUMN phone_assignments.number          IS 'personal; field=phone_assignments.number; cipher';
COMMENT ON COLUMN phone_assignments.valid_from      IS 'personal; field=phone_assignments.valid_from';
COMMENT ON COLUMN phone_assignments.valid_to        IS 'personal; field=phone_assignments.valid_to';
