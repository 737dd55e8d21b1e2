"""Starts and stops the whole platform through script/server, as an operator would."""
from __future__ import annotations

import json
import os
import pathlib
import random
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable
from typing import Any

import requests

from support import conformance

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
READY = re.compile(r"^samtal: ready (http://\S+)$")
SHELLS = {"bash", "dash", "sh"}


class CommandFailed(Exception):
    """`samtalctl` ended with another exit code than 0."""

    def __init__(self, code: int, output: str, problem: str) -> None:
        super().__init__(f"exit {code}: {problem.strip() or output.strip()}")
        self.code, self.output, self.problem = code, output, problem


def eventually(found: Callable[[], Any], timeout: float, what: str) -> Any:
    """Asks until the answer is truthy and returns it; fails after `timeout` seconds."""
    deadline = time.monotonic() + timeout
    while True:
        answer = found()
        if answer:
            return answer
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {timeout} s: {what}")
        time.sleep(0.02)


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def free_ports(count: int) -> list[int]:
    """Ports below the ephemeral range; the neighbour of each is free too (the statistics link takes one)."""
    ports: list[int] = []
    while len(ports) < count:
        port = random.randrange(15_000, 30_000, 2)
        if port not in ports and _is_free(port) and _is_free(port + 1):
            ports.append(port)
    return ports


def _parents() -> dict[int, int]:
    parents = {}
    for entry in pathlib.Path("/proc").glob("[0-9]*/stat"):
        try:
            parents[int(entry.parent.name)] = int(entry.read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue  # it ended meanwhile
    return parents


def descendants(root: int) -> list[int]:
    """All processes below `root`, parents before children."""
    children: dict[int, list[int]] = {}
    for pid, parent in _parents().items():
        children.setdefault(parent, []).append(pid)
    found, queue = [], [root]
    while queue:
        below = children.get(queue.pop(0), [])
        found += below
        queue += below
    return found


def program(pid: int) -> str:
    """The name of the executable a process runs, or an empty string when it is gone."""
    try:
        return os.path.basename(os.readlink(f"/proc/{pid}/exe"))
    except OSError:
        return ""


def signal_all(pids: list[int], number: signal.Signals) -> None:
    for pid in pids:
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            continue


class Platform:
    """One data directory and the processes that `script/server` runs on it."""

    def __init__(self, environment: dict[str, str] | None = None) -> None:
        self.home = pathlib.Path(tempfile.mkdtemp(prefix="samtal-test-"))
        self.home.chmod(0o755)  # the clusters run as another user when root starts them
        self.data = self.home / "data"
        self.port, self.stats_port, self.metrics_port = free_ports(3)
        self.environment = os.environ | (environment or {})
        self.process: subprocess.Popen[str] | None = None
        self.output: list[str] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def stats_url(self) -> str:
        return f"http://127.0.0.1:{self.stats_port}"

    @property
    def metrics_url(self) -> str:
        return f"http://127.0.0.1:{self.metrics_port}/metrics"

    def metric(self, name: str) -> float:
        lines = requests.get(self.metrics_url, timeout=10).text.splitlines()
        return float(next(line.rsplit(" ", 1)[1] for line in lines if line.startswith(name + " ")))

    def start(self, timeout: float = 120) -> Platform:
        ready = threading.Event()
        ended = threading.Event()
        command = [str(REPOSITORY / "script/server"), "--data", str(self.data), "--no-demo"]
        command += ["--port", str(self.port), "--stats-port", str(self.stats_port)]
        command += ["--metrics-port", str(self.metrics_port)]
        process = subprocess.Popen(command, cwd=REPOSITORY, env=self.environment, stdin=subprocess.DEVNULL,
                                   stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                                   start_new_session=True)
        self.process = process

        def follow() -> None:
            assert process.stdout is not None
            for line in process.stdout:
                self.output.append(line.rstrip("\n"))
                if READY.match(self.output[-1]):
                    ready.set()
            ended.set()
            ready.set()

        threading.Thread(target=follow, daemon=True).start()
        if not ready.wait(timeout) or ended.is_set():
            said = "\n".join(self.output[-40:])
            self.kill9_all()
            raise AssertionError(f"script/server did not become ready:\n{said}")
        conformance.watch(self.url)
        return self

    def stop(self, timeout: float = 60) -> int:
        """Ends the platform as Ctrl-C does and returns the exit code; fails if a process is left behind."""
        assert self.process is not None
        ours = descendants(self.process.pid)
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(timeout)
        left = [f"{pid} {program(pid)}" for pid in ours if program(pid)]
        assert not left, f"left behind: {left}"
        return code

    def kill9_all(self) -> None:
        """kill -9 of script/server and everything below it, as a loss of power would end them."""
        assert self.process is not None
        ours = [self.process.pid, *descendants(self.process.pid)]
        signal_all(ours, signal.SIGSTOP)  # nobody starts anybody again meanwhile
        ours += [pid for pid in descendants(self.process.pid) if pid not in ours]
        signal_all(ours, signal.SIGKILL)
        self.process.wait(30)
        eventually(lambda: not any(program(pid) for pid in ours), 30, "the killed processes are gone")

    def restart(self) -> Platform:
        assert self.stop() == 0
        return self.start()

    def remove(self) -> None:
        """Stops what still runs and removes the data directory."""
        if self.process is not None and self.process.poll() is None:
            try:
                self.stop()
            except (AssertionError, subprocess.TimeoutExpired):
                self.kill9_all()
        shutil.rmtree(self.home, ignore_errors=True)

    def pids(self, name: str) -> list[int]:
        """The descendants of script/server that run the executable `name`."""
        assert self.process is not None
        return [pid for pid in descendants(self.process.pid) if program(pid) == name]

    def supervisors(self) -> list[int]:
        """script/server itself and its helper shells: stopped, they start nobody again."""
        assert self.process is not None
        below = [pid for pid in descendants(self.process.pid) if program(pid) in SHELLS]
        return [self.process.pid, *below]

    def postmaster(self, cluster: str = "postgres") -> int:
        return int((self.data / cluster / "postmaster.pid").read_text().split("\n", 1)[0])

    def run_ctl(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = [str(REPOSITORY / "script/samtalctl"), "--data", str(self.data), "--json", *arguments]
        return subprocess.run(command, cwd=REPOSITORY, env=self.environment, stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=120)

    def ctl(self, *arguments: str) -> dict[str, Any]:
        """What `samtalctl --json` answers; raises CommandFailed unless it exits with 0."""
        done = self.run_ctl(*arguments)
        if done.returncode != 0:
            raise CommandFailed(done.returncode, done.stdout, done.stderr)
        answer = json.loads(done.stdout) if done.stdout.strip() else {}
        assert isinstance(answer, dict)
        return answer

    def mails(self) -> list[pathlib.Path]:
        """Mail the platform has sent so far, oldest first."""
        return sorted((self.data / "mail").glob("*.eml"), key=lambda path: path.stat().st_mtime_ns)
