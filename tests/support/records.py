"""Call records as a switch brings them."""
from __future__ import annotations

import itertools
import random
from typing import Any

from support.client import Client, ok
from support.dates import day

IDS = itertools.count(random.randrange(10**12))


def record(caller: str | None, callee: str | None, *, on: int = 2, hour: int = 12, minute: int = 0, talk: int = 60,
           outcome: str = "answered", **changes: Any) -> dict[str, Any]:
    """A call that rang for ten seconds; `talk` seconds of it are talk when it was answered."""
    end = minute * 60 + 10 + talk
    made: dict[str, Any] = {"source_call_id": f"call-{next(IDS)}", "caller": {"number": caller},
                            "callee": {"number": callee}, "started_at": f"{day(on)}T{hour:02}:{minute:02}:00Z",
                            "ended_at": f"{day(on)}T{hour + end // 3600:02}:{end // 60 % 60:02}:{end % 60:02}Z",
                            "outcome": outcome}
    if outcome == "answered":
        made["answered_at"] = f"{day(on)}T{hour:02}:{minute:02}:10Z"
    return made | changes


def ingest(switch: Client, *records: Any) -> dict[str, Any]:
    answer = ok(switch.post("/v1/ingest/calls", list(records)), 200)
    assert set(answer) == {"accepted", "corrected", "duplicates", "rejected"}
    return answer
