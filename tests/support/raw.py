"""Bytes on a socket, for what no well-behaved client would send."""
from __future__ import annotations

import base64
import fcntl
import os
import socket
import struct
import termios
import time
from dataclasses import dataclass


@dataclass
class RawAnswer:
    status: int
    headers: dict[str, str]
    body: bytes


class RawConnection:
    """A TCP connection to the server that sends exactly the bytes it is given."""

    def __init__(self, port: int, timeout: float = 10) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=timeout)
        self.buffer = b""

    def __enter__(self) -> RawConnection:
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def send(self, data: bytes) -> bool:
        """False once the server has closed the connection."""
        try:
            self.socket.sendall(data)
        except (BrokenPipeError, ConnectionResetError):
            return False
        return True

    def _more(self) -> bool:
        try:
            data = self.socket.recv(65536)
        except ConnectionResetError:
            return False
        self.buffer += data
        return bool(data)

    def take(self, count: int) -> bytes | None:
        """Exactly `count` bytes, or None when the connection ends before."""
        while len(self.buffer) < count:
            if not self._more():
                return None
        taken, self.buffer = self.buffer[:count], self.buffer[count:]
        return taken

    def stands_still(self) -> bool:
        """Whether something waits here to be read, and nothing more comes."""
        def unread() -> int:
            return struct.unpack("i", fcntl.ioctl(self.socket, termios.FIONREAD, bytes(4)))[0]
        before = unread()
        time.sleep(0.3)
        return unread() == before > 0

    def drain(self, quiet: float = 1) -> None:
        """Throws away what comes until nothing does for so long."""
        self.socket.settimeout(quiet)
        self.buffer = b""
        try:
            while self._more():
                self.buffer = b""
        except TimeoutError:
            pass

    def rest(self, timeout: float = 10) -> bytes:
        """Everything until the server ends the connection."""
        self.socket.settimeout(timeout)
        while self._more():
            pass
        taken, self.buffer = self.buffer, b""
        return taken

    def answer(self) -> RawAnswer | None:
        """The next HTTP answer (with Content-Length), or None when the connection ends without one."""
        while b"\r\n\r\n" not in self.buffer:
            if not self._more():
                return None
        head, _, self.buffer = self.buffer.partition(b"\r\n\r\n")
        first, *rest = head.decode("latin-1").split("\r\n")
        headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in rest)}
        status = int(first.split()[1])
        body = self.take(int(headers.get("content-length", "0"))) or b""
        return RawAnswer(status, headers, body)

    def ends(self, timeout: float = 10) -> bool:
        """Whether the server closes the connection within `timeout` seconds, sending nothing more."""
        self.socket.settimeout(timeout)
        try:
            return not self._more() and not self.buffer
        except TimeoutError:
            return False

    def seconds_until_end(self, limit: float) -> float:
        """How long the connection still lives, at most `limit` seconds."""
        start = time.monotonic()
        while time.monotonic() - start < limit:
            self.socket.settimeout(max(0.01, limit - (time.monotonic() - start)))
            try:
                if not self._more():
                    break
            except TimeoutError:
                break
        return time.monotonic() - start


def exchange(port: int, request: bytes) -> tuple[RawAnswer | None, bool]:
    """One request's bytes: the first answer, and whether the connection ended right after it."""
    with RawConnection(port) as connection:
        connection.send(request)
        answer = connection.answer()
        return answer, answer is None or connection.ends()


class RawWebSocket(RawConnection):
    """An upgraded connection whose frames are written by hand."""

    def __init__(self, port: int, token: str) -> None:
        super().__init__(port)
        key = base64.b64encode(os.urandom(16)).decode()
        self.send(f"GET /v1/ws HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                  f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n"
                  f"Sec-WebSocket-Protocol: samtal.v1\r\nAuthorization: Bearer {token}\r\n\r\n".encode())
        answer = self.answer()
        assert answer is not None and answer.status == 101, answer

    def send_frame(self, opcode: int, payload: bytes, *, final: bool = True, masked: bool = True,
                   reserved: int = 0) -> None:
        mask = os.urandom(4) if masked else b""
        length, flag = len(payload), 0x80 if masked else 0
        head = bytes([(0x80 if final else 0) | reserved << 4 | opcode])
        if length < 126:
            head += bytes([flag | length])
        elif length < 65536:
            head += bytes([flag | 126]) + struct.pack(">H", length)
        else:
            head += bytes([flag | 127]) + struct.pack(">Q", length)
        if masked:
            repeated = (mask * (length // 4 + 1))[:length]
            payload = (int.from_bytes(payload, "big") ^ int.from_bytes(repeated, "big")).to_bytes(length, "big")
        self.send(head + mask + payload)

    def receive_frame(self) -> tuple[int, bytes] | None:
        """Opcode and payload of the server's next frame, or None at the end of the connection."""
        head = self.take(2)
        if head is None:
            return None
        length = head[1] & 0x7F
        if length == 126:
            length = struct.unpack(">H", self.take(2) or b"\0\0")[0]
        elif length == 127:
            length = struct.unpack(">Q", self.take(8) or bytes(8))[0]
        payload = self.take(length)
        return None if payload is None else (head[0] & 0x0F, payload)

    def close_code(self) -> int | None:
        """Reads to the server's close frame; None when the connection ends without one."""
        while (frame := self.receive_frame()) is not None:
            if frame[0] == 8:
                return struct.unpack(">H", frame[1][:2])[0]
        return None
