"""Keys are rotated while people use the platform: nobody notices, and the old key-encryption key is gone."""
from __future__ import annotations

import os
import pathlib
import signal
import subprocess
import threading
import uuid
from collections.abc import Callable

import pytest

from support import ledger as book
from support import people
from support.client import Client, items, ok
from support.database import Cluster
from support.people import Person
from support.platform import REPOSITORY, Platform, eventually
from support.single import SingleServer

REFUSED = 1


def key_files(platform: Platform) -> list[str]:
    return sorted(path.name for path in (platform.data / "keys").glob("kek*"))


def newest(client: Client, place: str) -> str:
    return items(client.get(f"/v1/conversations/{place}/messages?limit=1"))[0]["text"]


def write(client: Client, place: str, text: str) -> None:
    ok(client.post(f"/v1/conversations/{place}/messages", {"client_message_id": str(uuid.uuid4()), "text": text}), 201)


class Chatter(threading.Thread):
    """Writes and reads back on one server until it is told to stop, or something fails."""

    def __init__(self, client: Client, place: str) -> None:
        super().__init__(daemon=True)
        self.client, self.place = client, place
        self.written: list[str] = []
        self.failure: BaseException | None = None
        self.stopping = False

    def run(self) -> None:
        try:
            while not self.stopping:
                text = f"rad {uuid.uuid4()}"
                write(self.client, self.place, text)
                self.written.append(text)
                assert newest(self.client, self.place) == text
        except BaseException as failure:  # noqa: BLE001  # told to the test
            self.failure = failure

    def end(self) -> list[str]:
        self.stopping = True
        self.join(60)
        assert self.failure is None, self.failure
        return self.written


def is_ready(single: SingleServer) -> Callable[[], bool]:
    return lambda: Client(f"http://127.0.0.1:{single.port}").get("/readyz").status_code == 200


def test_I5_people_go_on_while_keys_are_rotated_under_two_servers(platform: Platform, tmp_path: pathlib.Path,
                                                                  hire: Callable[..., Person]) -> None:
    anna, bo = hire(), hire()
    places = [people.conversation(anna, bo, title=title) for title in ("ett", "två")]
    for place in places:
        write(anna.client, place, "före")
    second = SingleServer(platform, tmp_path, {})
    try:
        second.wait(is_ready(second))
        elsewhere = Client(f"http://127.0.0.1:{second.port}", bo.tokens["access_token"])
        chatters = [Chatter(anna.client, places[0]), Chatter(elsewhere, places[1])]
        for chatter in chatters:
            chatter.start()
        for _ in range(3):
            done = [len(chatter.written) for chatter in chatters]
            report = platform.ctl("keys", "rotate")
            assert report["destroyed"] == 1
            assert report["rewrapped"] >= 2
            assert key_files(platform) == [f"kek-{report['epoch']}.key"]
            eventually(lambda: all(len(chatter.written) > before or chatter.failure  # noqa: B023
                                   for chatter, before in zip(chatters, done)), 30, "both go on")  # noqa: B023
        newcomer = hire()
        written = [chatter.end() for chatter in chatters]
    finally:
        second.stop()
    for person in (anna, bo, newcomer):
        person.log_in()
        assert ok(person.client.get("/v1/me/profile"))["given_name"] == person.given_name
    after = SingleServer(platform, tmp_path, {})  # a server that never saw the old keys
    try:
        after.wait(is_ready(after))
        client = Client(f"http://127.0.0.1:{after.port}", anna.second_client().token)
        for place, lines in zip(places, written):
            assert [item["text"] for item in book.history(client, place)] == ["före", *lines]
    finally:
        after.stop()


@pytest.fixture
def hanging(platform: Platform) -> subprocess.Popen[bytes]:
    """A rotation whose backup takes its time: everything is wrapped anew, and nothing is destroyed yet."""
    command = [str(REPOSITORY / "script/samtalctl"), "--data", str(platform.data), "keys", "rotate", "--backup", "sleep 300"]
    process = subprocess.Popen(command, env=platform.environment, start_new_session=True)
    waiting = "SELECT 1 FROM subject_keys WHERE epoch <> (SELECT max(epoch) FROM key_epochs) LIMIT 1"
    cluster = Cluster(platform, "postgres-keys")
    eventually(lambda: len(key_files(platform)) == 2 and cluster.ask("samtal_keys", waiting) == [], 30,
               "the rotation waits for its backup")
    return process


def test_I5_a_killed_rotation_is_finished_by_the_next(platform: Platform, anna: Person,
                                                      hanging: subprocess.Popen[bytes]) -> None:
    try:
        refused = platform.run_ctl("keys", "rotate")
        assert refused.returncode == REFUSED
        assert "another rotation of the keys is running" in refused.stderr
        ok(anna.client.get("/v1/me/profile"))
    finally:
        os.killpg(hanging.pid, signal.SIGKILL)
        hanging.wait()
    old, new = key_files(platform)

    def finished() -> subprocess.CompletedProcess[str] | None:
        done = platform.run_ctl("keys", "rotate")  # the database may hold the dead one's lock for a moment
        return done if done.returncode == 0 else None

    assert '"resumed":true' in eventually(finished, 30, "the rotation goes on").stdout
    assert key_files(platform) == [new] != [old]
    ok(anna.client.get("/v1/me/profile"))
    anna.log_in()


def test_I5_a_backup_that_fails_keeps_the_old_key(platform: Platform, anna: Person) -> None:
    [before] = key_files(platform)
    refused = platform.run_ctl("keys", "rotate", "--backup", "false")
    assert refused.returncode == REFUSED
    assert "the backup command failed" in refused.stderr
    assert before in key_files(platform)
    assert platform.ctl("keys", "rotate", "--backup", "true")["resumed"]
    assert before not in key_files(platform)
    ok(anna.client.get("/v1/me/profile"))


def test_I5_no_server_holds_a_key_encryption_key_file_open(platform: Platform) -> None:
    for pid in platform.pids("samtal-server"):
        held = [os.readlink(entry) for entry in pathlib.Path(f"/proc/{pid}/fd").iterdir() if entry.is_symlink()]
        assert [path for path in held if "/keys/" in path] == []


def test_I5_a_rotation_stands_in_the_audit_trail_by_its_counts(platform: Platform) -> None:
    count = "SELECT count(*) FROM audit_leaves WHERE act = 'keys.rotated'"
    before = int(Cluster(platform).ask("samtal", count)[0][0])
    report = platform.ctl("keys", "rotate")
    leaf = Cluster(platform).ask("samtal", f"""SELECT reference, actor_kind, octet_length(subject) + octet_length(actor) FROM audit_leaves
        WHERE act = 'keys.rotated' AND reference LIKE 'epoch={report["epoch"]} %'""")
    assert leaf == [[f"epoch={report['epoch']} rewrapped={report['rewrapped']} destroyed={report['destroyed']}", "operator", "0"]]
    assert int(Cluster(platform).ask("samtal", count)[0][0]) == before + 1
