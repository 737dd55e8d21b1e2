"""One cycle: people write and read in a conversation, something is killed, and what is left is judged."""
from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from support import ledger, people
from support.chronicle import Chronicle
from support.client import Client, ok
from support.killer import VICTIMS, kill
from support.people import Person
from support.platform import Platform, eventually
from support.verdict import Stored, faults
from support.witness import Witness

WRITERS_AT_ONCE = 3  # messages under way on each writing device
REPEATED = 20        # acked messages that are sent once more
Blow = Callable[[Platform, str, random.Random], bool]  # hits the victim named, if there is one to hit


@dataclass
class Cycle:
    """A conversation of its own for each, so that a long run's cycles cost the same."""

    platform: Platform
    members: list[Person]
    chronicle: Chronicle
    place: str
    writers: list[Witness]
    readers: list[Witness]
    blow: Blow = kill

    @staticmethod
    def begin(platform: Platform, members: list[Person], blow: Blow = kill) -> Cycle:
        await_ready(platform)
        for who in members:
            who.stay_signed_in()
        chronicle, place = Chronicle(), people.conversation(*members, title="Under avbrott")

        def device(kind: str, number: int, who: Person) -> Witness:
            token = who.client.token
            assert token is not None
            return Witness(f"{kind} {number}", platform.port, who.user_id, token, place, chronicle)

        return Cycle(platform, members, chronicle, place, [device("writer", n, who) for n, who in enumerate(members)],
                     [device("reader", n, who) for n, who in enumerate(members)], blow)

    @asynccontextmanager
    async def connected(self) -> AsyncIterator[asyncio.TaskGroup]:
        """A client that ends by itself ends the cycle."""
        async with asyncio.TaskGroup() as group:
            running = [group.create_task(one.stay_connected()) for one in self.writers + self.readers]
            yield group
            for one in running:
                one.cancel()

    async def run(self, dice: random.Random) -> Stored:
        """The history it ends with; fails when anything that was promised does not hold."""
        async with self.connected() as group:
            ended = asyncio.Event()
            writing = [group.create_task(one.write(ended)) for one in self.writers for _ in range(WRITERS_AT_ONCE)]
            victims = [await self.strike(dice) for _ in range(dice.choice((1, 1, 2)))]
            await self.more_acks(50)
            ended.set()
            await until(lambda: all(one.done() for one in writing), 60, "the writers end")
            await asyncio.to_thread(self.settle, dice)
            stored = await asyncio.to_thread(self.history)
            await until(lambda: all(one.position >= len(stored) for one in self.readers + self.writers), 20,
                        "every device has everything", patient=True)
        found = faults(self.chronicle, self.place, stored, [one.name for one in self.readers])
        assert found == [], f"after kill -9 of {victims}: {found[:10]}"
        return stored

    async def strike(self, dice: random.Random) -> str:
        """Kills at a moment that only the dice know: after so many more acks."""
        await self.more_acks(dice.randrange(1, 200))
        victim = dice.choice(VICTIMS)
        await until(lambda: self.blow(self.platform, victim, dice), 20, f"the {victim} runs")
        return victim

    async def more_acks(self, count: int) -> None:
        wanted = self.chronicle.acks() + count
        await until(lambda: self.chronicle.acks() >= wanted, 60, f"{count} more messages are acked")

    def settle(self, dice: random.Random) -> None:
        """Repeats by HTTP most of what is unknown, and some of what is not."""
        await_ready(self.platform)
        by_user = {who.user_id: who for who in self.members}
        unknown = self.chronicle.unknown(self.place)
        acked = [one for one in self.chronicle.in_place(self.place) if one.acks]
        again = [one for one in unknown if dice.random() < 0.8] + dice.sample(acked, min(REPEATED, len(acked)))
        for one in again:
            self.chronicle.acked(one, ok(ledger.post(by_user[one.sender].client, self.place, one.text, 30), 200, 201))

    def history(self) -> Stored:
        """What every member reads; the same for all."""
        found = [ledger.history(Client(who.client.base, who.client.token), self.place) for who in self.members]
        assert all(one == found[0] for one in found), "two members read different histories"
        return found[0]


def await_ready(platform: Platform) -> None:
    """The last thing killed may still be on its way back, unnoticed by those who write."""

    def ready() -> bool:
        try:
            return Client(platform.url).get("/readyz", timeout=5).status_code == 200
        except OSError:
            return False

    eventually(ready, 60, "the platform serves")


async def until(holds: Callable[[], bool], timeout: float, what: str, patient: bool = False) -> None:
    """Looks again until something holds. `patient`: goes on after the time too, since the verdict will say more."""
    deadline = asyncio.get_running_loop().time() + timeout
    while not holds():
        if asyncio.get_running_loop().time() > deadline:
            if patient:
                return
            raise AssertionError(f"not within {timeout} s: {what}")
        await asyncio.sleep(0.01)
