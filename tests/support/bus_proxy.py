"""Stands between a server and NATS, and loses, repeats or keeps back what the one says to the other."""
from __future__ import annotations

import socket
import threading
from collections.abc import Callable

PACKETS = (b"PUB ", b"MSG ")
EVENT = 250  # bytes: a heartbeat is smaller, an event larger


class Valve:
    """One direction. What is no packet (PING, INFO) always passes."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._send: Callable[[bytes], None] = lambda _: None
        self._held: list[bytes] | None = None
        self._left = 0  # packets that come so many times
        self._times = 1
        self.caught = 0  # packets that were lost, repeated or kept back

    def hold(self) -> None:
        """Nothing passes until release(), as when a server's network stands still."""
        with self._lock:
            self._held = []

    def release(self) -> None:
        with self._lock:
            held, self._held = self._held or [], None
            for packet in held:
                self._send(packet)

    def lose(self, count: int = 1) -> None:
        """The next packets with events never arrive."""
        self._repeat(count, 0)

    def double(self, count: int = 1) -> None:
        """The next packets with events arrive twice."""
        self._repeat(count, 2)

    def _repeat(self, count: int, times: int) -> None:
        with self._lock:
            self._left, self._times = count, times

    def open(self, send: Callable[[bytes], None]) -> None:
        with self._lock:
            self._send = send

    def pass_on(self, head: bytes, payload: bytes | None) -> None:
        with self._lock:
            if payload is None:
                return self._send(head)
            packet, times = head + payload, 1
            if self._left > 0 and len(payload) > EVENT:
                self._left, times = self._left - 1, self._times
                self.caught += 1
            if self._held is None:
                return self._send(packet * times)
            self._held.append(packet)
            self.caught += 1


class BusProxy:
    """`out` is what the server says, `into` what it hears. One server at a time."""

    def __init__(self, port: int) -> None:
        self._bus = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.out, self.into = Valve(), Valve()
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def url(self) -> str:
        return f"nats://127.0.0.1:{self._listener.getsockname()[1]}"

    def close(self) -> None:
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                server, _ = self._listener.accept()
                bus = socket.create_connection(("127.0.0.1", self._bus))
            except OSError:
                return
            for valve, source, sink in ((self.out, server, bus), (self.into, bus, server)):
                valve.open(sink.sendall)
                threading.Thread(target=self._pump, args=(valve, source, sink), daemon=True).start()

    @staticmethod
    def _pump(valve: Valve, source: socket.socket, sink: socket.socket) -> None:
        try:
            with source.makefile("rb") as lines:
                while line := lines.readline():
                    packet = line.startswith(PACKETS)  # the last word is its size
                    valve.pass_on(line, lines.read(int(line.split()[-1]) + 2) if packet else None)
        except OSError:
            pass  # one of the two is gone: the other one hears of it
        for end in (source, sink):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
