"""pgbench on the platform's own main cluster, as its superuser: what the same PostgreSQL does without Samtal around it."""

import os
import re
import subprocess
import tempfile
from pathlib import Path

from bench.platform import Platform

DATABASE = "samtal_bench"

# The shape of `messages`: keys, unique client id, 240 bytes of text; no Samtal.
SCHEMA = """
CREATE TABLE bench_messages (
    organisation_id   uuid   NOT NULL,
    conversation_id   uuid   NOT NULL,
    seq               bigint NOT NULL,
    message_id        uuid   NOT NULL,
    sender_id         uuid   NOT NULL,
    client_message_id uuid   NOT NULL,
    text              bytea  NOT NULL,
    sent_at           timestamptz NOT NULL,
    PRIMARY KEY (organisation_id, conversation_id, seq),
    UNIQUE (organisation_id, conversation_id, sender_id, client_message_id)
);
"""
# The shape of `calls` and of `call_receipts`, with their indexes; no Samtal.
CALLS_SCHEMA = """
CREATE TABLE IF NOT EXISTS bench_calls (
    organisation_id  uuid        NOT NULL,
    owner_id         uuid        NOT NULL,
    call_id          uuid        NOT NULL,
    source_hash      bytea,
    direction        text        NOT NULL,
    own_number       bytea       NOT NULL,
    counterpart      bytea,
    counterpart_hash bytea,
    started_at       timestamptz NOT NULL,
    answered_at      timestamptz,
    ended_at         timestamptz NOT NULL,
    outcome          text        NOT NULL,
    decision_id      uuid        NOT NULL,
    PRIMARY KEY (organisation_id, owner_id, call_id)
);
CREATE INDEX IF NOT EXISTS bench_calls_by_source ON bench_calls USING hash (source_hash);
CREATE INDEX IF NOT EXISTS bench_calls_by_time ON bench_calls (organisation_id, owner_id, started_at DESC, call_id DESC);
CREATE INDEX IF NOT EXISTS bench_calls_by_age ON bench_calls (ended_at);
CREATE INDEX IF NOT EXISTS bench_calls_of_counterpart ON bench_calls (owner_id, counterpart_hash);
CREATE TABLE IF NOT EXISTS bench_receipts (
    organisation_id uuid        NOT NULL,
    switch_id       uuid        NOT NULL,
    source_hash     bytea       NOT NULL,
    content_hash    bytea       NOT NULL,
    received_at     timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (organisation_id, source_hash)
);
CREATE INDEX IF NOT EXISTS bench_receipts_by_age ON bench_receipts (received_at);
"""
# A hundred rows of each in one commit, of a thousand people.
CALLS_INSERT = r"""
\set owner random(1, 10)
WITH fresh AS (
  SELECT ('00000000-0000-7000-8000-' || lpad((:owner * 100 + n)::text, 12, '0'))::uuid AS owner_id, gen_random_uuid() AS call_id,
         sha256(uuid_send(gen_random_uuid())) AS hash FROM generate_series(1, 100) AS n
), received AS (
  INSERT INTO bench_receipts SELECT '00000000-0000-7000-8000-000000000001', '00000000-0000-7000-8000-000000000002', hash, hash FROM fresh
)
INSERT INTO bench_calls SELECT '00000000-0000-7000-8000-000000000001', owner_id, call_id, hash, 'incoming', decode(repeat('5a', 52), 'hex'),
  decode(repeat('5a', 52), 'hex'), hash, now(), now(), now(), 'answered', call_id FROM fresh;
"""
INSERT = r"""
\set owner random(1, 100)
INSERT INTO bench_calls SELECT '00000000-0000-7000-8000-000000000001', ('00000000-0000-7000-8000-' || lpad((:owner)::text, 12, '0'))::uuid,
  gen_random_uuid(), sha256(uuid_send(gen_random_uuid())), 'incoming', decode(repeat('5a', 52), 'hex'), decode(repeat('5a', 52), 'hex'),
  now(), now(), 'answered' FROM generate_series(1, 100);
"""
INSERT = r"""
\set seq random(1, 1000000000000)
INSERT INTO bench_messages VALUES ('00000000-0000-7000-8000-000000000001', gen_random_uuid(), :seq, gen_random_uuid(),
  gen_random_uuid(), gen_random_uuid(), decode(repeat('5a', 240), 'hex'), now());
"""


class Superuser:
    """PostgreSQL's own programs on one of the platform's clusters, as the user that owns it."""

    def __init__(self, platform: Platform, section: str) -> None:
        cluster = platform.data / {"main": "postgres", "keystore": "postgres-keys"}[section]
        self.superuser = cluster.owner()
        self.programs = Path("/usr/lib/postgresql") / (cluster / "PG_VERSION").read_text().strip() / "bin"
        self.connection = ["-h", platform.sockets, "-p", str(platform.database(section)["port"]), "-U", self.superuser]

    def ask(self, database: str, sql: str) -> str:
        return self._run("psql", "-X", "-d", database, "-qAt", "-v", "ON_ERROR_STOP=1", "-f", "-", stdin=sql)

    def _run(self, program: str, *arguments: str, stdin: str = "") -> str:
        as_superuser = []
        if os.geteuid() == 0:
            as_superuser = ["setpriv", f"--reuid={self.superuser}", f"--regid={self.superuser}", "--init-groups"]
        command = [*as_superuser, self.programs / program, *self.connection, *arguments]
        done = subprocess.run(command, input=stdin, capture_output=True, text=True, check=False, cwd="/")
        if done.returncode:
            raise SystemExit(f"{program}: {done.stderr.strip()}")
        return done.stdout


class Pgbench(Superuser):
    """A database of its own in the main cluster of `platform`, made once."""

    def __init__(self, platform: Platform, seconds: int = 10) -> None:
        super().__init__(platform, "main")
        self.seconds = seconds
        exists = self._run("psql", "-d", "postgres", "-Atc", f"SELECT count(*) FROM pg_database WHERE datname = '{DATABASE}'")
        if exists.strip() == "0":
            self._run("psql", "-d", "postgres", "-qc", f"CREATE DATABASE {DATABASE}")
            self._run("psql", "-d", DATABASE, "-q", stdin=SCHEMA)
            self._run("pgbench", "-i", "-q", DATABASE)

    def inserts_per_s(self) -> float:
        """Rows a second, one a transaction; the better of 16 and 64 clients."""
        return self._best_of(INSERT, 16, 64)

    def call_inserts_per_s(self) -> float:
        """Calls a second, a hundred rows and a hundred receipts a transaction; the better of 4 and 16 clients."""
        self._run("psql", "-d", DATABASE, "-q", stdin=CALLS_SCHEMA)
        return 100 * self._best_of(CALLS_INSERT, 4, 16)

    def _best_of(self, statements: str, *clients: int) -> float:
        with tempfile.NamedTemporaryFile("w", suffix=".sql") as script:
            script.write(statements)
            script.flush()
            os.chmod(script.name, 0o644)  # read by the cluster's user
            return max(self._transactions_per_s(count, "-f", script.name) for count in clients)

    def selects_per_s(self) -> float:
        """Point reads by primary key a second, 64 clients."""
        return self._transactions_per_s(64, "-S")

    def script(self, database: str, sql: str) -> None:
        """Runs statements in one of the cluster's databases."""
        self._run("psql", "-d", database, "-q", "-v", "ON_ERROR_STOP=1", stdin=sql)

    def _transactions_per_s(self, clients: int, *what: str) -> float:
        output = self._run("pgbench", "-n", "-M", "prepared", "-c", str(clients), "-j", "2", "-T", str(self.seconds), *what, DATABASE)
        found = re.search(r"^tps = ([0-9.]+)", output, re.MULTILINE)
        if not found:
            raise SystemExit(f"pgbench said no rate: {output}")
        return float(found[1])
