"""A client on one device: connects again after every break, catches up by sync, and records what it sees."""
from __future__ import annotations

import asyncio
import itertools
import json
from typing import Any

import websockets
import websockets.exceptions

from support.chronicle import Chronicle, Try
from support.live import TOKEN_HEADERS

BROKEN = (OSError, asyncio.TimeoutError, websockets.exceptions.WebSocketException)
PATIENCE = 10  # seconds for an answer; a server that hangs longer counts as broken


class Witness:
    """Runs in one event loop with all others. `name` is unique among the devices."""

    def __init__(self, name: str, port: int, user: str, token: str, place: str, chronicle: Chronicle) -> None:
        self.name, self.user, self.place = name, user, place
        self._address, self._headers = f"ws://127.0.0.1:{port}/v1/ws", {"Authorization": f"Bearer {token}"}
        self._chronicle = chronicle
        self._ids = itertools.count(1)
        self._answers: dict[str, asyncio.Future[dict[str, Any]]] = {}
        self._seen: set[int] = set()
        self._socket: Any = None
        self._live = asyncio.Event()
        self.position = 0  # everything up to this seq is here

    async def stay_connected(self) -> None:
        """Until it is cancelled."""
        while True:
            try:
                options = {TOKEN_HEADERS: self._headers, "compression": None, "ping_interval": None,
                           "open_timeout": PATIENCE, "close_timeout": 1}
                async with websockets.connect(self._address, **options) as socket:
                    await self._converse(socket)
            except BROKEN:
                await asyncio.sleep(0.02)  # nobody listens: do not spin

    async def write(self, ended: asyncio.Event) -> None:
        """Sends one message after the other until `ended`; what breaks in between stays unknown."""
        while not ended.is_set():
            await self._live.wait()
            tried = self._chronicle.begin(self.user, self.place)
            try:
                await self.send(tried)
            except BROKEN:
                await asyncio.sleep(0.02)  # a dead connection refuses at once: let it be noticed

    async def send(self, tried: Try) -> None:
        answer = await self._ask({"type": "message.send", "conversation_id": self.place, "text": tried.text,
                                  "client_message_id": tried.text})
        if answer["type"] == "message.accepted":
            self._chronicle.acked(tried, answer)
            self._have(answer["seq"])
        else:
            assert answer["problem"]["status"] == 503, answer
            await asyncio.sleep(0.02)  # as asked: not at once again

    async def _converse(self, socket: Any) -> None:
        assert json.loads(await socket.recv())["type"] == "ready"
        self._socket = socket
        catching_up = asyncio.ensure_future(self._catch_up())
        try:
            async for text in socket:
                self._take(json.loads(text))
        finally:
            catching_up.cancel()
            self._live.clear()
            self._socket = None
            for waiting in self._answers.values():
                if not waiting.done():
                    waiting.set_exception(ConnectionError())

    async def _catch_up(self) -> None:
        """Asks for what is missing, from the place up to which nothing is."""
        try:
            while (await self._ask({"type": "sync", "positions": {self.place: {"seq": self.position}}})).get("more", True):
                pass
        except BROKEN:
            if self._socket is not None:
                await self._socket.close()  # the next connection tries again

    async def _ask(self, frame: dict[str, Any]) -> dict[str, Any]:
        if self._socket is None:
            raise ConnectionError
        number = f"{self.name}.{next(self._ids)}"
        self._answers[number] = waiting = asyncio.get_running_loop().create_future()
        try:
            await self._socket.send(json.dumps({"id": number, **frame}))
            return await asyncio.wait_for(waiting, PATIENCE)
        finally:
            self._answers.pop(number, None)

    def _take(self, frame: dict[str, Any]) -> None:
        if frame["type"] == "message.new":
            self._chronicle.delivered(self.name, frame, self._live.is_set())
            self._have(frame["seq"])
            return
        if frame["type"] == "sync.done" and not frame["more"]:
            self._live.set()
        waiting = self._answers.get(str(frame.get("re")))
        if waiting is not None and not waiting.done():
            waiting.set_result(frame)

    def _have(self, seq: int) -> None:
        self._seen.add(seq)
        while self.position + 1 in self._seen:
            self.position += 1
            self._seen.discard(self.position)
