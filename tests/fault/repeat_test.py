"""A client that does not know whether its message arrived sends it again, and learns what became of it."""
from __future__ import annotations

import signal

from support import ledger as book
from support import people
from support.client import Client
from support.platform import Platform, eventually, signal_all


def test_B3_a_repeat_after_a_crash_makes_no_second_message(platform: Platform, cycles: int) -> None:
    org = people.organisation(platform)
    who, other = (people.person(platform, org) for _ in range(2))
    place, ledger = people.conversation(who, other), book.Ledger()
    for _ in range(cycles):
        writers = [book.Writer(who.client, place, ledger) for _ in range(4)]
        for writer in writers:
            writer.start()
        wanted = len(ledger.acked) + 40
        eventually(lambda: len(ledger.acked) >= wanted, 30, "messages are acked")
        signal_all(platform.pids("samtal-server"), signal.SIGKILL)
        eventually(lambda: ledger.unknown, 10, "a writer is left in doubt")
        for writer in writers:
            writer.finish()
        fresh = Client(platform.url, who.client.token)

        def ready() -> bool:
            try:
                return fresh.get("/readyz", timeout=2).status_code == 200
            except OSError:
                return False

        eventually(ready, 30, "the server is back")
        book.settle(fresh, place, ledger)
        assert ledger.unknown == set()
        stored = book.history(fresh, place)
        assert book.faults(ledger, stored) == []
        assert len(stored) == len(ledger.acked)
