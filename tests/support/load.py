"""samtal-load beside a test: crowds that would be too slow in Python."""
from __future__ import annotations

import json
import os
import pathlib
import subprocess
from typing import Any

from support.people import Person
from support.platform import REPOSITORY, Platform

BINARY = REPOSITORY / os.environ.get("SAMTAL_BIN_DIR", "build/release/bin") / "samtal-load"


class Load:
    """One run, as long as the block lasts. `people`: whose tokens it takes, in turn."""

    def __init__(self, platform: Platform, what: str, *options: str, people: list[Person] | None = None) -> None:
        command: list[str | pathlib.Path] = [BINARY, what, "--url", platform.url, *options]
        if people is not None:
            tokens = platform.home / "load-tokens"
            tokens.write_text("".join(f"{who.client.token}\n" for who in people))
            command += ["--tokens", tokens]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def __enter__(self) -> Load:
        self.connected = self._line()["connected"]
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.communicate()

    def result(self, timeout: float) -> dict[str, Any]:
        """What it says when it is done, or when nobody asks more of it."""
        output, _ = self._process.communicate(timeout=timeout)
        return json.loads(output)

    def _line(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line, f"samtal-load ended with {self._process.wait()}"
        return json.loads(line)
