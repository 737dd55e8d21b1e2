"""A telephone switch as the server sees it: an HTTP server that is asked to connect calls, and does as it is told."""
from __future__ import annotations

import http.server
import json
import queue
import threading
import time
import uuid
from collections.abc import Callable
from typing import Any

Behaviour = Callable[["Handler"], None]


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    asked: dict[str, Any]

    def do_POST(self) -> None:
        board: Switchboard = self.server.board  # type: ignore[attr-defined]
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.asked = {"path": self.path, "authorization": self.headers["Authorization"],
                      "content_type": self.headers["Content-Type"], "body": json.loads(body)}
        board.requests.put(self.asked)
        board.behaviour(self)

    def do_GET(self) -> None:
        self.server.board.requests.put({"path": self.path, "method": "GET"})  # type: ignore[attr-defined]
        self.reply(200, b"{}")

    def reply(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


def accepts(handler: Handler) -> None:
    """Names the call after the request, so that a test knows its name."""
    handler.reply(200, json.dumps({"source_call_id": "pbx-" + handler.asked["body"]["call_request_id"]}).encode())


def answers(status: int, body: bytes = b"", **headers: str) -> Behaviour:
    return lambda handler: handler.reply(status, body, **headers)


def is_silent(handler: Handler) -> None:
    """Says nothing until the other side hangs up."""
    handler.connection.settimeout(20)
    handler.rfile.read(1)
    handler.close_connection = True


def drips(handler: Handler) -> None:
    """One byte of a promised hundred at a time, until the other side hangs up."""
    handler.send_response(200)
    handler.send_header("Content-Length", "100")
    handler.end_headers()
    try:
        for _ in range(100):
            handler.wfile.write(b" ")
            handler.wfile.flush()
            time.sleep(0.1)
    except OSError:
        handler.close_connection = True


def floods(handler: Handler) -> None:
    """More than anybody wants to read."""
    try:
        handler.reply(200, b" " * 10_000_000)
    except OSError:
        handler.close_connection = True


class Switchboard:
    def __init__(self) -> None:
        self.requests: queue.Queue[dict[str, Any]] = queue.Queue()
        self.behaviour: Behaviour = accepts
        self.credential = "pbx-" + uuid.uuid4().hex
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._server.board = self  # type: ignore[attr-defined]
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self._server.server_address[1]}"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
