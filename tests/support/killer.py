"""kill -9 of one of the processes that messages go through."""
from __future__ import annotations

import pathlib
import random
import signal

from support.platform import Platform, descendants, program, signal_all

VICTIMS = ("server", "backend", "postmaster", "key store")


def backends(platform: Platform) -> list[int]:
    """PostgreSQL's processes that serve the server's connections; each shows its role."""
    found = []
    for pid in descendants(platform.postmaster()):
        try:
            title = pathlib.Path(f"/proc/{pid}/cmdline").read_bytes()
        except OSError:
            continue  # it ended meanwhile
        if title.startswith(b"postgres: samtal_"):
            found.append(pid)
    return found


def targets(platform: Platform, victim: str, dice: random.Random) -> list[int]:
    """One process, or none while what is meant is being started again."""
    try:
        if victim == "server":
            return platform.pids("samtal-server")
        if victim == "backend":
            return [dice.choice(found)] if (found := backends(platform)) else []
        pid = platform.postmaster("postgres" if victim == "postmaster" else "postgres-keys")
        return [pid] if program(pid) == "postgres" else []
    except (FileNotFoundError, ValueError):
        return []


def kill(platform: Platform, victim: str, dice: random.Random) -> bool:
    """Whether there was somebody to kill."""
    found = targets(platform, victim, dice)
    signal_all(found, signal.SIGKILL)
    return bool(found)
