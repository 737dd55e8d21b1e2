"""Many sockets: how fast they come, what they hold, and one message to all of them."""

import json
import os
import re
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.measure import Measure
from bench.platform import Person, Platform, free_ports, until

CONNECTIONS = int(os.environ.get("SAMTAL_BENCH_CONNECTIONS", "10000"))
MEMBERS = 1_000
SECONDS = 10


def measure_connect(platform: Platform) -> Iterator[Measure]:
    """New connections a second, each authenticated by an access token with its upgrade."""
    tokens = _tokens(platform, [person for pair in platform.pairs for person in pair[:2]])
    with _held(platform, platform.url, tokens) as connected:
        yield Measure("connect", round(connected["connected"] / connected["seconds"], 1), "1/s")


def measure_memory(platform: Platform) -> Iterator[Measure]:
    """Resident memory of a server of its own for each idle, authenticated connection."""
    tokens = _tokens(platform, [person for pair in platform.pairs for person in pair[:2]])
    for name, scheme in (("idle_memory_plain", "http"), ("idle_memory_tls", "https")):
        with _server(platform, scheme) as (pid, url):
            with _held(platform, url, tokens, 100):
                before = _resident_kb(pid)
            with _held(platform, url, tokens):
                yield Measure(name, round((_resident_kb(pid) - before) / CONNECTIONS, 2), "KB")


def measure_fanout(platform: Platform) -> Iterator[Measure]:
    """One of a thousand members writes; what the others are pushed, all together."""
    everybody = [person for pair in platform.pairs for person in pair[:2]]
    everybody += platform.people(MEMBERS - len(everybody))
    others = [person.user_id for person in everybody[1:]]
    made = platform.request("POST", "/v1/conversations", {"member_ids": others, "title": "All"}, everybody[0].token)
    done = subprocess.run(
        [platform.bin / "samtal-load", "fanout", "--url", platform.url, "--tokens", _tokens(platform, everybody), "--conversation",
         made["conversation_id"], "--seconds", str(SECONDS)], capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stderr.strip())
    yield Measure("fanout", round(json.loads(done.stdout)["delivered_per_s"], 1), "1/s")


def _tokens(platform: Platform, people: list[Person]) -> Path:
    tokens = platform.home / "tokens"
    tokens.write_text("".join(f"{person.token}\n" for person in people))
    tokens.chmod(0o600)
    return tokens


@contextmanager
def _held(platform: Platform, url: str, tokens: Path, connections: int = CONNECTIONS) -> Iterator[dict[str, float]]:
    """That many connections, as long as the block lasts."""
    load = subprocess.Popen([platform.bin / "samtal-load", "hold", "--url", url, "--tokens", tokens, "--connections", str(connections)],
                            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        result = json.loads(load.stdout.readline())
        if result["connected"] < connections:
            raise SystemExit(f"only {result['connected']} of {connections} could connect (open files: ulimit -n)")
        yield result
    finally:
        load.communicate()


@contextmanager
def _server(platform: Platform, scheme: str) -> Iterator[tuple[int, str]]:
    """One more server on the same databases: fresh, and with TLS where the scheme says so."""
    [port] = free_ports(1)
    settings = {"SAMTAL_SERVER_PORT": str(port), "SAMTAL_SERVER_ADMIN_SOCKET": str(platform.home / "one-more.sock"),
                "SAMTAL_METRICS_PORT": "0"}
    verify = platform.home / "chain.pem"
    if scheme == "https":
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                        "-subj", "/CN=localhost", "-keyout", platform.home / "key.pem", "-out", verify], check=True, capture_output=True)
        settings |= {"SAMTAL_TLS_CERTIFICATE_FILE": str(verify), "SAMTAL_TLS_KEY_FILE": str(platform.home / "key.pem")}
    server = subprocess.Popen([platform.bin / "samtal-server", "--config", platform.data / "config/server.toml"],
                              env=os.environ | settings, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    url = f"{scheme}://127.0.0.1:{port}"
    try:
        until(lambda: server.poll() is not None or _listens(port))
        if server.poll() is not None:
            raise SystemExit("the server of this measurement does not start")
        yield server.pid, url
    finally:
        server.terminate()
        server.wait()


def _listens(port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


def _resident_kb(pid: int) -> int:
    return int(re.search(r"^VmRSS:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text(), re.MULTILINE)[1])
