"""The checker itself: it finds a planted loss, a double, a swap and a gap."""
from __future__ import annotations

from typing import Any

from support.ledger import Ledger, faults


def written(count: int) -> tuple[Ledger, list[dict[str, Any]]]:
    stored = [{"seq": n, "message_id": f"m{n}", "text": f"t{n}"} for n in range(1, count + 1)]
    return Ledger(acked={item["text"]: dict(item) for item in stored}), stored


def test_a_faithful_history_passes() -> None:
    ledger, stored = written(10)
    assert faults(ledger, stored) == []


def test_an_unknown_outcome_may_be_either() -> None:
    ledger, stored = written(10)
    del ledger.acked["t10"]
    ledger.unknown = {"t10", "t11"}
    assert faults(ledger, stored) == []
    assert faults(ledger, stored[:9]) == []


def test_a_planted_loss_is_found() -> None:
    ledger, stored = written(10)
    assert faults(ledger, stored[:9]) == ["acked and lost: seq 10"]
    assert "seq has gaps or repeats" in faults(ledger, stored[:4] + stored[5:])


def test_a_planted_double_is_found() -> None:
    ledger, stored = written(10)
    assert "a message is stored twice" in faults(ledger, [*stored, stored[3] | {"seq": 11, "message_id": "m11"}])


def test_a_planted_swap_is_found() -> None:
    ledger, stored = written(10)
    stored[2], stored[3] = stored[3] | {"seq": 3}, stored[2] | {"seq": 4}
    assert len(faults(ledger, stored)) == 2


def test_an_invented_message_is_found() -> None:
    ledger, stored = written(10)
    del ledger.acked["t10"]
    assert faults(ledger, stored) == ["never sent: 1"]
