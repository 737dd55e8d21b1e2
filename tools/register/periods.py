"""ISO 8601 periods of years, months and days, and how long the law lets some data live."""
from __future__ import annotations

import re

DURATION = re.compile(r"P(?=\d)(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)D)?")
# What a step or purpose is about, the longest period, how few days that can be, and whose limit it is.
LIMITS = {
    "traffic": {"period": "P6M", "days": 181, "law": "LEK 9:22"},
    "location": {"period": "P2M", "days": 59, "law": "LEK 9:22"},
    "internet": {"period": "P10M", "days": 303, "law": "LEK 9:22"},
    "address": {"period": "P30D", "days": 30, "law": "GDPR 5.1 e"},
}


def is_period(text: object) -> bool:
    return isinstance(text, str) and DURATION.fullmatch(text) is not None


def _parts(period: str) -> tuple[int, int]:
    match = DURATION.fullmatch(period)
    assert match is not None
    years, months, days = (int(part or 0) for part in match.groups())
    return years * 12 + months, days


def is_longer(period: str, limit: dict) -> bool:
    """Whether it can last longer, whichever months it falls in."""
    months, days = _parts(period)
    most_months, most_days = _parts(limit["period"])
    if days == 0 and most_days == 0:
        return months > most_months
    return months * 31 + days > limit["days"]
