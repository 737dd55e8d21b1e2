"""Connections that were opened before all tests and have said nothing useful since."""
from __future__ import annotations

import time
from typing import Any

from support.client import Client, ok

# Longer than any time-out for a header, a body or a first frame should be.
PATIENCE = 45.0


def left(idlers: Any) -> float:
    return max(1.0, idlers.opened_at + PATIENCE - time.monotonic())


def test_I5_a_socket_that_does_not_authenticate_closes_with_4003(idlers: Any) -> None:
    assert idlers.silent_socket.closed(left(idlers)) == 4003


def test_a_header_that_never_ends_is_cut(idlers: Any) -> None:
    limit = left(idlers)
    assert idlers.half_a_header.seconds_until_end(limit) < limit


def test_a_body_that_never_comes_is_cut(idlers: Any) -> None:
    limit = left(idlers)
    assert idlers.half_a_body.seconds_until_end(limit) < limit


def test_others_are_served_meanwhile(anyone: Client) -> None:
    ok(anyone.get("/healthz"))
