-- Roles and database of the key store's own cluster, before any migration. Read by psql as the cluster's superuser, with
-- the variables samtal_keys_migrator_password and samtal_keystore_password. May run again at any time.
\set ON_ERROR_STOP on
\set QUIET on

SELECT format('CREATE ROLE %I %s', name, attributes)
FROM (VALUES ('samtal_keys_owner', 'NOLOGIN'),
             ('samtal_keys_rotator', 'NOLOGIN'),
             ('samtal_keys_migrator', 'LOGIN'),
             ('samtal_keystore', 'LOGIN')) AS wanted (name, attributes)
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name)
\gexec

ALTER ROLE samtal_keys_migrator PASSWORD :'samtal_keys_migrator_password';
ALTER ROLE samtal_keystore PASSWORD :'samtal_keystore_password';
GRANT samtal_keys_owner, samtal_keys_rotator TO samtal_keys_migrator;

SELECT 'CREATE DATABASE samtal_keys OWNER samtal_keys_owner TEMPLATE template0'
WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'samtal_keys')
\gexec

REVOKE ALL ON DATABASE postgres, template1, samtal_keys FROM PUBLIC;
GRANT CONNECT ON DATABASE samtal_keys TO samtal_keystore, samtal_keys_migrator;

\connect samtal_keys
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO samtal_keystore, samtal_keys_rotator;
