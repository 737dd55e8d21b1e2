"""What a bad guest costs the others: p99 of two hundred pairs at a thousand messages a second, without and with it in turn."""

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench.chat import Traffic
from bench.measure import Measure
from bench.platform import PAIRS, Person, Platform

ROUNDS = int(os.environ.get("SAMTAL_BENCH_ROUNDS", "5"))  # each without and with the guest
SECONDS = 12  # of each: whoever never authenticates is cut after ten
LISTENERS = 50  # people, who listen at
SOCKETS = 1_000
HISTORY = 3  # seconds of writing that a slow reader asks for when it comes
ROOM_RATE = 10  # messages a second that are said there
FLOOD_RATE, FLOOD_BYTES = 15, 8_000  # of what is said to one who reads nothing, who is cut within those seconds
OWN_RATE = 1_000 / (2 * PAIRS)  # messages a second of each of the others
Guest = Callable[[], "subprocess.Popen[str]"]


def measure(platform: Platform) -> Iterator[Measure]:
    """A sender at fifty times the others' pace, connections that never authenticate, a slow reader and one that reads nothing."""
    platform.pairs  # noqa: B018  # made before the clock runs
    stage = Stage(platform)
    traffic = Traffic(platform)
    names: list[str] = []
    try:
        time.sleep(5)  # connecting is no traffic
        for name, guest in (("fifty_fold", stage.loud), ("silent", stage.silent)):
            names += _alternate(traffic, name, guest)
        with stage.room():
            names += _alternate(traffic, "slow", stage.slow)
        with stage.flood():
            names += _alternate(traffic, "deaf", stage.deaf)
    finally:
        sections = traffic.end()
    for name in dict.fromkeys(names):
        rounds = [number for number, each in enumerate(names) if each == name]
        for percentile in ("p50", "p99"):
            alone, beside = ([sections[1 + 3 * n + with_it][f"{percentile}_ms"] for n in rounds] for with_it in (0, 1))
            if "SAMTAL_BENCH_VERBOSE" in os.environ:
                print(name, percentile, alone, beside, file=sys.stderr)
            before, value = statistics.median(alone), statistics.median(beside)
            yield Measure(f"bad_load_{name}_others_{percentile}", round(value, 2), "ms", f"without it ({before:.2f} ms)",
                          round(value / before, 3))


def _alternate(traffic: Traffic, name: str, guest: Guest) -> list[str]:
    """Three sections a round: without the guest, with it, and while it leaves."""
    for _ in range(ROUNDS):
        traffic.mark()
        time.sleep(SECONDS)
        traffic.mark()
        with _running(guest()):
            time.sleep(SECONDS)
            traffic.mark()
        time.sleep(2)
    return [name] * ROUNDS


@contextmanager
def _running(load: "subprocess.Popen[str]") -> Iterator[None]:
    try:
        yield
        if load.poll() is not None:
            raise SystemExit(f"a guest of this measurement left with {load.returncode}: {load.args[1]}")
    finally:
        load.kill()
        load.communicate()


class Stage:
    """A conversation with a thousand sockets, and those who misbehave."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform
        self._loud, self._writer, *self._listeners, self._bad = platform.people(LISTENERS + 3)
        self._pair = self._conversation(self._loud, [self._bad])  # of two
        self._room = self._conversation(self._writer, [*self._listeners, self._bad], "Room")
        self._fill_room()

    def loud(self, rate: float = 50 * OWN_RATE, size: int = 200) -> "subprocess.Popen[str]":
        pairs = self._file("loud", f"{self._loud.token} {self._listeners[0].token} {self._pair}\n")
        return self._load("chat", "--pairs", pairs, "--one-sided", "--rate", str(rate), "--bytes", str(size), "--seconds", "3600")

    def silent(self) -> "subprocess.Popen[str]":
        return self._load("silent", "--connections", "10000", "--again")

    def slow(self) -> "subprocess.Popen[str]":
        return self._sluggish("--bytes-per-s", "2000", "--conversation", self._room)

    def deaf(self) -> "subprocess.Popen[str]":
        return self._sluggish("--conversation", self._pair)

    def _sluggish(self, *options: str) -> "subprocess.Popen[str]":
        return self._load("sluggish", "--tokens", self._file("bad", self._bad.token), *options)

    @contextmanager
    def room(self) -> Iterator[None]:
        """All listen, and something is said to them as long as the block lasts."""
        tokens = self._file("listeners", "".join(f"{one.token}\n" for one in self._listeners))
        listening = self._load("listen", "--tokens", tokens, "--connections", str(SOCKETS), "--conversation", self._room, "--until",
                               str(10**9))
        with _running(listening):
            connected = json.loads(listening.stdout.readline())["connected"]
            if connected < SOCKETS:
                raise SystemExit(f"only {connected} of {SOCKETS} could connect (open files: ulimit -n)")
            with _running(self._load(*self._writing(), "--rate", str(ROOM_RATE), "--seconds", "3600")):
                yield

    @contextmanager
    def flood(self) -> Iterator[None]:
        """Much is said to the one who will not read it."""
        with _running(self.loud(FLOOD_RATE, FLOOD_BYTES)):
            yield

    def _fill_room(self) -> None:
        done = self._load(*self._writing(), "--window", "64", "--seconds", str(HISTORY))
        output, _ = done.communicate()
        if done.returncode:
            raise SystemExit(f"the room of this measurement was not filled: {output}")

    def _writing(self) -> list[str | Path]:
        line = f"{self._writer.token} {self._listeners[0].token} {self._room}\n"
        return ["chat", "--pairs", self._file("writer", line), "--one-sided"]

    def _conversation(self, owner: Person, others: list[Person], title: str | None = None) -> str:
        body: dict[str, Any] = {"member_ids": [one.user_id for one in others]} | ({"title": title} if title else {})
        return self._platform.request("POST", "/v1/conversations", body, owner.token)["conversation_id"]

    def _file(self, name: str, text: str) -> Path:
        path = self._platform.home / name
        path.write_text(text)
        path.chmod(0o600)
        return path

    def _load(self, what: str | Path, *options: str | Path) -> "subprocess.Popen[str]":
        command = [self._platform.bin / "samtal-load", what, "--url", self._platform.url, *options]
        return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
