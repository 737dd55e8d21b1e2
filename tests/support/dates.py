"""Days of a week that is over but recent enough to be kept by every retention rule."""
from __future__ import annotations

import datetime

_today = datetime.datetime.now(datetime.timezone.utc).date()
MONDAY = _today - datetime.timedelta(days=_today.weekday() + 14)


def day(number: int) -> str:
    """A day of that week as a full-date: 0 is Monday, 7 the Monday after it."""
    return (MONDAY + datetime.timedelta(days=number)).isoformat()


WEEK = f"from={day(0)}&to={day(7)}"
EARLIER_WEEK = f"from={day(-21)}&to={day(-14)}"
YEAR = f"from={day(-300)}&to={day(60)}"
