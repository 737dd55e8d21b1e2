"""The result of a benchmark."""

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Measure:
    """One figure, and beside it what it is compared with: `ratio` is `value` divided by the reference's figure of the same run."""

    name: str
    value: float
    unit: str
    ratio_to: str | None = None
    ratio: float | None = None

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def beside(name: str, value: float, unit: str, reference: str, reference_value: float) -> Measure:
    return Measure(name, round(value, 1), unit, f"{reference} ({reference_value:.0f} {unit})", round(value / reference_value, 3))
