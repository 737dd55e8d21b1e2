"""A real telephone exchange: Kamailio and sipp (tests/sip), whose records go to the server by way of a bad line."""
from __future__ import annotations

import pathlib
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import requests

SIP = pathlib.Path(__file__).resolve().parent.parent / "sip"


def free_port(kind: socket.SocketKind = socket.SOCK_DGRAM) -> int:
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class BadLine:
    """Passes every request on, and loses the first answer to each record: the switch believes that it failed."""

    def __init__(self, server: str) -> None:
        self.server, self.records, self.events = server, [], []  # type: ignore[var-annotated]
        line = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                sent = {name: self.headers[name] for name in ("Content-Type", "Authorization")}
                status = requests.post(line.server + self.path, data=body, headers=sent, timeout=30).status_code
                seen = line.events if self.path.endswith("/events") else line.records
                lost = seen is line.records and body not in [earlier for earlier, _ in seen]
                seen.append((body, status))
                self.send_response(503 if lost else status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.http.server_port}"
        threading.Thread(target=self.http.serve_forever, daemon=True).start()


class Exchange:
    """A proxy with callees that answer, ring for ever, and are busy."""

    def __init__(self, folder: pathlib.Path, server: str, token: str) -> None:
        self.folder, self.line = folder, BadLine(server)
        self.port, self.answering, self.ringing, self.busy = (free_port() for _ in range(4))
        self.programs: list[subprocess.Popen[bytes]] = []
        settings = {"SIP_PORT": str(self.port), "UAS_URI": f'"sip:127.0.0.1:{self.answering}"',
                    "CDR_URL": f'"{self.line.url}/v1/ingest/kamailio"', "CDR_TOKEN": f'"{token}"',
                    "EVENT_URL": f'"{self.line.url}/v1/ingest/kamailio/events"'}
        defines = [part for name, value in settings.items() for part in ("-A", f"{name}={value}")]
        self._start("kamailio", "-DD", "-E", "-m", "64", "-M", "8", "-w", str(folder), "-P", str(folder / "pid"),
                    "-Y", str(folder), "-f", str(SIP / "kamailio-cdr.cfg"), *defines)
        for scenario, port in (("uas", self.answering), ("uas_ring", self.ringing), ("uas_busy", self.busy)):
            self._start(*self._sipp(scenario, port))
        self._until_it_answers()

    def register(self, number: str, port: int) -> None:
        """Calls to the number go to the callee on that port."""
        assert self._ask(f"REGISTER sip:127.0.0.1:{self.port} SIP/2.0", number,
                         f"Contact: <sip:{number}@127.0.0.1:{port}>\r\nExpires: 600\r\n").startswith("SIP/2.0 200")

    def call(self, caller: str, callee: str, scenario: str = "uac", talk_ms: int = 300) -> None:
        """Places one call and waits for its end."""
        calls = self.folder / f"{scenario}.csv"
        calls.write_text(f"SEQUENTIAL\n{caller};{callee};\n")
        done = subprocess.run([*self._sipp(scenario, free_port()), "-inf", str(calls), "-m", "1", "-d", str(talk_ms),
                               "-timeout", "60", "-timeout_error", f"127.0.0.1:{self.port}"], cwd=self.folder,
                              stdin=subprocess.DEVNULL, capture_output=True, check=False)
        assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]

    def close(self) -> None:
        self.line.http.shutdown()
        for program in self.programs:
            program.terminate()
        for program in self.programs:
            program.wait(10)

    def _sipp(self, scenario: str, port: int) -> list[str]:
        return ["sipp", "-i", "127.0.0.1", "-t", "u1", "-nostdin", "-mp", str(free_port()), "-sf",
                str(SIP / f"{scenario}.xml"), "-p", str(port)]

    def _start(self, *command: str) -> None:
        log = (self.folder / f"{len(self.programs)}.log").open("wb")
        self.programs.append(subprocess.Popen(command, cwd=self.folder, stdin=subprocess.DEVNULL, stdout=log,
                                              stderr=subprocess.STDOUT))

    def _ask(self, first_line: str, user: str, more: str = "") -> str:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line:
            line.bind(("127.0.0.1", 0))
            line.settimeout(1)
            here = f"127.0.0.1:{line.getsockname()[1]}"
            method = first_line.split()[0]
            line.sendto((f"{first_line}\r\nVia: SIP/2.0/UDP {here};branch=z9hG4bK{time.monotonic_ns()}\r\n"
                         f"From: <sip:{user}@{here}>;tag=t\r\nTo: <sip:{user}@127.0.0.1:{self.port}>\r\n"
                         f"Call-ID: {time.monotonic_ns()}\r\nCSeq: 1 {method}\r\nMax-Forwards: 70\r\n{more}"
                         "Content-Length: 0\r\n\r\n").encode(), ("127.0.0.1", self.port))
            return line.recv(4096).decode()

    def _until_it_answers(self) -> None:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            assert self.programs[0].poll() is None, (self.folder / "0.log").read_text()[-2000:]
            try:
                if self._ask(f"OPTIONS sip:127.0.0.1:{self.port} SIP/2.0", "probe").startswith("SIP/2.0 200"):
                    return
            except OSError:
                time.sleep(0.05)
        raise AssertionError("Kamailio does not answer")


def exchange(folder: pathlib.Path, server: str, token: str) -> Iterator[Exchange]:
    made = Exchange(folder, server, token)
    yield made
    made.close()
