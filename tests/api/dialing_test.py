"""K2: calls from the app. A real HTTP server stands for the switch: it is the party outside."""
from __future__ import annotations

import pathlib
import queue
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from support import people, switchboard
from support.clicking import ELSEWHERE, call, next_state, set_callback, state
from support.client import Client, items, ok, problem, without_instance
from support.database import Cluster
from support.people import Person
from support.platform import CommandFailed, Platform, eventually
from support.switchboard import Behaviour, Switchboard

Hire = Callable[..., Person]


@pytest.fixture(scope="module")
def board() -> Iterator[Switchboard]:
    running = Switchboard()
    yield running
    running.close()


@pytest.fixture(scope="module")
def dead_port() -> str:
    closed = Switchboard()
    closed.close()
    return closed.host


@pytest.fixture(scope="module")
def place(board: Switchboard, dead_port: str) -> Iterator[Platform]:
    running = Platform({"SAMTAL_DIALING_ALLOWED_HOSTS": f"{board.host},{dead_port}", "SAMTAL_DIALING_PRIVATE_ADDRESSES": "true",
                        "SAMTAL_DIALING_TIMEOUT_MS": "700"})
    try:
        yield running.start()
        assert running.stop() == 0
    finally:
        running.remove()


@pytest.fixture(scope="module")
def org(place: Platform) -> str:
    return people.organisation(place)


@pytest.fixture(scope="module")
def made_switch(place: Platform, org: str) -> dict[str, str]:
    return place.ctl("switch", "create", "--organisation", org, "--name", "Växeln")


@pytest.fixture
def pbx(place: Platform, board: Switchboard, made_switch: dict[str, str], tmp_path: pathlib.Path) -> Client:
    """The organisation's switch, set up and well-behaved."""
    board.behaviour = switchboard.accepts
    while not board.requests.empty():
        board.requests.get_nowait()
    set_callback(place, board, made_switch["switch_id"], f"http://{board.host}/originate", tmp_path)
    return Client(place.url, made_switch["token"])


@pytest.fixture
def employ(place: Platform, org: str) -> Hire:
    return lambda **options: people.person(place, org, **options)


def tell(pbx: Client, request: str, said: str, **more: Any) -> int:
    return pbx.post(f"/v1/switch/call-requests/{request}/state", {"state": said, **more}).status_code


def test_K2_the_switch_is_asked_and_the_states_come_back(employ: Hire, pbx: Client, board: Switchboard) -> None:
    who = employ()
    first, second = who.socket(), who.socket(who.second_client())
    request = call(who, "08-12 34 56 78")
    asked = board.requests.get(timeout=10)
    assert asked == {"path": "/originate", "authorization": f"Bearer {board.credential}", "content_type": "application/json",
                     "body": {"call_request_id": request, "from": who.phone, "to": ELSEWHERE}}
    for socket in (first, second):
        assert next_state(socket) == (request, "accepted", None)
    for said in ("ringing", "connected", "ended"):
        assert tell(pbx, request, said) == 204
        assert next_state(first) == (request, said, None)
        assert state(who, request) == (said, None)


def test_K2_late_and_repeated_reports_change_nothing(employ: Hire, pbx: Client) -> None:
    who = employ()
    socket = who.socket()
    request = call(who)
    assert next_state(socket)[1] == "accepted"
    for said, more in (("connected", {}), ("ringing", {}), ("connected", {}), ("failed", {"reason": "no_answer"}), ("ended", {})):
        assert tell(pbx, request, said, **more) == 204
    assert next_state(socket)[1:] == ("connected", None)
    assert next_state(socket)[1:] == ("failed", "no_answer")
    assert state(who, request) == ("failed", "no_answer")
    again = call(who)
    assert next_state(socket) == (again, "accepted", None)


def test_K2_the_record_joins_the_history_once(employ: Hire, pbx: Client) -> None:
    who = employ(consents={"call_history": True})
    socket = who.socket()
    request = call(who)
    assert next_state(socket)[1] == "accepted"
    assert ok(who.client.get(f"/v1/calls/requests/{request}"))["call_id"] is None
    record = {"source_call_id": f"pbx-{request}", "caller": {"number": who.phone}, "callee": {"number": ELSEWHERE},
              "started_at": "2026-03-04T12:00:00Z", "answered_at": "2026-03-04T12:00:10Z", "ended_at": "2026-03-04T12:01:10Z",
              "outcome": "answered"}
    for _ in range(2):
        ok(pbx.post("/v1/ingest/calls", [record]), 200)
    [kept] = items(who.client.get("/v1/calls"))
    assert ok(who.client.get(f"/v1/calls/requests/{request}"))["call_id"] == kept["call_id"]
    who.consent("call_history", "withdrawn")
    assert ok(who.client.get(f"/v1/calls/requests/{request}"))["call_id"] is None


def test_K2_a_colleague_is_called_by_name(employ: Hire, pbx: Client, board: Switchboard, place: Platform) -> None:
    who, colleague = employ(), employ()
    request = call(who, colleague.user_id)
    assert board.requests.get(timeout=10)["body"] == {"call_request_id": request, "from": who.phone, "to": colleague.phone}
    call(who, "1234")
    assert board.requests.get(timeout=10)["body"]["to"] == "1234"
    stranger = people.person(place, people.organisation(place, "Grannen"))
    refusals = [without_instance(problem(who.client.post("/v1/calls", {"to": one}), 404)) for one in (stranger.user_id, str(uuid.uuid4()))]
    assert refusals[0] == refusals[1]
    ok(colleague.client.post("/v1/privacy/requests", {"kind": "restriction", "active": True}), 202)
    problem(who.client.post("/v1/calls", {"to": colleague.user_id}), 404)


def test_K2_the_person_chooses_among_their_own_numbers(employ: Hire, pbx: Client, board: Switchboard, place: Platform) -> None:
    who, second = employ(), people.fresh_number()
    place.ctl("user", "number", "add", who.user_id, "--phone", second, "--since", "2021-01-01")
    call(who, **{"from": second})
    assert board.requests.get(timeout=10)["body"]["from"] == second
    call(who)
    assert board.requests.get(timeout=10)["body"]["from"] == who.phone
    problem(who.client.post("/v1/calls", {"to": ELSEWHERE, "from": employ().phone}), 400)
    problem(who.client.post("/v1/calls", {"to": who.phone}), 400)
    for number in (who.phone, second):
        place.ctl("user", "number", "end", who.user_id, "--phone", number)
    problem(who.client.post("/v1/calls", {"to": ELSEWHERE}), 409, "no-number")


@pytest.mark.parametrize("behaviour, reason", [
    (switchboard.answers(500), "refused"), (switchboard.answers(404), "refused"), (switchboard.answers(401, b"no"), "refused"),
    (switchboard.is_silent, "timeout"), (switchboard.drips, "timeout"), (switchboard.floods, "refused")],
    ids=["500", "404", "401", "silent", "drip", "flood"])
def test_K2_a_switch_that_fails_is_told_as_such(employ: Hire, pbx: Client, board: Switchboard, behaviour: Behaviour, reason: str) -> None:
    who = employ()
    socket = who.socket()
    board.behaviour = behaviour
    request = call(who)
    assert next_state(socket) == (request, "failed", reason)
    assert state(who, request) == ("failed", reason)


@pytest.mark.parametrize("body", [b"", b"not json", b"[]", b'{"source_call_id": 7}', b'{"source_call_id": "' + b"x" * 300 + b'"}', b'{"more": 1}'])
def test_K2_a_switch_that_answers_oddly_has_taken_the_call(employ: Hire, pbx: Client, board: Switchboard, body: bytes) -> None:
    who = employ()
    socket = who.socket()
    board.behaviour = switchboard.answers(202, body)
    request = call(who)
    assert next_state(socket) == (request, "accepted", None)


def test_K2_no_redirect_is_followed(employ: Hire, pbx: Client, board: Switchboard) -> None:
    who = employ()
    socket = who.socket()
    for status in (301, 302, 307, 308):
        board.behaviour = switchboard.answers(status, Location=f"http://{board.host}/elsewhere")
        request = call(who)
        assert next_state(socket) == (request, "failed", "refused")
        assert board.requests.get(timeout=10)["path"] == "/originate"
    with pytest.raises(queue.Empty):
        board.requests.get_nowait()


def test_K2_a_switch_that_is_gone_is_unreachable(employ: Hire, pbx: Client, place: Platform, board: Switchboard, dead_port: str,
                                                  made_switch: dict[str, str], tmp_path: pathlib.Path) -> None:
    who = employ()
    socket = who.socket()
    set_callback(place, board, made_switch["switch_id"], f"http://{dead_port}/", tmp_path)
    request = call(who)
    assert next_state(socket) == (request, "failed", "unreachable")


@pytest.mark.parametrize("url", ["http://evil.example/", "https://127.0.0.1:1/", "http://localhost/", "ftp://{host}/",
                                 "http://user:word@{host}/", "http://{host}.evil.example/", "http://evil.example/#{host}", "file:///etc/passwd", "x"])
def test_K2_a_callback_goes_to_allowed_hosts_only(place: Platform, board: Switchboard, made_switch: dict[str, str], tmp_path: pathlib.Path,
                                                  url: str) -> None:
    with pytest.raises(CommandFailed, match="allowed_hosts"):
        set_callback(place, board, made_switch["switch_id"], url.format(host=board.host), tmp_path)


def test_K2_a_host_that_is_not_allowed_any_more_is_not_called(employ: Hire, pbx: Client, place: Platform, board: Switchboard,
                                                              made_switch: dict[str, str]) -> None:
    who = employ()
    socket = who.socket()
    forbidden = Switchboard()
    try:
        Cluster(place).ask("samtal", f"UPDATE switch_callbacks SET url = 'http://{forbidden.host}/' WHERE switch_id = '{made_switch['switch_id']}'")
        request = call(who)
        assert next_state(socket) == (request, "failed", "unreachable")
        assert forbidden.requests.empty()
    finally:
        forbidden.close()


def test_K2_without_a_callback_no_call_can_be_asked_for(employ: Hire, pbx: Client, place: Platform, made_switch: dict[str, str]) -> None:
    place.ctl("switch", "callback", "remove", made_switch["switch_id"])
    problem(employ().client.post("/v1/calls", {"to": ELSEWHERE}), 409, "calling-not-available")


def test_K2_only_the_switch_that_was_asked_reports(employ: Hire, pbx: Client, place: Platform, org: str) -> None:
    who = employ()
    request = call(who)
    neighbour = people.organisation(place, "Grannen")
    strangers = [Client(place.url, place.ctl("switch", "create", "--organisation", one, "--name", "x")["token"]) for one in (org, neighbour)]
    path = f"/v1/switch/call-requests/{request}/state"
    for stranger in strangers:
        problem(stranger.post(path, {"state": "ended"}), 404)
    problem(who.client.post(path, {"state": "ended"}), 401)
    problem(pbx.post(f"/v1/switch/call-requests/{uuid.uuid4()}/state", {"state": "ended"}), 404)
    for body in ({}, {"state": "requested"}, {"state": "accepted"}, {"state": 7}, {"state": "ended", "reason": "busy"},
                 {"state": "failed", "reason": "timeout"}, {"state": "ringing", "source_call_id": "x" * 256}):
        problem(pbx.post(path, body), 400)
    problem(employ().client.get(f"/v1/calls/requests/{request}"), 404)


@pytest.mark.parametrize("body", [{}, {"to": ""}, {"to": 7}, {"to": "hej"}, {"to": "+1"}, {"to": "+46\r\n70"}, {"to": "sip:x@y"},
                                  {"to": "1" * 60}, {"to": ELSEWHERE, "more": 1}, {"to": ELSEWHERE, "from": "x"}, {"to": None}, [], "x"])
def test_K2_a_bad_request_is_refused(employ: Hire, pbx: Client, board: Switchboard, body: Any) -> None:
    problem(employ().client.post("/v1/calls", body), 400)
    assert board.requests.empty()


def test_K2_an_idempotency_key_calls_once(employ: Hire, pbx: Client, board: Switchboard) -> None:
    who, key = employ(), {"Idempotency-Key": str(uuid.uuid4())}
    answers = [ok(who.client.post("/v1/calls", {"to": ELSEWHERE}, headers=key), 202) for _ in range(3)]
    assert answers[0] == answers[1] == answers[2]
    board.requests.get(timeout=10)
    assert board.requests.empty()


def test_K2_many_calls_in_a_minute_are_too_many(employ: Hire, pbx: Client) -> None:
    who = employ()
    for _ in range(10):
        call(who)
    assert "Retry-After" in who.client.post("/v1/calls", {"to": ELSEWHERE}).headers
    problem(who.client.post("/v1/calls", {"to": ELSEWHERE}), 429)
    call(employ())


def test_K2_numbers_and_credentials_are_sealed_on_disk(employ: Hire, pbx: Client, board: Switchboard, place: Platform) -> None:
    who = employ()
    call(who)
    for digits in (who.phone[1:], ELSEWHERE[1:], board.credential):
        for table in ("call_requests", "switch_callbacks"):
            rows = Cluster(place).ask("samtal", f"SELECT t::text FROM {table} t")
            assert rows and all(digits not in row[0] and digits.encode().hex() not in row[0] for row in rows)
    log = (place.data / "log" / "server.log").read_text()
    assert board.credential not in log and who.phone not in log and ELSEWHERE not in log


def test_K2_requests_are_gone_a_day_after_the_call(employ: Hire, pbx: Client, place: Platform) -> None:
    who = employ()
    socket = who.socket()
    request = call(who)
    assert next_state(socket)[1] == "accepted"
    assert tell(pbx, request, "ended") == 204
    due = place.ctl("retention", "run", "--now", "2099-01-01T00:00:00Z", "--dry-run")["counts"]
    assert due["call_requests"] >= 1
    eventually(lambda: state(who, request)[0] == "ended", 5, "the request is still there today")
