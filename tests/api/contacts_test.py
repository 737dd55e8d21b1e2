"""K1: the address book. There while the person permits it, for that person alone, and gone when the permission is."""
from __future__ import annotations

import io
import json
import re
import uuid
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
import requests

from support import people
from support.client import Client, items, ok, problem
from support.database import Cluster
from support.people import Person
from support.platform import Platform, eventually

Hire = Callable[..., Person]
PERMITTED = {"contacts": True}


def vcard(name: str, *lines: str, version: str = "4.0") -> str:
    return "\r\n".join(["BEGIN:VCARD", f"VERSION:{version}", f"FN:{name}", *lines, "END:VCARD", ""])


def bring(who: Person, text: str | bytes, kind: str = "text/vcard") -> requests.Response:
    return who.client.call("POST", "/v1/contacts/import", data=text.encode() if isinstance(text, str) else text,
                           headers={"Content-Type": kind})


def bring_json(who: Person, *entries: Any) -> dict[str, Any]:
    return ok(who.client.post("/v1/contacts/import", {"contacts": list(entries)}), 200)


def counts(answer: dict[str, Any]) -> tuple[int, int, int, int]:
    return answer["created"], answer["updated"], answer["unchanged"], answer["rejected"]


def book(who: Person, query: str = "") -> list[dict[str, Any]]:
    return items(who.client.get("/v1/contacts" + query))


@pytest.fixture
def owner(hire: Hire) -> Person:
    return hire(consents=PERMITTED)


def test_K1_a_vcard_becomes_a_contact(owner: Person) -> None:
    answer = ok(bring(owner, vcard("Åsa Öberg", "ORG:Bygg\\, & Co", "TEL;VALUE=uri:tel:+46-70-174-06-05",
                                   "EMAIL:asa@exam", " ple.org", "NOTE:not kept")), 200)
    assert counts(answer) == (1, 0, 0, 0)
    [one] = book(owner)
    assert one == {"contact_id": answer["entries"][0]["contact_id"], "name": "Åsa Öberg", "company": "Bygg, & Co",
                   "phone_numbers": ["+46-70-174-06-05"], "emails": ["asa@example.org"], "source_id": None, "colleague_id": None}
    assert ok(owner.client.get(f"/v1/contacts/{one['contact_id']}"), 200) == one


def test_K1_the_phones_address_book_comes_as_json(owner: Person) -> None:
    answer = bring_json(owner, {"name": "Bo", "phone_numbers": ["070-1"], "emails": ["b@example.org"]}, {"phone_numbers": ["112"]},
                        {"name": "x" * 201}, {"photo": "no"}, 7, {})
    assert counts(answer) == (2, 0, 0, 4)
    assert [entry["state"] for entry in answer["entries"]] == ["created", "created", *["rejected"] * 4]
    assert all(entry["problem"]["type"].startswith("urn:samtal:problem:") for entry in answer["entries"][2:])
    assert [one["name"] for one in book(owner)] == ["Bo", "112"]


def test_K1_a_broken_card_harms_no_other(owner: Person) -> None:
    answer = ok(bring(owner, vcard("Ett") + "BEGIN:VCARD\r\nVERSION:4.0\r\nFN:broken\r\n" + vcard("Två") + vcard("Old", version="2.1")), 200)
    assert [entry["state"] for entry in answer["entries"]] == ["created", "rejected", "created", "rejected"]
    assert [one["name"] for one in book(owner)] == ["Ett", "Två"]


def test_K1_the_same_address_book_twice_is_there_once(owner: Person) -> None:
    text = vcard("Ett", "TEL:+46701") + vcard("Två", "UID:två", "TEL:+46702") + vcard("Ett", "TEL:+46701")
    first = ok(bring(owner, text), 200)
    assert counts(first) == (2, 0, 1, 0)
    again = ok(bring(owner, text.replace("+46702", "+46703")), 200)
    assert counts(again) == (0, 1, 2, 0)
    assert [entry["contact_id"] for entry in again["entries"]] == [entry["contact_id"] for entry in first["entries"]]
    assert [one["phone_numbers"] for one in book(owner)] == [["+46701"], ["+46703"]]


def test_K1_an_export_brought_back_changes_nothing(owner: Person) -> None:
    bring_json(owner, {"name": "Ett; två, tre\\", "company": "Å" * 60, "phone_numbers": ["+46701740605"], "emails": ["a@example.org"]},
               {"name": "Med namn", "source_id": "abc-1"})
    exported = owner.client.get("/v1/contacts/export")
    assert exported.status_code == 200 and exported.headers["Content-Type"] == "text/vcard; charset=utf-8"
    assert exported.text.count("BEGIN:VCARD\r\nVERSION:4.0\r\n") == 2
    assert all(len(line.encode()) <= 75 for line in exported.content.decode().split("\r\n"))
    before = book(owner)
    assert counts(ok(bring(owner, exported.content), 200)) == (0, 0, 2, 0)
    assert book(owner) == before


def test_K1_one_contact_is_made_changed_replaced_and_removed(owner: Person) -> None:
    made = ok(owner.client.post("/v1/contacts", {"name": "Anna", "phone_numbers": ["08-1"]}), 201)["contact_id"]
    assert ok(owner.client.post("/v1/contacts", {"name": "Anna", "phone_numbers": ["08-1"]}), 200)["contact_id"] == made
    path = f"/v1/contacts/{made}"
    assert ok(owner.client.patch(path, {"emails": ["a@example.org"]}), 200)["phone_numbers"] == ["08-1"]
    replaced = ok(owner.client.put(path, {"name": "Bo"}), 200)
    assert (replaced["name"], replaced["phone_numbers"], replaced["emails"]) == ("Bo", [], [])
    problem(owner.client.patch(path, {"colour": "red"}), 400)
    problem(owner.client.patch(path, {"name": 7}), 400)
    problem(owner.client.put(path, {}), 400)
    other = ok(owner.client.post("/v1/contacts", {"name": "Cecilia"}), 201)["contact_id"]
    problem(owner.client.put(f"/v1/contacts/{other}", {"name": "Bo"}), 409)
    assert owner.client.delete(path).status_code == 204
    problem(owner.client.delete(path), 404)
    problem(owner.client.get(path), 404)
    assert owner.client.delete("/v1/contacts").status_code == 204
    assert book(owner) == []


def test_K1_pages_hold_everybody_once(owner: Person) -> None:
    bring_json(owner, *({"name": f"Person {n}"} for n in range(23)))
    seen: list[str] = []
    cursor = ""
    while True:
        page = ok(owner.client.get(f"/v1/contacts?limit=10{cursor}"), 200)
        seen += [one["name"] for one in page["items"]]
        if not page["next_cursor"]:
            break
        cursor = f"&cursor={page['next_cursor']}"
    assert seen == [f"Person {n}" for n in range(23)]


@pytest.mark.parametrize("query, found", [("åsa", {"Åsa"}), ("BYGG", {"Åsa"}), ("070-174", {"Åsa"}), ("701740605", {"Åsa"}),
                                          ("exempel.se", {"Bo"}), ("o", {"Åsa", "Bo"}), ("%25", set()), ("zzz", set()), ("", {"Åsa", "Bo"})])
def test_K1_search_finds_names_companies_numbers_and_addresses(anna_book: Person, query: str, found: set[str]) -> None:
    assert {one["name"] for one in book(anna_book, f"?query={query}")} == found


@pytest.fixture(scope="module")
def anna_book(platform: Platform, organisation: str) -> Person:
    who = people.person(platform, organisation, consents=PERMITTED)
    bring_json(who, {"name": "Åsa", "company": "Byggbolaget", "phone_numbers": ["+46 70-174 06 05"]},
               {"name": "Bo", "emails": ["b@exempel.se"]})
    return who


def test_K1_a_search_over_many_goes_on_where_it_stopped(owner: Person) -> None:
    bring_json(owner, *({"name": f"{'Träff' if n % 300 == 299 else 'Annan'} {n}"} for n in range(1500)))
    first = ok(owner.client.get("/v1/contacts?query=träff&limit=3"), 200)
    rest = ok(owner.client.get(f"/v1/contacts?query=träff&limit=3&cursor={first['next_cursor']}"), 200)
    assert [one["name"] for one in first["items"] + rest["items"]] == [f"Träff {n}" for n in (299, 599, 899, 1199, 1499)]
    assert rest["next_cursor"] is None


def test_K1_a_colleague_is_recognised_and_told_nothing(owner: Person, hire: Hire, david: Person, platform: Platform) -> None:
    colleague, hidden = hire(), hire()
    ok(hidden.client.patch("/v1/me/profile", {"visibility": {"phone_numbers": "private"}}))
    socket = colleague.socket()
    local = "0" + colleague.phone[3:5] + "-" + colleague.phone[5:]
    bring_json(owner, {"name": "Kollega", "phone_numbers": [local]}, {"name": "Dold", "phone_numbers": [hidden.phone]},
               {"name": "Utomstående", "phone_numbers": [david.phone]}, {"name": "Jag", "phone_numbers": [owner.phone]})
    assert {one["name"]: one["colleague_id"] for one in book(owner)} == {
        "Kollega": colleague.user_id, "Dold": None, "Utomstående": None, "Jag": None}
    assert items(colleague.client.get("/v1/privacy/access-log")) == []
    place = people.conversation(owner, colleague)
    owner.socket().say(place, "hej")
    assert socket.until("message.new")["text"] == "hej"
    assert all(frame["type"] in ("member.added", "message.new") for frame in socket.passed_by)
    # Nothing that two owners' rows have in common stands in the database.
    other = hire(consents=PERMITTED)
    bring_json(other, {"name": "Kollega", "phone_numbers": [local]})
    rows = Cluster(platform).ask("samtal", f"""SELECT count(*), count(DISTINCT source_hash), count(DISTINCT card) FROM contacts
        WHERE owner_id IN ('{other.user_id}', '{owner.user_id}')""")
    assert rows == [["5", "5", "5"]]


def test_K1_the_match_goes_with_the_colleague_and_the_contact_stays(owner: Person, hire: Hire) -> None:
    colleague = hire()
    bring_json(owner, {"name": "Kollega", "phone_numbers": [colleague.phone]})
    assert book(owner)[0]["colleague_id"] == colleague.user_id
    ok(colleague.client.post("/v1/privacy/requests", {"kind": "restriction", "active": True}), 202)
    assert book(owner)[0]["colleague_id"] is None
    ok(colleague.client.post("/v1/privacy/requests", {"kind": "restriction", "active": False}), 202)
    ok(colleague.client.post("/v1/reauthenticate", {"password": colleague.password}))
    ok(colleague.client.post("/v1/privacy/requests", {"kind": "erasure"}), 202)
    eventually(lambda: book(owner)[0]["colleague_id"] is None, 60, "the match is gone")
    assert book(owner)[0]["phone_numbers"] == [colleague.phone]


def test_K1_nothing_without_permission(hire: Hire) -> None:
    who = hire()
    for answer in (who.client.get("/v1/contacts"), who.client.post("/v1/contacts", {"name": "x"}), bring(who, vcard("x")),
                   who.client.get("/v1/contacts/export"), who.client.delete("/v1/contacts"),
                   who.client.get(f"/v1/contacts/{uuid.uuid4()}")):
        assert problem(answer, 403, "consent-required")["purpose"] == "contacts"


def test_K1_a_withdrawal_hides_the_book_at_once_and_retention_removes_it(owner: Person, platform: Platform) -> None:
    bring_json(owner, {"name": "Borta", "source_id": "1"})
    [gone] = book(owner)
    owner.consent("contacts", "withdrawn")
    problem(owner.client.get("/v1/contacts"), 403, "consent-required")
    owner.consent("contacts", "given")
    assert book(owner) == []  # a new permission brings back nothing
    problem(owner.client.get(f"/v1/contacts/{gone['contact_id']}"), 404)
    answer = bring_json(owner, {"name": "Borta", "source_id": "1"})
    assert counts(answer) == (1, 0, 0, 0) and answer["entries"][0]["contact_id"] != gone["contact_id"]
    owner.consent("contacts", "withdrawn")
    rows = f"SELECT count(*) FROM contacts WHERE owner_id = '{owner.user_id}'"
    assert Cluster(platform).ask("samtal", rows) == [["1"]]
    assert platform.ctl("retention", "run", "--now", "2099-01-01T00:00:00Z", "--dry-run")["counts"]["contacts_withdrawn"] >= 1


def test_K1_the_book_is_private_to_its_owner(owner: Person, hire: Hire, david: Person) -> None:
    bring_json(owner, {"name": "Hemlig"})
    path = f"/v1/contacts/{book(owner)[0]['contact_id']}"
    david.consent("contacts", "given")
    for other in (hire(consents=PERMITTED), david):
        assert book(other) == []
        problem(other.client.get(path), 404)
        problem(other.client.put(path, {"name": "Min"}), 404)
        problem(other.client.patch(path, {"name": "Min"}), 404)
        problem(other.client.delete(path), 404)
    assert book(owner)[0]["name"] == "Hemlig"


def test_K1_nothing_of_it_stands_in_plain_text_on_disk(owner: Person, platform: Platform) -> None:
    mark = "q" + uuid.uuid4().hex
    bring_json(owner, {"name": mark, "phone_numbers": ["+46709998877"], "emails": [f"{mark}@example.org"]})
    dump = Cluster(platform).ask("samtal", f"SELECT c::text FROM contacts c WHERE owner_id = '{owner.user_id}'")
    assert len(dump) == 1 and mark not in dump[0][0] and mark.encode().hex() not in dump[0][0]


def test_K1_bad_imports_are_refused(owner: Person) -> None:
    assert bring(owner, "x" * (1024 * 1024 + 1)).status_code == 413
    problem(bring(owner, vcard("x"), "text/plain"), 415)
    problem(bring(owner, vcard("x"), "text/vcard; charset=iso-8859-1"), 400)
    problem(bring(owner, "hej"), 400)
    problem(bring(owner, ""), 400)
    for body in ('{"contacts": 7}', "{}", "[]", '{"contacts": [], "more": 1}', "{", '{"contacts":[{"name":"a","name":"b"}]}'):
        problem(bring(owner, body, "application/json"), 400)
    problem(bring(owner, json.dumps({"contacts": [{}] * 10_001}), "application/json"), 400)
    problem(bring(owner, "BEGIN:VCARD\nEND:VCARD\n" * 10_002), 400)
    assert counts(ok(bring(owner, vcard("bra", "TEL:1"), "text/vcard; version=4.0; charset=UTF-8"), 200)) == (1, 0, 0, 0)
    assert counts(ok(bring(owner, b"\xef\xbb\xbf" + vcard("\xff").encode("latin-1") + vcard("ok").encode()), 200)) == (1, 0, 0, 1)


@pytest.mark.parametrize("text", ["'; DROP TABLE contacts; --", "%s%n%x", "../../etc/passwd", "<script>", "=cmd|' /C'!A0", "‮gnp.exe"])
def test_K1_hostile_text_is_only_text(owner: Person, text: str) -> None:
    bring_json(owner, {"name": text})
    assert book(owner)[0]["name"] == text
    assert book(owner, "?query=" + requests.utils.quote(text))[0]["name"] == text


def test_K1_a_full_book_says_so(owner: Person, platform: Platform) -> None:
    for begin in range(0, 10_000, 5_000):
        assert counts(bring_json(owner, *({"name": f"{n}"} for n in range(begin, begin + 5_000)))) == (5_000, 0, 0, 0)
    assert counts(bring_json(owner, {"name": "en till"}, {"name": "7"})) == (0, 0, 1, 1)
    problem(owner.client.post("/v1/contacts", {"name": "en till"}), 409)
    assert owner.client.get("/v1/contacts/export").text.count("BEGIN:VCARD") == 10_000


def test_K1_an_idempotency_key_makes_it_once(owner: Person) -> None:
    key = {"Idempotency-Key": str(uuid.uuid4())}
    first = ok(owner.client.post("/v1/contacts", {"name": "En"}, headers=key), 201)
    assert ok(owner.client.post("/v1/contacts", {"name": "En"}, headers=key), 201) == first


def test_J1_the_archive_holds_the_book_as_a_vcard_file(owner: Person) -> None:
    bring_json(owner, {"name": "Arkivet, Åsa", "phone_numbers": ["+46701740605"]})
    ok(owner.client.post("/v1/reauthenticate", {"password": owner.password}))
    made = ok(owner.client.post("/v1/privacy/requests", {"kind": "portability"}), 202)["request_id"]
    eventually(lambda: ok(owner.client.get(f"/v1/privacy/requests/{made}"))["state"] == "ready", 60, "the archive is ready")
    archive = zipfile.ZipFile(io.BytesIO(owner.client.get(f"/v1/privacy/requests/{made}/archive").content))
    cards = archive.read("contacts.vcf").decode()
    assert re.search(r"FN:Arkivet\\, Åsa\r\n", cards) and "TEL:+46701740605" in cards
    assert json.loads(archive.read("data/contacts.jsonl"))["card"]["phone_numbers"] == ["+46701740605"]
    assert "contacts.vcf" in archive.read("manifest.json").decode()
