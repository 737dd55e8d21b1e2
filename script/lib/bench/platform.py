"""The platform under measurement: a data directory of its own, started and stopped through script/server."""

import json
import os
import random
import re
import shutil
import socket
import subprocess
import tempfile
import threading
import time
import tomllib
import urllib.request
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[3]
PAIRS = int(os.environ.get("SAMTAL_BENCH_PAIRS", "200"))


@dataclass(frozen=True)
class Person:
    """Somebody who is logged in."""

    user_id: str
    token: str


def free_ports(count: int) -> list[int]:
    """Ports that nothing uses now, all different: below those that the system gives to clients, and with a free neighbour each, since
    the statistics link takes the next one."""
    ports: list[int] = []
    while len(ports) < count:
        port = random.randrange(15_000, 30_000, 2)
        if port not in ports and _is_free(port) and _is_free(port + 1):
            ports.append(port)
    return ports


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def until(answers: Callable[[], bool], seconds: float = 30) -> None:
    """Returns once `answers` does."""
    latest = time.monotonic() + seconds
    while not answers():
        if time.monotonic() > latest:
            raise SystemExit("what a measurement waits for does not come")
        time.sleep(0.01)


class Platform:
    """A running platform without demo data. Use as a context manager: it stops and removes everything."""

    def __init__(self) -> None:
        (ROOT / "build").mkdir(exist_ok=True)
        self.home = Path(tempfile.mkdtemp(prefix="bench-", dir=ROOT / "build"))  # /tmp may be memory, where fsync is free
        self.data = self.home / "data"
        self.bin = Path(os.environ.get("SAMTAL_BIN_DIR", ROOT / "build/release/bin"))
        self.port, self.stats_port = free_ports(2)
        self.process: subprocess.Popen[str] | None = None
        self._people = 0
        self._numbering = threading.Lock()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> "Platform":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        shutil.rmtree(self.home)

    def age_the_log(self) -> None:
        """As after some hours: PostgreSQL uses the segments of its log again, min_wal_size of them after each checkpoint. In a new
        cluster there are none, and each is made while all commits wait, 50 ms for 16 MB."""
        self.administer("""DO $$ BEGIN FOR n IN 1..64 LOOP
            PERFORM pg_logical_emit_message(false, 'bench', 'x'); PERFORM pg_switch_wal(); END LOOP; END $$;
            CHECKPOINT;""")

    def start(self) -> float:
        """Starts it and returns the seconds until its ready line."""
        began = time.monotonic()
        self.process = subprocess.Popen(
            [ROOT / "script/server", "--no-demo", "--data", self.data, "--port", str(self.port), "--stats-port",
             str(self.stats_port), "--metrics-port", "0"],
            stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True)
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if line.startswith("samtal: ready "):
                return time.monotonic() - began
        raise SystemExit(f"script/server ended with {self.process.wait()} before it was ready")

    def stop(self) -> None:
        if self.process is not None:
            self.process.terminate()
            self.process.wait()
            assert self.process.stdout is not None
            self.process.stdout.close()
            self.process = None

    def control(self, *arguments: str, server: "SecondServer | None" = None) -> dict[str, Any]:
        """Runs samtalctl and returns what it printed."""
        where = ["--data", self.data] if server is None else ["--config", server.config]
        done = subprocess.run([ROOT / "script/samtalctl", *where, "--json", *arguments], capture_output=True, text=True, check=False)
        if done.returncode:
            raise SystemExit(f"samtalctl {' '.join(arguments[:2])}: {done.stderr.strip()}")
        return json.loads(done.stdout)

    def administer(self, sql: str) -> None:
        """Runs statements in the main database as its cluster's superuser."""
        superuser = (self.data / "postgres").owner()
        become = ["setpriv", f"--reuid={superuser}", f"--regid={superuser}", "--init-groups"] if os.geteuid() == 0 else []
        done = subprocess.run([*become, "psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-h", self.sockets, "-p", "5432", "-U", superuser,
                               "-d", "samtal"], input=sql, capture_output=True, text=True, check=False, cwd="/")
        if done.returncode:
            raise SystemExit(f"psql: {done.stderr.strip()}")

    def request(self, method: str, path: str, body: object = None, token: str = "", empty: bool = False, url: str = "") -> Any:
        request = urllib.request.Request((url or self.url) + path, method=method)
        if body is not None:
            request.data = json.dumps(body).encode()
            request.add_header("Content-Type", "application/json")
        if token:
            request.add_header("Authorization", f"Bearer {token}")
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=60) as answer:
            return None if empty else json.load(answer)

    @property
    def made(self) -> int:
        """How many people there are so far; the next one's number."""
        return self._people

    @cached_property
    def organisation(self) -> str:
        return self.control("organisation", "create", "--brand", "advoco", "--name", "Benchmark")["organisation_id"]

    @cached_property
    def notice_version(self) -> str:
        return self.request("GET", "/v1/notice?language=en")["version"]

    def people(self, count: int, consents: tuple[str, ...] = (), server: "SecondServer | None" = None) -> list[Person]:
        """Invites, activates and logs in that many new people, some at a time: each costs two password hashes."""
        with self._numbering:  # people may join at two servers at once
            first, self._people = self._people, self._people + count
        self.organisation, self.notice_version  # noqa: B018  # fetched once, before the threads
        with ThreadPoolExecutor(8) as threads:
            return list(threads.map(lambda number: self._person(number, consents, server), range(first, first + count)))

    @staticmethod
    def phone(number: int) -> str:
        """Of the person with that number."""
        return f"+4687{number:07d}"

    def _person(self, number: int, consents: tuple[str, ...], server: "SecondServer | None") -> Person:
        url = self.url if server is None else server.url
        username, password = f"bench-{number}", f"correct horse {number} battery"
        invited = self.control(
            "user", "invite", "--organisation", self.organisation, "--given-name", "Bench", "--family-name", f"Nr {number}",
            "--email", f"bench-{number}@example.org", "--phone", self.phone(number), server=server)
        self.request("POST", "/v1/activation", {
            "activation_code": invited["activation_code"], "username": username, "password": password,
            "acknowledged_notice": self.notice_version, "consents": dict.fromkeys(consents, True)}, url=url)
        login = self.request("POST", "/v1/login", {"username": username, "password": password}, url=url)
        return Person(login["user_id"], login["access_token"])

    @cached_property
    def pairs(self) -> list[tuple[Person, Person, str]]:
        """Two hundred pairs of people, each with its conversation."""
        everybody = self.people(2 * PAIRS)

        def conversation(pair: tuple[Person, Person]) -> tuple[Person, Person, str]:
            made = self.request("POST", "/v1/conversations", {"member_ids": [pair[1].user_id]}, pair[0].token)
            return pair[0], pair[1], made["conversation_id"]

        with ThreadPoolExecutor(8) as threads:
            return list(threads.map(conversation, zip(everybody[::2], everybody[1::2], strict=True)))

    def cpu_seconds(self) -> float:
        """What the server and the main PostgreSQL have used so far, all their processes and threads together."""
        return sum(self.cpu_seconds_by_part().values())

    def cpu_seconds_by_part(self) -> dict[str, float]:
        """The same, apart."""
        postmaster = int((self.data / "postgres/postmaster.pid").read_text().split()[0])
        used = {"server": 0, "postgresql": 0}
        for entry in Path("/proc").iterdir():
            try:
                pid, (name, rest) = int(entry.name), (entry / "stat").read_text().split("(", 1)[1].rsplit(")", 1)
                times = list(map(int, rest.split()[11:15]))  # its own, and of its children that ended: backends come and go
                parent, ticks = int(rest.split()[1]), sum(times if pid == postmaster else times[:2])
                mine = name == "samtal-server" and str(self.data) in (entry / "cmdline").read_text()
            except (ValueError, OSError):  # no process, or one that ended meanwhile
                continue
            if mine:
                used["server"] += ticks
            elif postmaster in (pid, parent):
                used["postgresql"] += ticks
        return {part: ticks / os.sysconf("SC_CLK_TCK") for part, ticks in used.items()}

    @cached_property
    def sockets(self) -> str:
        """The directory of the databases' Unix sockets."""
        return self.database("main")["host"]

    def database(self, section: str) -> dict[str, Any]:
        """Where a database is, as the operator knows it."""
        return tomllib.loads((self.data / "config/operator.toml").read_text())[section]


class SecondServer:
    """One more server on the databases of a platform. Use as a context manager."""

    def __init__(self, platform: Platform) -> None:
        self._platform, self.config = platform, platform.home / "second.toml"
        [self._port] = free_ports(1)
        self.url = f"http://127.0.0.1:{self._port}"

    def __enter__(self) -> "SecondServer":
        text = (self._platform.data / "config/server.toml").read_text()
        text = re.sub(r"(?m)^admin_socket = .*", f'admin_socket = "{self._platform.home}/second.sock"', text)
        self.config.write_text(re.sub(r"(?m)(^\[server\]\n(?:.+\n)*?port = )\d+", rf"\g<1>{self._port}", text))
        environment = os.environ | {"SAMTAL_METRICS_PORT": "0"}
        self._process = subprocess.Popen([self._platform.bin / "samtal-server", "--config", self.config], env=environment,
                                         stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        for _ in range(600):
            if self._process.poll() is not None:
                raise SystemExit(f"the second server ended with {self._process.returncode}")
            try:
                self._platform.request("GET", "/readyz", url=self.url)
                return self
            except OSError:
                time.sleep(0.1)
        raise SystemExit("the second server did not become ready")

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait()
