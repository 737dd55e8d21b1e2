"""How long a start takes when everything is built and the database exists."""

from collections.abc import Iterator
from statistics import median

from bench.measure import Measure
from bench.platform import Platform


def measure(platform: Platform) -> Iterator[Measure]:
    """Median of three starts to the ready line."""

    def restart() -> float:
        platform.stop()
        return platform.start()

    yield Measure("start", round(median(restart() for _ in range(3)), 2), "s")
