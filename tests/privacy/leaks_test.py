"""Logs, metrics, process arguments and the disk hold no token, password, name, number, address or text (G3, I5)."""
from __future__ import annotations

import pathlib
import uuid
from dataclasses import dataclass

import pytest
import requests

from support import canary, people
from support.client import Client, ok, problem
from support.database import Cluster, files_below
from support.dates import day
from support.people import Person
from support.platform import Platform, descendants, eventually


@dataclass
class Life:
    """What must stay secret of all that happened: stems of what people said, tokens that were issued, ids."""

    personal: dict[str, str]
    issued: dict[str, str]
    ids: dict[str, str]


def marked_person(platform: Platform, org: str, brood: canary.Brood) -> Person:
    invitation = people.invite(platform, org, given_name=brood.word(), family_name=brood.word(),
                               email=brood.word() + "@example.org", phone=brood.number())
    return people.activate(invitation, consents={"call_history": True}, username=brood.word(),
                           password=brood.word())


def refusals(one: Person, brood: canary.Brood) -> None:
    """Errors tempt software to quote what it got."""
    anyone = Client(one.platform.url)
    problem(anyone.post("/v1/login", {"username": one.username, "password": brood.word()}), 401)
    problem(anyone.post("/v1/login", {"username": brood.word(), "password": "fel men langt nog x"}), 401)
    problem(anyone.get("/v1/me", headers={"Authorization": f"Bearer {brood.word()}"}), 401)
    problem(anyone.call("POST", "/v1/login", data='{"username":"%s",' % brood.word(),
                        headers={"Content-Type": "application/json"}), 400)
    problem(one.client.patch("/v1/me/profile", {"given_name": [brood.word()]}), 400)
    for path in ("/v1/directory?query=", "/v1/users/", "/v1/conversations/", "/", "/v1/notice?language="):
        one.client.get(path + brood.word())
    socket = one.socket()
    for frame in ({"type": brood.word()}, {"type": "message.send", "text": brood.word()}):
        assert socket.ask(frame)["type"] == "error"
    problem(anyone.post("/v1/activation", people.invite(one.platform, one.organisation).body(
        username=one.username)), 409, "username-taken")
    taken = one.platform.run_ctl("user", "invite", "--organisation", one.organisation, "--given-name", brood.word(),
                                 "--family-name", brood.word(), "--email", one.email, "--phone", one.phone)
    assert taken.returncode in (0, 1)


def chat_and_calls(one: Person, two: Person, brood: canary.Brood) -> str:
    """A conversation, a call record good and bad, a device; returns the switch's token."""
    place = people.conversation(one, two, title=brood.word())
    one.socket().say(place, f"min diagnos {brood.word()}")
    body = {"client_message_id": str(uuid.uuid4()), "text": brood.word()}
    ok(two.client.post(f"/v1/conversations/{place}/messages", body), 201)
    reused = two.client.post(f"/v1/conversations/{place}/messages", body | {"text": brood.word()})
    problem(reused, 409, "message-id-reused")
    ok(one.client.patch("/v1/me/profile", {"contact_numbers": [brood.number()]}))
    made = one.platform.ctl("switch", "create", "--organisation", one.organisation, "--name", "Växeln")
    switch = Client(one.platform.url, made["token"])
    call = {"source_call_id": brood.word(), "caller": {"number": one.phone}, "callee": {"number": brood.number()},
            "started_at": f"{day(2)}T12:00:00Z", "answered_at": f"{day(2)}T12:00:10Z",
            "ended_at": f"{day(2)}T12:05:10Z", "outcome": "answered"}
    bad = call | {"source_call_id": brood.word(), "outcome": brood.word()}
    assert ok(switch.post("/v1/ingest/calls", [call, bad]), 200)["accepted"] == 1
    [kept] = ok(one.client.get("/v1/calls"), 200)["items"]
    ok(one.client.put(f"/v1/calls/{kept['call_id']}/note", {"note": f"ring om {brood.word()}"}), 204)
    problem(one.client.put(f"/v1/calls/{kept['call_id']}/note", {"note": brood.word() * 200}), 400)
    for query in (f"counterpart={brood.number()[1:]}", f"counterpart={brood.word()}", f"outcome={brood.word()}"):
        one.client.get(f"/v1/calls?{query}")
    one.log_in(device={"name": brood.word(), "platform": "linux", "app_version": "1"})
    return made["token"]


@pytest.fixture(scope="module")
def life(platform: Platform) -> Life:
    brood = canary.Brood()
    org = people.organisation(platform)
    one, two = (marked_person(platform, org, brood) for _ in range(2))
    token = chat_and_calls(one, two, brood)
    refusals(one, brood)
    issued = {"access": one.tokens["access_token"], "refresh": one.tokens["refresh_token"], "switch": token}
    renewed = ok(Client(platform.url).post("/v1/token/refresh", {"refresh_token": two.tokens["refresh_token"]}), 200)
    issued |= {"renewed access": renewed["access_token"], "renewed refresh": renewed["refresh_token"]}
    platform.ctl("statistics", "close-epoch")
    for cluster in ("postgres", "postgres-keys"):
        Cluster(platform, cluster).ask("postgres", "CHECKPOINT;")
    return Life(brood.stems, issued, {"one": one.user_id, "two": two.user_id})


def named(findings: list[canary.Finding], platform: Platform) -> list[str]:
    return [f"{finding.canary} as {finding.encoding} in {finding.path.relative_to(platform.data)}"
            for finding in findings]


def test_G3_logs_hold_nothing_personal(platform: Platform, life: Life) -> None:
    logs = files_below(platform.data / "log")
    assert any(path.stat().st_size for path in logs)
    assert named(canary.search(logs, life.personal | life.issued | life.ids), platform) == []


def test_G3_standard_output_holds_nothing_personal(platform: Platform, life: Life) -> None:
    said = "\n".join(platform.output).encode()
    assert list(canary.search_bytes(said, life.personal | life.issued, platform.data)) == []


def test_G3_metrics_hold_nothing_personal(platform: Platform, life: Life) -> None:
    said = requests.get(platform.metrics_url, timeout=10).content
    assert said
    assert list(canary.search_bytes(said, life.personal | life.issued | life.ids, platform.data)) == []


def test_I5_the_databases_hold_content_only_as_ciphertext(platform: Platform, life: Life) -> None:
    files = [*files_below(platform.data / "postgres"), *files_below(platform.data / "postgres-keys")]
    assert len(files) > 1000, "the search did see the clusters"
    assert named(canary.search(files, life.personal | life.issued), platform) == []


def test_I5_a_dump_holds_content_only_as_ciphertext(platform: Platform, life: Life) -> None:
    """Decompressed and detoasted, as an operator's backup would be."""
    for cluster, database in (("postgres", "samtal"), ("postgres", "samtal_statistics"), ("postgres-keys", "samtal_keys")):
        dump = Cluster(platform, cluster).dump(database)
        assert b"CREATE TABLE" in dump
        assert list(canary.search_bytes(dump, life.personal | life.issued, platform.data)) == [], database


def test_I5_nothing_else_in_the_data_directory_holds_content(platform: Platform, life: Life) -> None:
    beside = [path for path in files_below(platform.data) if path.relative_to(platform.data).parts[0]
              not in ("postgres", "postgres-keys", "log", "mail")]
    assert beside
    assert named(canary.search(beside, life.personal | life.issued), platform) == []


def test_I5_secrets_are_readable_by_their_owner_only(platform: Platform) -> None:
    files = [*files_below(platform.data / "secrets"), *files_below(platform.data / "keys")]
    assert len(files) > 10
    assert [str(path) for path in files if path.stat().st_mode & 0o077] == []


def test_I5_no_secret_is_a_process_argument_or_logged(platform: Platform, life: Life) -> None:
    stored = {path.name: path.read_text(errors="replace").strip() for path in files_below(platform.data / "secrets")}
    assert platform.process is not None
    for pid in descendants(platform.process.pid):
        arguments = pathlib.Path(f"/proc/{pid}/cmdline").read_bytes()
        assert list(canary.search_bytes(arguments, stored | life.personal, platform.data)) == []
    assert named(canary.search(files_below(platform.data / "log"), stored), platform) == []


def test_the_worker_knows_nobody(platform: Platform, life: Life) -> None:
    cluster = Cluster(platform)
    columns = cluster.ask("samtal_statistics", """SELECT data_type, table_name, column_name FROM
        information_schema.columns WHERE table_schema NOT IN ('pg_catalog', 'information_schema')""")
    assert columns
    for kind, table, _ in columns:
        values = cluster.ask("samtal_statistics", f'SELECT * FROM "{table}" LIMIT 10000')
        assert list(canary.search_bytes(str(values).encode(), life.personal | life.ids, platform.data)) == []
        assert kind not in ("uuid", "inet", "jsonb", "json"), f"{table} could hold an identifier"


def test_z_a_leak_planted_in_the_cluster_is_found(platform: Platform) -> None:
    """The negative control, last: the same search over the same files finds plaintext, first in the log of the write and then in
    the table. Many rows, because the log's pages have headers in between; the log first, because what a checkpoint makes
    superfluous of it goes under other names while one looks."""
    cluster, leak = Cluster(platform), canary.marker()

    def is_found_in(part: str) -> bool:
        return bool(canary.search(files_below(platform.data / "postgres" / part), {"planted": leak}))

    def is_found_once_written() -> bool:
        cluster.ask("postgres", f"INSERT INTO planted SELECT '{leak}' FROM generate_series(1, 100)")
        return is_found_in("pg_wal")

    cluster.ask("postgres", "CREATE TABLE planted (t text)")
    eventually(is_found_once_written, 30, "it is found in the write-ahead log")
    cluster.ask("postgres", "CHECKPOINT")
    assert is_found_in("base")
    cluster.ask("postgres", "DROP TABLE planted")
