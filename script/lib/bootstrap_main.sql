-- Roles and databases of the main cluster, before any migration. Read by psql as the cluster's superuser, with the
-- variables samtal_migrator_password and samtal_aggregator_password. May run again at any time.
\set ON_ERROR_STOP on
\set QUIET on

-- Owners cannot log in; who logs in owns nothing and is no superuser. The roles samtal_<purpose> are made from the
-- processing register by `samtalctl database migrate`, as members of samtal_runtime.
SELECT format('CREATE ROLE %I %s', name, attributes)
FROM (VALUES ('samtal_owner', 'NOLOGIN'),
             ('samtal_statistics_owner', 'NOLOGIN'),
             ('samtal_runtime', 'NOLOGIN'),
             ('samtal_migrator', 'LOGIN CREATEROLE'),
             ('samtal_aggregator', 'LOGIN')) AS wanted (name, attributes)
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name)
\gexec

ALTER ROLE samtal_migrator PASSWORD :'samtal_migrator_password';
ALTER ROLE samtal_aggregator PASSWORD :'samtal_aggregator_password';
GRANT samtal_owner, samtal_statistics_owner TO samtal_migrator;
-- From PostgreSQL 16 on only an administrator of a role may add members to it.
GRANT samtal_runtime TO samtal_migrator WITH ADMIN OPTION;

SELECT format('CREATE DATABASE %I OWNER %I TEMPLATE template0', name, owner)
FROM (VALUES ('samtal', 'samtal_owner'),
             ('samtal_statistics', 'samtal_statistics_owner')) AS wanted (name, owner)
WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = name)
\gexec

-- Second line of defence behind pg_hba: no role may enter a database that is not its own.
REVOKE ALL ON DATABASE postgres, template1, samtal, samtal_statistics FROM PUBLIC;
GRANT CONNECT ON DATABASE samtal TO samtal_runtime, samtal_migrator;
GRANT CONNECT ON DATABASE samtal_statistics TO samtal_aggregator, samtal_migrator;

\connect samtal
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO samtal_runtime;

\connect samtal_statistics
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO samtal_aggregator;
