"""K3: what callers hear. Recorded by the person, fetched by the switch, and gone when the permission is."""
from __future__ import annotations

import datetime
import io
import uuid
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
import requests

from support import sounds
from support.client import Client, items, ok, problem, without_instance
from support.database import Cluster
from support.people import Person
from support.platform import Platform, eventually
from support.raw import RawConnection

Hire = Callable[..., Person]
PERMITTED = {"greetings": True}
TONE = sounds.tone()


def record(who: Person, kind: str = "voicemail", sound: bytes = TONE, declared: str = "audio/wav") -> requests.Response:
    return who.client.call("PUT", f"/v1/greetings/{kind}", data=sound, headers={"Content-Type": declared})


def fetch(switch: Client, who: Person | str, kind: str | None = None, tag: str | None = None) -> requests.Response:
    path = f"/v1/switch/greetings/{who if isinstance(who, str) else who.phone}" + (f"?kind={kind}" if kind else "")
    return switch.get(path, headers={"If-None-Match": tag} if tag else {})


def around_now(start: int, end: int) -> dict[str, Any]:
    """A schedule of dates, in days from today."""
    today = datetime.datetime.now(datetime.timezone.utc).date()
    return {"dates": [{"from": str(today + datetime.timedelta(days=start)), "to": str(today + datetime.timedelta(days=end))}]}


NOW, LATER = around_now(-2, 3), around_now(10, 20)


@pytest.fixture
def owner(hire: Hire) -> Person:
    return hire(consents=PERMITTED)


def test_K3_a_recording_becomes_what_the_switch_takes(owner: Person, switch: Client) -> None:
    made = ok(record(owner, sound=sounds.tone(1.5, 44_100, 2)), 201)
    assert (made["kind"], made["schedule"], made["applies_now"]) == ("voicemail", None, True)
    assert abs(made["duration_ms"] - 1500) < 60
    played = fetch(switch, owner, "voicemail")
    assert played.status_code == 200 and played.headers["Content-Type"] == "audio/wav"
    channels, width, rate, seconds = sounds.heard(played.content)
    assert (channels, width, rate) == (1, 2, 8000) and abs(seconds - 1.5) < 0.06
    assert "voicemail.wav" in played.headers["Content-Disposition"]
    assert owner.client.get("/v1/greetings/voicemail").content == played.content


def test_K3_the_switch_fetches_by_number_or_user_and_only_what_is_new(owner: Person, switch: Client) -> None:
    ok(record(owner), 201)
    first = fetch(switch, owner)
    tag = first.headers["ETag"]
    assert first.headers["Cache-Control"] == "private, no-cache"
    assert fetch(switch, owner.user_id).content == first.content
    assert fetch(switch, "%2B" + owner.phone[1:]).content == first.content
    for known in (tag, f'"x", W/{tag}', "*"):
        again = fetch(switch, owner, tag=known)
        assert again.status_code == 304 and again.content == b"" and again.headers["ETag"] == tag
    assert fetch(switch, owner, tag='"x"').status_code == 200
    ok(record(owner, sound=sounds.tone(0.5)), 200)
    renewed = fetch(switch, owner, tag=tag)
    assert renewed.status_code == 200 and renewed.headers["ETag"] != tag


def test_K3_the_schedule_decides_which_one_applies(owner: Person, switch: Client) -> None:
    for kind, seconds in (("busy", 0.2), ("absent", 0.4), ("voicemail", 0.6)):
        ok(record(owner, kind, sounds.tone(seconds)), 201)
    lengths = {"busy": 0.2, "absent": 0.4, "voicemail": 0.6}

    def plays(kind: str | None) -> str | None:
        answer = fetch(switch, owner, kind)
        if answer.status_code == 404:
            return None
        length = sounds.heard(answer.content)[3]
        return next(name for name, seconds in lengths.items() if abs(seconds - length) < 0.05)

    assert [plays(kind) for kind in ("busy", "voicemail", "absent", None)] == ["absent"] * 4
    changed = ok(owner.client.put("/v1/greetings/absent/schedule", LATER), 200)
    assert not changed["applies_now"] and changed["schedule"]["dates"] == LATER["dates"]
    assert changed["schedule"]["time_zone"] == "Europe/Stockholm"
    assert [plays(kind) for kind in ("busy", "voicemail", "absent", None)] == ["busy", "voicemail", None, "voicemail"]
    ok(record(owner, "absent", sounds.tone(0.4, pitch=300)), 200)  # the schedule stays
    assert plays("busy") == "busy"
    weekly = {"time_zone": "Europe/Helsinki", "weekly": [{"days": ["mon", "fri"], "from": "08:00", "to": "17:30"}]}
    assert ok(owner.client.put("/v1/greetings/absent/schedule", weekly), 200)["schedule"] == weekly | {"dates": []}
    ok(owner.client.put("/v1/greetings/absent/schedule", NOW), 200)
    assert plays("busy") == "absent"
    assert owner.client.delete("/v1/greetings/absent/schedule").status_code == 204
    assert plays("busy") == "absent"
    assert {one["kind"]: one["schedule"] for one in items(owner.client.get("/v1/greetings"))} == {
        "absent": None, "busy": None, "voicemail": None}


@pytest.mark.parametrize("schedule", [{}, {"weekly": []}, {"weekly": 7}, {"dates": [{"from": "2026-01-02", "to": "2026-01-01"}]},
                                      {"weekly": [{"days": ["mon"], "from": "25:00", "to": "09:00"}]}, NOW | {"time_zone": "Mars"},
                                      NOW | {"more": 1}, {"dates": NOW["dates"] * 101}])
def test_K3_a_bad_schedule_is_refused(owner: Person, schedule: Any) -> None:
    ok(record(owner), 201)
    problem(owner.client.put("/v1/greetings/voicemail/schedule", schedule), 400)


def test_K3_what_is_no_greeting_is_absent(owner: Person, switch: Client) -> None:
    problem(owner.client.put("/v1/greetings/busy/schedule", NOW), 404)
    problem(owner.client.get("/v1/greetings/busy"), 404)
    problem(owner.client.delete("/v1/greetings/busy"), 404)
    problem(owner.client.get("/v1/greetings/song"), 404)
    problem(record(owner, "song"), 404)
    problem(fetch(switch, owner), 404)
    problem(fetch(switch, owner, "song"), 400)
    ok(record(owner), 201)
    assert owner.client.delete("/v1/greetings/voicemail").status_code == 204
    problem(fetch(switch, owner), 404)


def test_K3_nothing_without_permission(hire: Hire) -> None:
    who = hire()
    for answer in (record(who), who.client.get("/v1/greetings"), who.client.get("/v1/greetings/busy"),
                   who.client.put("/v1/greetings/busy/schedule", NOW), who.client.delete("/v1/greetings/busy")):
        assert problem(answer, 403, "consent-required")["purpose"] == "greetings"


def test_K3_a_withdrawal_takes_it_from_the_switch_at_once(owner: Person, switch: Client, platform: Platform) -> None:
    ok(record(owner), 201)
    ok(owner.client.put("/v1/greetings/voicemail/schedule", NOW), 200)
    tag = fetch(switch, owner).headers["ETag"]
    owner.consent("greetings", "withdrawn")
    absent = problem(fetch(switch, owner, tag=tag), 404)
    assert without_instance(absent) == without_instance(problem(fetch(switch, "+46700000001"), 404))
    owner.consent("greetings", "given")
    problem(fetch(switch, owner, tag=tag), 404)  # a new permission brings back nothing
    assert items(owner.client.get("/v1/greetings")) == []
    assert ok(record(owner), 201)["schedule"] is None
    owner.consent("greetings", "withdrawn")
    due = platform.ctl("retention", "run", "--now", "2099-01-01T00:00:00Z", "--dry-run")["counts"]
    assert due["greetings_withdrawn"] >= 1


def test_K3_a_restricted_persons_greeting_is_not_played(owner: Person, switch: Client) -> None:
    ok(record(owner), 201)
    ok(owner.client.post("/v1/privacy/requests", {"kind": "restriction", "active": True}), 202)
    problem(fetch(switch, owner), 404)
    ok(owner.client.post("/v1/privacy/requests", {"kind": "restriction", "active": False}), 202)
    assert fetch(switch, owner).status_code == 200


def test_K3_only_a_switch_of_the_organisation_gets_it(owner: Person, switch: Client, foreign_switch: Client, anyone: Client,
                                                      hire: Hire) -> None:
    ok(record(owner), 201)
    absent = without_instance(problem(fetch(switch, "+46700000001"), 404))
    for who in (owner.phone, owner.user_id):
        assert without_instance(problem(fetch(foreign_switch, who), 404)) == absent
        problem(fetch(anyone, who), 401)
        problem(fetch(owner.client, who), 401)
    other = hire(consents=PERMITTED)
    problem(other.client.get("/v1/greetings/voicemail"), 404)
    for nobody in ("x", "112", str(uuid.uuid4()), "..", "%00"):
        assert fetch(switch, nobody).status_code in (400, 404)


@pytest.mark.parametrize("sound", [b"", b"x", b"RIFF", b"OggS" + bytes(1000), b"fLaC" + bytes(1000), b"ID3" + bytes(1000),
                                   b"%PDF-1.7" + bytes(1000), TONE[:1000], TONE[:4] + b"\xff\xff\xff\xff" + TONE[8:],
                                   TONE[:40] + b"\xff\xff\xff\x7f" + TONE[44:], TONE[:22] + b"\x08\x00" + TONE[24:],
                                   sounds.tone(121, 8000), sounds.tone(0), sounds.tone(0.1, 8000, 6)],
                         ids=range(14))
def test_K3_what_is_no_fitting_sound_is_refused(owner: Person, sound: bytes) -> None:
    refusal = problem(record(owner, sound=sound), 400)
    assert refusal["detail"]
    assert items(owner.client.get("/v1/greetings")) == []


def test_K3_other_content_is_not_taken(owner: Person) -> None:
    for declared in ("application/json", "text/plain", "audio/midi", "application/octet-stream", ""):
        problem(record(owner, declared=declared), 415)
    problem(owner.client.call("PUT", "/v1/greetings/busy", data=TONE, headers={"Content-Type": "audio/wav", "Content-Encoding": "gzip"}), 415)


def test_K3_two_gigabytes_are_refused_before_they_are_read(owner: Person, platform: Platform) -> None:
    line = RawConnection(platform.port)
    line.send(f"PUT /v1/greetings/busy HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {owner.client.token}\r\n"
              "Content-Type: audio/wav\r\nContent-Length: 2147483648\r\n\r\n".encode())
    assert line.answer().status == 413


@pytest.mark.parametrize("framing", ["Content-Length: 5000000", "Transfer-Encoding: chunked"])
@pytest.mark.parametrize("shown", ["", "Authorization: Bearer x\r\n"])
def test_K3_nothing_is_read_of_what_a_stranger_uploads(platform: Platform, shown: str, framing: str) -> None:
    line = RawConnection(platform.port)
    line.send(f"PUT /v1/greetings/busy HTTP/1.1\r\nHost: localhost\r\n{shown}Content-Type: audio/wav\r\n{framing}\r\n\r\n".encode())
    answer = line.answer()
    assert answer is not None and answer.status == 401
    assert answer.headers["cache-control"] == "no-store"


def test_K3_sound_is_sealed_on_disk(owner: Person, platform: Platform, switch: Client) -> None:
    ok(record(owner), 201)
    ok(owner.client.put("/v1/greetings/voicemail/schedule", NOW), 200)
    [[audio, schedule]] = Cluster(platform).ask("samtal", f"""SELECT encode(audio, 'hex'), encode(schedule, 'hex')
        FROM greetings WHERE user_id = '{owner.user_id}'""")
    played = fetch(switch, owner).content
    assert len(audio) // 2 == len(played) + 40
    assert played[44:144].hex() not in audio and b"RIFF".hex() not in audio[:8] and b"Stockholm".hex() not in schedule


def test_J1_the_archive_holds_the_sound(owner: Person) -> None:
    made = ok(record(owner), 201)
    ok(owner.client.post("/v1/reauthenticate", {"password": owner.password}))
    asked = ok(owner.client.post("/v1/privacy/requests", {"kind": "access"}), 202)["request_id"]
    eventually(lambda: ok(owner.client.get(f"/v1/privacy/requests/{asked}"))["state"] == "ready", 60, "the archive is ready")
    archive = zipfile.ZipFile(io.BytesIO(owner.client.get(f"/v1/privacy/requests/{asked}/archive").content))
    assert archive.read(f"greetings/{made['greeting_id']}.wav") == owner.client.get("/v1/greetings/voicemail").content
