"""B3: one who misbehaves harms nobody else."""
from __future__ import annotations

import os
import socket
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Thread
from typing import Any

from support import people
from support.client import items, ok
from support.database import Cluster
from support.live import LiveSocket
from support.load import Load
from support.people import Person
from support.platform import Platform, eventually

Hire = Callable[..., Person]
STRANGERS = int(os.environ.get("SAMTAL_TEST_CONNECTIONS", "10000"))  # connections that never authenticate
READERS = int(os.environ.get("SAMTAL_TEST_READERS", "1000"))  # sockets that read as fast as they can


def frame(place: str, text: str) -> dict[str, Any]:
    return {"type": "message.send", "conversation_id": place, "client_message_id": str(uuid.uuid4()), "text": text}


def upgrade(platform: Platform, token: str, receive_buffer: int | None = None) -> socket.socket:
    """A socket that was upgraded and is never read again."""
    raw = socket.socket()
    if receive_buffer is not None:
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, 536)  # so that the server's system holds little for it
    raw.connect(("127.0.0.1", platform.port))
    raw.sendall(b"GET /v1/ws HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                b"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nAuthorization: Bearer " + token.encode() + b"\r\n\r\n")
    assert raw.recv(12) == b"HTTP/1.1 101"
    return raw


def test_B3_a_slow_reader_is_cut_and_a_thousand_fast_ones_miss_nothing(hire: Hire, anna: Person, platform: Platform) -> None:
    reader, sleeper = hire(), hire()
    place = people.conversation(anna, reader, sleeper, title="Högt tempo")
    slow = upgrade(platform, sleeper.client.token, receive_buffer=4096)
    sender, text, last = anna.socket(), "x" * 8000, 320  # more than a queue and the system's buffers hold
    options = ["--conversation", place, "--until", str(last), "--connections", str(READERS)]
    with Load(platform, "listen", *options, people=[reader]) as fast:
        pace = [reader.socket() for _ in range(4)]  # nobody sends faster than these read
        for first in range(1, last, 32):
            for _ in range(32):
                sender.send(frame(place, text))
            for each in (sender, *pace):
                assert [each.receive(60)["seq"] for _ in range(32)] == list(range(first, first + 32))
        assert fast.connected == READERS
        assert fast.result(60) == {"complete": READERS, "faulty": 0, "cut": 0, "unconnected": 0}
    assert drain(slow) < last * len(text), "who reads nothing is not waited for"
    latest = items(sleeper.client.get(f"/v1/conversations/{place}/messages?limit=1"))
    assert latest[0]["seq"] == last, "and finds everything afterwards"


def drain(raw: socket.socket) -> int:
    """Reads what is left until the server's end; its size."""
    raw.settimeout(20)
    size = 0
    try:
        while data := raw.recv(1 << 16):
            size += len(data)
    except ConnectionResetError:
        pass
    raw.close()
    return size


def test_B3_a_hundred_sockets_with_the_same_client_message_id_store_one_message(hire: Hire, anna: Person) -> None:
    writer = hire()
    place = people.conversation(anna, writer, title="En gång")
    sockets = [writer.socket() for _ in range(100)]
    once = frame(place, "bara en")
    for each in sockets:
        each.send(once)
    answers = [answer(each) for each in sockets]
    assert {a["type"] for a in answers} == {"message.accepted"}
    assert len({(a["message_id"], a["seq"], a["sent_at"]) for a in answers}) == 1
    assert len(items(anna.client.get(f"/v1/conversations/{place}/messages"))) == 1
    for each in sockets:
        each.close()


def answer(live: LiveSocket) -> dict[str, Any]:
    """The answer to this socket's own frame; the event, if another socket's was the first, comes beside it."""
    while (got := live.receive())["type"] == "message.new":
        pass
    return got


def test_I5_connections_that_never_authenticate_end_and_harm_nobody(hire: Hire, anna: Person, platform: Platform) -> None:
    """Ten seconds they have; meanwhile others are served, and what they held comes back."""
    other = hire()
    place = people.conversation(anna, other, title="Medan andra väntar")
    live = anna.socket()
    with Load(platform, "silent", "--connections", str(STRANGERS)) as strangers:
        assert strangers.connected == STRANGERS
        for _ in range(100):
            live.send(frame(place, "går fram"))
            assert live.receive()["type"] == "message.accepted"
        assert platform.metric("samtal_strangers") > 0
        assert strangers.result(60) == {"told": STRANGERS, "ended": STRANGERS}
    eventually(lambda: platform.metric("samtal_strangers") == 0, 20, "who is gone is no stranger, nor who is known")
    with Load(platform, "silent", "--connections", str(STRANGERS)) as again:
        assert again.connected == STRANGERS


def test_B3_a_reader_that_never_says_what_it_read_is_told_everything(hire: Hire, anna: Person) -> None:
    """Nothing is kept for who does not acknowledge: what was told is in the conversation, and only there."""
    reader = hire()
    place = people.conversation(anna, reader, title="Aldrig läst")
    sender, ears = anna.socket(), reader.socket()
    for first in range(1, 1_001, 100):
        for _ in range(100):
            sender.send(frame(place, "läs mig"))
        for each in (sender, ears):
            assert [each.receive()["seq"] for _ in range(100)] == list(range(first, first + 100))
    [found] = [one for one in items(reader.client.get("/v1/conversations")) if one["conversation_id"] == place]
    assert (found["unread_count"], found["last_seq"]) == (100, 1_000)  # counted among the newest hundred


def test_B3_a_sender_at_fifty_times_the_rest_does_not_hold_up_the_others(hire: Hire, anna: Person, platform: Platform) -> None:
    """Held by the order of commits, not by a clock: what a quiet one sends is stored while most of the loud one's still wait."""
    loud, quiet = hire(), hire()
    noise = people.conversation(loud, anna, title="Buller")
    calm = people.conversation(quiet, anna, title="Lugn")
    sockets = [loud.socket() for _ in range(50)]
    live = quiet.socket()
    with nothing_written(platform) as cluster:
        for each in sockets:
            for _ in range(40):
                each.send(frame(noise, "x"))
        live.send(frame(calm, "hörs"))
    assert live.receive()["type"] == "message.accepted"
    eventually(lambda: ok(anna.client.get(f"/v1/conversations/{noise}"), 200)["last_seq"] == 2_000, 30, "all is stored")
    for each in sockets:
        each.close()
    [[before]] = cluster.ask("samtal", f"""
        SELECT count(*) FROM messages loud, messages quiet WHERE loud.conversation_id = '{noise}' AND quiet.conversation_id = '{calm}'
           AND loud.xmin::text::bigint < quiet.xmin::text::bigint""")
    assert int(before) <= 1_100, "the quiet one waited until the loud one was done"  # two groups of the 2,000


@contextmanager
def nothing_written(platform: Platform) -> Iterator[Cluster]:
    """Messages wait for their commit meanwhile."""
    cluster, let_go = Cluster(platform), platform.home / "let-go"
    script = f"""BEGIN; LOCK TABLE conversations IN SHARE MODE;
        DO $$ BEGIN WHILE (pg_stat_file('{let_go}', true)).size IS NULL LOOP PERFORM pg_sleep(0.01); END LOOP; END $$; COMMIT"""
    locked = "SELECT 1 FROM pg_locks WHERE relation = 'conversations'::regclass AND mode = 'ShareLock' AND granted"
    held = Thread(target=cluster.ask, args=("samtal", script))
    held.start()
    try:
        eventually(lambda: bool(cluster.ask("samtal", locked)), 10, "the table is locked")
        yield cluster
    finally:
        let_go.touch()
        held.join()
        let_go.unlink()
