"""What writers were told, and what the platform shows afterwards: nothing acked may be lost, doubled or reordered."""
from __future__ import annotations

import threading
import time
import uuid
from dataclasses import dataclass, field
from typing import Any

import requests

from support.client import Client, ok


@dataclass
class Ledger:
    """Messages tried in one conversation. `acked` was answered; `unknown` may or may not have been written."""

    acked: dict[str, dict[str, Any]] = field(default_factory=dict)
    unknown: set[str] = field(default_factory=set)
    refused: list[int] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)


def post(client: Client, place: str, text: str, timeout: float) -> requests.Response:
    """The text is its own client_message_id, so a stored message tells which try it came from."""
    return client.post(f"/v1/conversations/{place}/messages", {"client_message_id": text, "text": text},
                       timeout=timeout)


class Writer(threading.Thread):
    """Sends messages as fast as they are answered until told to stop."""

    def __init__(self, client: Client, place: str, ledger: Ledger, timeout: float = 30) -> None:
        super().__init__(daemon=True)
        self._client = Client(client.base, client.token)
        self._place, self._ledger, self._timeout = place, ledger, timeout
        self._ended = threading.Event()

    def run(self) -> None:
        while not self._ended.is_set():
            text = str(uuid.uuid4())
            try:
                answer = post(self._client, self._place, text, self._timeout)
            except requests.RequestException:
                with self._ledger.lock:
                    self._ledger.unknown.add(text)
                time.sleep(0.02)  # nobody listens: do not spin
                continue
            with self._ledger.lock:
                if answer.status_code == 201:
                    self._ledger.acked[text] = answer.json()
                else:
                    self._ledger.refused.append(answer.status_code)
                    self._ledger.unknown.add(text)

    def finish(self) -> None:
        self._ended.set()
        self.join(60)
        assert not self.is_alive(), "a writer hangs"


def history(client: Client, place: str) -> list[dict[str, Any]]:
    """Everything in a conversation, oldest first."""
    found: list[dict[str, Any]] = []
    before = ""
    while True:
        page = ok(client.get(f"/v1/conversations/{place}/messages?limit=50{before}"), 200)["items"]
        if not page:
            return found[::-1]
        found += page
        before = f"&before_seq={page[-1]['seq']}"


def faults(ledger: Ledger, stored: list[dict[str, Any]]) -> list[str]:
    """What is wrong with a stored history, given what the writers were told; empty when nothing is."""
    found = []
    if [item["seq"] for item in stored] != list(range(1, len(stored) + 1)):
        found.append("seq has gaps or repeats")
    texts = [item["text"] for item in stored]
    by_text = {item["text"]: item for item in stored}
    if len(by_text) != len(texts):
        found.append("a message is stored twice")
    for text, answer in ledger.acked.items():
        item = by_text.get(text)
        if item is None:
            found.append(f"acked and lost: seq {answer['seq']}")
        elif (item["seq"], item["message_id"]) != (answer["seq"], answer["message_id"]):
            found.append(f"acked as {answer['seq']} and stored as {item['seq']}")
    if invented := set(texts) - set(ledger.acked) - ledger.unknown:
        found.append(f"never sent: {len(invented)}")
    return found


def settle(client: Client, place: str, ledger: Ledger) -> None:
    """Repeats every try whose outcome is unknown: it must be answered with the first message or a new one."""
    for text in list(ledger.unknown):
        answer = ok(post(client, place, text, 30), 200, 201)
        ledger.acked[text] = answer
        ledger.unknown.discard(text)
