"""One more samtal-server on the running platform's databases, with a configuration of its own."""
from __future__ import annotations

import os
import pathlib
import signal
import subprocess
from collections.abc import Callable

from support.platform import REPOSITORY, Platform, eventually, free_ports
from support.settings import set_key

BINARIES = REPOSITORY / os.environ.get("SAMTAL_BIN_DIR", "build/release/bin")


def ctl(*arguments: object) -> subprocess.CompletedProcess[str]:
    """`samtalctl` for what needs no server."""
    return subprocess.run([BINARIES / "samtalctl", *map(str, arguments)], capture_output=True, text=True, timeout=30)


class SingleServer:
    """`samtal-server --config FILE` alone; what it logs goes to a file beside its configuration."""

    def __init__(self, platform: Platform, directory: pathlib.Path, changes: dict[str, str]) -> None:
        [self.port] = free_ports(1)
        text = (platform.data / "config" / "server.toml").read_text()
        own = {"server.port": str(self.port), "metrics.port": "0", "server.admin_socket": f'"{directory}/admin.sock"'}
        for name, value in (own | changes).items():
            text = set_key(text, name, value)
        self.config, self.log = directory / "single.toml", directory / "single.log"
        self.config.write_text(text)
        with self.log.open("wb") as log:
            self.process = subprocess.Popen([BINARIES / "samtal-server", "--config", self.config], stderr=log,
                                            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)

    def wait(self, answers: Callable[[], bool]) -> SingleServer:
        """Returns once `answers` does; fails when the process ends instead."""

        def ready() -> bool:
            assert self.process.poll() is None, self.log.read_text()[-2000:]
            try:
                return answers()
            except OSError:
                return False

        eventually(ready, 20, "the server answers")
        return self

    def stop(self) -> int:
        """SIGTERM, and the exit code."""
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(20)
        finally:
            if self.process.poll() is None:
                self.process.kill()
                self.process.wait()
