"""Questions to the private PostgreSQL clusters, as their superuser or as one of the roles."""
from __future__ import annotations

import os
import pathlib
import pwd
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from support.platform import Platform

# Fields and records that no text in these databases contains.
FIELD, RECORD = "\x1f", "\x1e"


@dataclass
class Answer:
    rows: list[list[str]]
    problems: str
    code: int


class Cluster:
    """One of the clusters below a data directory; `postmaster.pid` says where it listens."""

    def __init__(self, platform: Platform, name: str = "postgres") -> None:
        self.directory = platform.data / name
        self.secrets = platform.data / "secrets"
        lines = (self.directory / "postmaster.pid").read_text().splitlines()
        self.port, self.host = lines[3], lines[4]
        self.superuser = pwd.getpwuid(self.directory.stat().st_uid).pw_name

    def _psql(self, user: str, database: str, become: str | None) -> list[str]:
        command = ["psql", "-X", "-q", "-A", "-t", "-F", FIELD, "-R", RECORD, "-h", self.host, "-p", self.port,
                   "-U", user, "-d", database, "-f", "-"]
        if become is not None and become != pwd.getpwuid(os.geteuid()).pw_name:
            command = ["setpriv", "--reuid", become, "--regid", become, "--init-groups", *command]
        return command

    def _run(self, user: str, database: str, sql: str, environment: dict[str, str], become: str | None) -> Answer:
        done = subprocess.run(self._psql(user, database, become), input=sql, capture_output=True, text=True,
                              timeout=120, cwd="/", env=os.environ | {"PGCONNECT_TIMEOUT": "10"} | environment)
        rows = [line.split(FIELD) for part in done.stdout.split(RECORD) for line in part.splitlines() if line]
        return Answer(rows, done.stderr, done.returncode)

    def ask(self, database: str, sql: str) -> list[list[str]]:
        """Rows of a query by the cluster's superuser; the statement never appears among process arguments."""
        script = "\\set ON_ERROR_STOP on\n" + sql.rstrip(";\n ") + ";\n"
        answer = self._run(self.superuser, database, script, {}, self.superuser)
        assert answer.code == 0, answer.problems
        return answer.rows

    @contextmanager
    def holding(self, database: str, sql: str) -> Iterator[None]:
        """Runs a statement in a transaction that stays open meanwhile, with its locks, and is rolled back."""
        with subprocess.Popen(self._psql(self.superuser, database, self.superuser), stdin=subprocess.PIPE,
                              stdout=subprocess.PIPE, text=True, cwd="/") as session:
            assert session.stdin is not None and session.stdout is not None
            session.stdin.write(f"\\set ON_ERROR_STOP on\nBEGIN;\n{sql};\nSELECT 'held';\n")
            session.stdin.flush()
            while (line := session.stdout.readline()) and "held" not in line:
                pass
            assert line, "the statement failed"
            try:
                yield
            finally:
                session.stdin.close()

    def ask_as(self, role: str, database: str, sql: str) -> Answer:
        """What a role with its own password gets; statements that fail do not stop the ones after them."""
        return self._run(role, database, sql, {"PGPASSWORD": self.password(role)}, None)

    def dump(self, database: str) -> bytes:
        """What pg_dump writes of a database, as the cluster's superuser."""
        command = ["setpriv", "--reuid", self.superuser, "--regid", self.superuser, "--init-groups"] if os.geteuid() == 0 else []
        command += ["pg_dump", "-h", self.host, "-p", self.port, "-U", self.superuser, database]
        return subprocess.run(command, capture_output=True, timeout=120, cwd="/", check=True).stdout

    def password(self, role: str) -> str:
        return (self.secrets / role).read_text().strip()


def files_below(directory: pathlib.Path) -> list[pathlib.Path]:
    return [path for path in sorted(directory.rglob("*")) if path.is_file() and not path.is_symlink()]
