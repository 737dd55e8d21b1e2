"""A WebSocket client for tests that read line by line: one event loop in a thread serves all sockets."""
from __future__ import annotations

import asyncio
import itertools
import json
import queue
import threading
import uuid
from collections.abc import Coroutine
from typing import Any

import websockets

from support.conformance import Frames

TOKEN_HEADERS = "additional_headers" if int(websockets.__version__.split(".")[0]) >= 14 else "extra_headers"
_CLOSED = object()


class _Loop:
    """Started at the first use and kept for the whole run."""

    def __init__(self) -> None:
        self._loop: asyncio.AbstractEventLoop | None = None
        self._lock = threading.Lock()

    def run(self, task: Coroutine[Any, Any, Any], timeout: float = 20) -> Any:
        with self._lock:
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                threading.Thread(target=self._loop.run_forever, daemon=True).start()
        return asyncio.run_coroutine_threadsafe(task, self._loop).result(timeout)


_loop = _Loop()


class LiveSocket:
    """One connection to /v1/ws. Frames arrive in a queue in the order in which the server sent them."""

    def __init__(self, port: int, *, token: str | None = None, headers: dict[str, str] | None = None,
                 subprotocol: str | None = "samtal.v1", host: str = "127.0.0.1") -> None:
        self.frames: queue.Queue[Any] = queue.Queue()
        self.passed_by: list[dict[str, Any]] = []
        self.code: int | None = None
        self._ids = itertools.count(1)
        self._documented = Frames(port)
        sent = dict(headers or {})
        if token is not None:
            sent["Authorization"] = f"Bearer {token}"
        options: dict[str, Any] = {TOKEN_HEADERS: sent, "compression": None, "max_size": None,
                                   "ping_interval": None, "open_timeout": 15, "close_timeout": 2}
        if subprotocol is not None:
            options["subprotocols"] = [subprotocol]
        self._socket = _loop.run(self._open(f"ws://{host}:{port}/v1/ws", options))

    async def _open(self, address: str, options: dict[str, Any]) -> Any:
        socket = await websockets.connect(address, **options)
        self._reader = asyncio.ensure_future(self._read(socket))
        return socket

    async def _read(self, socket: Any) -> None:
        try:
            while True:
                self.frames.put(await socket.recv())
        except websockets.exceptions.ConnectionClosed:
            self.code = socket.close_code
            self.frames.put(_CLOSED)

    @property
    def subprotocol(self) -> str | None:
        return self._socket.subprotocol

    def ready(self) -> LiveSocket:
        assert self.receive()["type"] == "ready"
        return self

    def send(self, frame: dict[str, Any]) -> None:
        self._documented.sent(frame)
        self.send_raw(json.dumps(frame))

    def send_raw(self, data: str | bytes) -> None:
        _loop.run(self._socket.send(data))

    def receive(self, timeout: float = 10) -> dict[str, Any]:
        """The next frame, whatever it is."""
        try:
            frame = self.frames.get(timeout=timeout)
        except queue.Empty:
            raise AssertionError(f"no frame within {timeout} s") from None
        assert frame is not _CLOSED, f"the server closed the socket with {self.code}"
        assert isinstance(frame, str), "the server sends text frames only"
        decoded = json.loads(frame)
        assert isinstance(decoded, dict)
        self._documented.received(decoded)
        return decoded

    def until(self, kind: str, timeout: float = 10) -> dict[str, Any]:
        """The next frame of a type; what comes before it goes to `passed_by`."""
        while True:
            frame = self.receive(timeout)
            if frame["type"] == kind:
                return frame
            self.passed_by.append(frame)

    def ask(self, frame: dict[str, Any], timeout: float = 10) -> dict[str, Any]:
        """Sends a frame with an `id` and returns what answers it; what comes before goes to `passed_by`."""
        number = f"q{next(self._ids)}"
        self.send({"id": number} | frame)
        while True:
            answer = self.receive(timeout)
            if answer.get("re") == frame.get("id", number):
                return answer
            self.passed_by.append(answer)

    def say(self, conversation_id: str, text: str, client_message_id: str | None = None) -> dict[str, Any]:
        """Sends a message and returns the answer to it."""
        return self.ask({"type": "message.send", "conversation_id": conversation_id, "text": text,
                         "client_message_id": client_message_id or str(uuid.uuid4())})

    def received_before_now(self) -> list[dict[str, Any]]:
        """Everything that arrived before the answer to a question asked now."""
        answer = self.ask({"type": "no.such.type"})
        assert answer["type"] == "error", answer
        seen, self.passed_by = self.passed_by, []
        return seen

    def closed(self, timeout: float = 10) -> int | None:
        """Waits for the server's close and returns its code; frames before it go to `passed_by`."""
        while True:
            try:
                frame = self.frames.get(timeout=timeout)
            except queue.Empty:
                raise AssertionError(f"still open after {timeout} s") from None
            if frame is _CLOSED:
                return self.code
            self.passed_by.append(json.loads(frame))

    def close(self) -> None:
        _loop.run(self._socket.close())
