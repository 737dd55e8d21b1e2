"""Chat over WebSocket: two hundred pairs, driven by samtal-load."""

import json
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench.measure import Measure, beside
from bench.pgbench import Pgbench
from bench.platform import Platform

SECONDS = 10


def measure_throughput(platform: Platform) -> Iterator[Measure]:
    """Messages a second that are both acknowledged to the sender and delivered to the other."""
    platform.age_the_log()
    load = _load(platform)
    rows = Pgbench(platform, SECONDS).inserts_per_s()
    yield beside("chat_send", min(load["acked_per_s"], load["delivered_per_s"]), "1/s", "pgbench single-row insert", rows)


def measure_cpu(platform: Platform) -> Iterator[Measure]:
    """CPU seconds of the server and PostgreSQL for ten thousand messages, as fast as they come."""
    platform.age_the_log()
    platform.pairs  # noqa: B018  # made before the clock runs
    before = platform.cpu_seconds()
    load = _load(platform)
    used = platform.cpu_seconds() - before
    yield Measure("chat_cpu", round(used / (load["acked_per_s"] * SECONDS) * 10_000, 3), "s")


def measure_latency(platform: Platform) -> Iterator[Measure]:
    """From sending to the peer's socket, at a thousand messages a second and at ten thousand."""
    platform.age_the_log()
    for rate, percentiles in ((1_000, ("p50", "p99", "p999")), (10_000, ("p50", "p99"))):
        load = _load(platform, "--rate", str(rate))
        if load["delivered_per_s"] < rate * 0.9:
            raise SystemExit(f"of {rate} messages a second only {load['delivered_per_s']:.0f} arrived; the figures mean nothing")
        for percentile in percentiles:
            yield Measure(f"chat_latency_{rate}_{percentile}", round(load[f"{percentile}_ms"], 3), "ms")


class Traffic:
    """A thousand messages a second until the end, while something else goes on."""

    def __init__(self, platform: Platform) -> None:
        self._load = subprocess.Popen([*_command(platform), "--seconds", "3600", "--rate", "1000"], stdout=subprocess.PIPE, text=True)

    def mark(self) -> None:
        """From here on the figures are counted anew."""
        self._load.send_signal(signal.SIGUSR1)

    def end(self) -> list[dict[str, Any]]:
        """The figures between the marks."""
        self._load.terminate()
        output, _ = self._load.communicate(timeout=60)
        return _checked(output)["sections"]


def _load(platform: Platform, *arguments: str) -> dict[str, Any]:
    done = subprocess.run([*_command(platform), "--seconds", str(SECONDS), *arguments], capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"samtal-load: {done.stderr.strip()}")
    return _checked(done.stdout)


def _command(platform: Platform) -> list[str | Path]:
    pairs = platform.home / "pairs"
    pairs.write_text("".join(f"{a.token} {b.token} {conversation}\n" for a, b, conversation in platform.pairs))
    pairs.chmod(0o600)
    return [platform.bin / "samtal-load", "chat", "--url", platform.url, "--pairs", pairs]


def _checked(output: str) -> dict[str, Any]:
    result = json.loads(output)
    if result["errors"]:
        raise SystemExit(f"samtal-load saw {result['errors']} errors; the figures mean nothing")
    return result
