"""Three servers on the same databases with a NATS server between them."""
from __future__ import annotations

import os
import pathlib
import re
import signal
import subprocess

from support.client import Client
from support.live import LiveSocket
from support.nats import Nats
from support.people import Person
from support.platform import Platform, eventually, free_ports, program, signal_all
from support.settings import set_key


class Node:
    """One samtal-server among several: where it is and what it runs as."""

    def __init__(self, host: str, port: int) -> None:
        self.host, self.port = host, port

    @property
    def url(self) -> str:
        return f"http://{self.host}:{self.port}"

    def client(self, person: Person, token: str | None = None) -> Client:
        """The same person and session, at this server."""
        return Client(self.url, token or person.client.token)

    def socket(self, person: Person, token: str | None = None) -> LiveSocket:
        return LiveSocket(self.port, token=token or person.client.token, host=self.host).ready()

    def ready(self) -> bool:
        try:
            return Client(self.url).get("/readyz", timeout=2).status_code == 200
        except OSError:
            return False

    def pid(self) -> int:
        raise NotImplementedError

    def kill(self) -> None:
        pid = self.pid()
        signal_all([pid], signal.SIGKILL)
        eventually(lambda: not program(pid), 10, "the killed server is gone")

    def stop(self) -> None:
        signal_all([self.pid()], signal.SIGSTOP)

    def go_on(self) -> None:
        signal_all([self.pid()], signal.SIGCONT)


class FirstNode(Node):
    """The one that script/server runs, and starts again."""

    def __init__(self, platform: Platform) -> None:
        super().__init__("127.0.0.1", platform.port)
        self._platform = platform

    def pid(self) -> int:
        return self._platform.pids("samtal-server")[0]


class FurtherNode(Node):
    """A process beside script/server, with a configuration that differs in its addresses only. `within`: the command that
    runs it elsewhere, in a network namespace. `binary`: another one than script/server's."""

    def __init__(self, platform: Platform, number: int, host: str = "127.0.0.1", within: tuple[str, ...] = (),
                 environment: dict[str, str] | None = None, binary: pathlib.Path | None = None) -> None:
        port, metrics = free_ports(2)
        super().__init__(host, port)
        self.metrics_url = f"http://{host}:{metrics}/metrics"
        self._environment = platform.environment | (environment or {})
        self._within = within
        [first] = platform.pids("samtal-server")
        self._program = str(binary or os.readlink(f"/proc/{first}/exe"))
        self._log = platform.home / f"node-{number}.log"
        text = (platform.data / "config/server.toml").read_text()
        changes = {"server.address": f'"{host}"', "server.port": str(port), "metrics.port": str(metrics),
                   "metrics.address": f'"{host}"', "tls.plain_beyond_loopback": "true",
                   "server.admin_socket": f'"{platform.home}/admin-{number}.sock"'}
        for name, value in changes.items():
            text = set_key(text, name, value)
        self._config = platform.home / f"node-{number}.toml"
        self._config.write_text(text)
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> FurtherNode:
        with self._log.open("ab") as log:
            self.process = subprocess.Popen([*self._within, self._program, "--config", str(self._config)],
                                            env=self._environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                            start_new_session=True)
        eventually(self._ready_or_dead, 30, "a further server is ready")
        return self

    def _ready_or_dead(self) -> bool:
        assert self.process is not None and self.process.poll() is None, self._log.read_text()[-3000:]
        return self.ready()

    def pid(self) -> int:
        assert self.process is not None
        return self.process.pid

    def kill(self) -> None:
        signal_all([self.pid()], signal.SIGKILL)
        assert self.process is not None
        self.process.wait(10)

    def end(self) -> int:
        """Ends it as an operator does; its exit code."""
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(30)


class Cluster:
    """`nodes[0]` is script/server's. All tests of a module share one."""

    def __init__(self) -> None:
        self.platform = Platform()
        self.nats = Nats(self.platform.home)
        self.platform.environment |= self.nats.settings()
        self.nodes: list[Node] = []

    def start(self) -> Cluster:
        self.nats.start()
        self.platform.start()
        self.nodes = [FirstNode(self.platform), *(FurtherNode(self.platform, n).start() for n in (2, 3))]
        eventually(self.united, 20, "all servers hear each other")
        return self

    def united(self) -> bool:
        """Each server sees the two others and the bus."""
        return all(self.metric(n, "samtal_bus_connected") == 1 and self.metric(n, "samtal_other_servers") == 2
                   for n in range(len(self.nodes)))

    def metric(self, number: int, name: str) -> float | None:
        node = self.nodes[number]
        url = getattr(node, "metrics_url", self.platform.metrics_url)
        try:
            text = Client(url).get("", timeout=2).text
        except OSError:
            return None
        found = re.search(rf"^{name} (\S+)$", text, re.M)
        return float(found[1]) if found else None

    def further(self, number: int) -> FurtherNode:
        node = self.nodes[number]
        assert isinstance(node, FurtherNode)
        return node

    def remove(self) -> None:
        for node in self.nodes:
            if isinstance(node, FurtherNode) and node.process is not None and node.process.poll() is None:
                node.kill()
        self.nats.kill() if self.nats.process is not None else None
        self.platform.remove()

