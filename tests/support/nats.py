"""A real nats-server, and ways to take it away."""
from __future__ import annotations

import pathlib
import secrets
import signal
import socket
import subprocess

from support.platform import eventually, free_ports


class Nats:
    """One nats-server with a user of its own for the servers."""

    def __init__(self, folder: pathlib.Path, host: str = "127.0.0.1") -> None:
        self.host, [self.port] = host, free_ports(1)
        self.password_file = folder / "bus-password"
        password = secrets.token_urlsafe(24)
        self.password_file.write_text(password + "\n")
        self._config = folder / "nats.conf"
        self._config.write_text(f'listen: "0.0.0.0:{self.port}"\n'
                                f'authorization: {{ user: "samtal", password: "{password}" }}\n')
        self._log = folder / "nats.log"
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"nats://{self.host}:{self.port}"

    def settings(self) -> dict[str, str]:
        """`[bus]` of a server's configuration, as environment variables."""
        return {"SAMTAL_BUS_KIND": "nats", "SAMTAL_BUS_URL": self.url, "SAMTAL_BUS_USER": "samtal",
                "SAMTAL_BUS_PASSWORD_FILE": str(self.password_file)}

    def start(self) -> Nats:
        with self._log.open("ab") as log:
            self.process = subprocess.Popen(["nats-server", "-c", str(self._config)], stdin=subprocess.DEVNULL,
                                            stdout=log, stderr=log, start_new_session=True)
        eventually(self._answers, 20, "nats-server answers")
        return self

    def _answers(self) -> bool:
        assert self.process is not None and self.process.poll() is None, self._log.read_text()[-2000:]
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def kill(self) -> None:
        self.signal(signal.SIGKILL)
        assert self.process is not None
        self.process.wait(10)

    def signal(self, number: signal.Signals) -> None:
        assert self.process is not None
        if self.process.poll() is None:
            self.process.send_signal(number)
