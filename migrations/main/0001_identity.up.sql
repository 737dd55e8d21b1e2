-- Tenants, people and how they sign in. Owner: src/identity.
-- Every tenant table's key begins with the organisation: its rows lie together, and the schema can be spread by that column.
CREATE EXTENSION IF NOT EXISTS btree_gist;

CREATE TABLE organisations (
    organisation_id uuid        PRIMARY KEY,
    brand           text        NOT NULL,
    name            text        NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    created_at      timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE users (
    organisation_id uuid        NOT NULL REFERENCES organisations,
    user_id         uuid        NOT NULL UNIQUE,
    role            text        NOT NULL CHECK (role IN ('member', 'admin', 'support')),
    state           text        NOT NULL DEFAULT 'invited' CHECK (state IN ('invited', 'active', 'suspended', 'erasing')),
    restricted_at   timestamptz,
    created_at      timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (organisation_id, user_id)
);
-- Every policy asks whether the row's subject is restricted; hardly anybody is.
CREATE INDEX users_restricted ON users (organisation_id, user_id) WHERE restricted_at IS NOT NULL;

CREATE TABLE invitations (
    organisation_id uuid        NOT NULL,
    user_id         uuid        NOT NULL,
    code_hash       bytea       NOT NULL UNIQUE CHECK (octet_length(code_hash) = 32),
    expires_at      timestamptz NOT NULL,
    used_at         timestamptz,
    PRIMARY KEY (organisation_id, user_id),
    FOREIGN KEY (organisation_id, user_id) REFERENCES users ON DELETE CASCADE
);

CREATE TABLE credentials (
    organisation_id uuid  NOT NULL,
    user_id         uuid  NOT NULL,
    username_hash   bytea NOT NULL UNIQUE CHECK (octet_length(username_hash) = 32),
    username        bytea NOT NULL,
    password_hash   bytea NOT NULL,
    PRIMARY KEY (organisation_id, user_id),
    FOREIGN KEY (organisation_id, user_id) REFERENCES users ON DELETE CASCADE
);

CREATE TABLE sessions (
    organisation_id      uuid        NOT NULL,
    session_id           uuid        NOT NULL UNIQUE,
    user_id              uuid        NOT NULL,
    token_salt           bytea       NOT NULL CHECK (octet_length(token_salt) = 16),
    generation           integer     NOT NULL DEFAULT 0,
    access_expires_at    timestamptz NOT NULL,
    successor_expires_at timestamptz,
    remembered           boolean     NOT NULL,
    idle_expires_at      timestamptz NOT NULL,
    absolute_expires_at  timestamptz NOT NULL,
    stepped_up_until     timestamptz,
    device               bytea,
    platform             text        NOT NULL DEFAULT 'other'
        CHECK (platform IN ('android', 'ios', 'windows', 'macos', 'linux', 'web', 'other')),
    created_at           timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (organisation_id, session_id),
    FOREIGN KEY (organisation_id, user_id) REFERENCES users ON DELETE CASCADE
);
CREATE INDEX sessions_of_user ON sessions (organisation_id, user_id);

CREATE TABLE mail_links (
    organisation_id uuid        NOT NULL,
    link_id         uuid        NOT NULL,
    user_id         uuid        NOT NULL,
    kind            text        NOT NULL CHECK (kind IN ('password_reset', 'email_change')),
    code_hash       bytea       NOT NULL UNIQUE CHECK (octet_length(code_hash) = 32),
    new_email       bytea,
    expires_at      timestamptz NOT NULL,
    used_at         timestamptz,
    PRIMARY KEY (organisation_id, link_id),
    FOREIGN KEY (organisation_id, user_id) REFERENCES users ON DELETE CASCADE
);
CREATE INDEX mail_links_of_user ON mail_links (organisation_id, user_id);

-- The data map: a test fails on a table or column that is not declared here.
COMMENT ON TABLE  organisations                 IS 'not personal';
COMMENT ON COLUMN organisations.organisation_id IS 'not personal';
COMMENT ON COLUMN organisations.brand           IS 'not personal; file name in config/brands';
COMMENT ON COLUMN organisations.name            IS 'not personal; a company';
COMMENT ON COLUMN organisations.created_at      IS 'not personal';

COMMENT ON TABLE  users                 IS 'personal; holder=identity; purpose=account_login; keep=register:account_login';
COMMENT ON COLUMN users.organisation_id IS 'not personal';
COMMENT ON COLUMN users.user_id         IS 'personal; field=users.user_id';
COMMENT ON COLUMN users.role            IS 'personal; field=users.role';
COMMENT ON COLUMN users.state           IS 'personal; field=users.state';
COMMENT ON COLUMN users.restricted_at   IS 'personal; field=users.restricted_at; GDPR Art. 18';
COMMENT ON COLUMN users.created_at      IS 'personal; field=users.created_at';

COMMENT ON TABLE  invitations                 IS 'personal; holder=identity; purpose=account_login; keep=register:account_login';
COMMENT ON COLUMN invitations.organisation_id IS 'not personal';
COMMENT ON COLUMN invitations.user_id         IS 'personal; field=invitations.user_id';
COMMENT ON COLUMN invitations.code_hash       IS 'not personal; SHA-256 of a random one-time code';
COMMENT ON COLUMN invitations.expires_at      IS 'not personal';
COMMENT ON COLUMN invitations.used_at         IS 'personal; field=invitations.used_at';

COMMENT ON TABLE  credentials                 IS 'personal; holder=identity; purpose=account_login; keep=register:account_login';
COMMENT ON COLUMN credentials.organisation_id IS 'not personal';
COMMENT ON COLUMN credentials.user_id         IS 'personal; field=credentials.user_id';
COMMENT ON COLUMN credentials.username_hash   IS 'personal; field=credentials.username_hash; keyed hash of the folded name: unique in the deployment';
COMMENT ON COLUMN credentials.username        IS 'personal; field=credentials.username; cipher';
COMMENT ON COLUMN credentials.password_hash   IS 'personal; field=credentials.password_hash; cipher over an Argon2id string';

COMMENT ON TABLE  sessions                      IS 'personal; holder=identity; purpose=account_login; keep=register:account_login';
COMMENT ON COLUMN sessions.organisation_id      IS 'not personal';
COMMENT ON COLUMN sessions.session_id           IS 'not personal; random';
COMMENT ON COLUMN sessions.user_id              IS 'personal; field=sessions.user_id';
COMMENT ON COLUMN sessions.token_salt           IS 'not personal; tokens are a keyed hash over it, so a copy of the table opens nothing';
COMMENT ON COLUMN sessions.generation           IS 'not personal; counts token pairs';
COMMENT ON COLUMN sessions.access_expires_at    IS 'not personal';
COMMENT ON COLUMN sessions.successor_expires_at IS 'not personal; set while the next pair is issued and unused';
COMMENT ON COLUMN sessions.remembered           IS 'personal; field=sessions.remembered';
COMMENT ON COLUMN sessions.idle_expires_at      IS 'personal; field=sessions.idle_expires_at';
COMMENT ON COLUMN sessions.absolute_expires_at  IS 'personal; field=sessions.absolute_expires_at';
COMMENT ON COLUMN sessions.stepped_up_until     IS 'not personal';
COMMENT ON COLUMN sessions.device               IS 'personal; field=sessions.device; cipher';
COMMENT ON COLUMN sessions.platform             IS 'personal; field=sessions.platform';
COMMENT ON COLUMN sessions.created_at           IS 'personal; field=sessions.created_at';

COMMENT ON TABLE  mail_links                 IS 'personal; holder=identity; purpose=account_login; keep=register:account_login';
COMMENT ON COLUMN mail_links.organisation_id IS 'not personal';
COMMENT ON COLUMN mail_links.link_id         IS 'not personal; UUIDv7 made by the application, in the associated data of new_email';
COMMENT ON COLUMN mail_links.user_id         IS 'personal; field=mail_links.user_id';
COMMENT ON COLUMN mail_links.kind            IS 'not personal';
COMMENT ON COLUMN mail_links.code_hash       IS 'not personal; SHA-256 of a random single-use code';
COMMENT ON COLUMN mail_links.new_email       IS 'personal; field=mail_links.new_email; cipher';
COMMENT ON COLUMN mail_links.expires_at      IS 'not personal';
COMMENT ON COLUMN mail_links.used_at         IS 'not personal';
