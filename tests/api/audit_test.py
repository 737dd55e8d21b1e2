"""The audit trail from outside: who looked at whom, and a log that a stranger can verify (J3, I5)."""
from __future__ import annotations

import base64
import hashlib
import json
import pathlib
import subprocess
from collections.abc import Callable
from typing import Any

import pytest
import requests

from support.client import Client, all_items, items, ok, problem
from support.database import Cluster
from support.people import Person
from support.platform import CommandFailed, Platform, eventually

Hire = Callable[..., Person]


def show(platform: Platform, person: Person, staff: str, code: str = "support-case") -> dict[str, Any]:
    return platform.ctl("user", "show", person.user_id, "--as", staff, "--purpose-code", code)


def refused(platform: Platform, *arguments: str) -> int:
    done = platform.run_ctl(*arguments)
    assert done.stdout == "" and done.stderr
    return done.returncode


def test_J3_a_look_by_staff_is_shown_to_the_person(platform: Platform, hire: Hire) -> None:
    person, helper = hire(), hire(role="support", given_name="Stina", family_name="Stöd")
    assert items(person.client.get("/v1/privacy/access-log")) == []
    shown = show(platform, person, helper.username)
    assert shown["profile"] == {"given_name": person.given_name, "family_name": person.family_name,
                                "email": person.email, "phone_numbers": [person.phone]}
    assert (shown["state"], shown["role"], shown["sessions"], shown["restricted"]) == ("active", "member", 1, False)
    show(platform, person, helper.user_id, "account-help")
    newest, oldest = items(person.client.get("/v1/privacy/access-log"))
    assert set(oldest) == {"at", "purpose", "code", "by"}
    assert (oldest["purpose"], oldest["code"]) == ("support_case", "support-case")
    assert oldest["by"] == {"role": "support", "name": "Stina Stöd"}
    assert newest["code"] == "account-help" and newest["at"] >= oldest["at"]
    assert len(all_items(person.client, "/v1/privacy/access-log", 1)) == 2
    assert items(helper.client.get("/v1/privacy/access-log")) == []


def test_J3_without_a_named_administrator_and_a_listed_code_nothing_is_shown(platform: Platform, hire: Hire,
                                                                           david: Person) -> None:
    person, admin = hire(), hire(role="admin")
    look = ("user", "show", person.user_id)
    assert refused(platform, *look) == 2
    assert refused(platform, *look, "--as", admin.username) == 2
    assert refused(platform, *look, "--purpose-code", "support-case") == 2
    assert refused(platform, *look, "--as", admin.username, "--purpose-code", "curiosity") == 1
    for stranger in (person.username, david.username, david.user_id, "no.such.name"):
        assert refused(platform, *look, "--as", stranger, "--purpose-code", "support-case") == 1
    platform.ctl("user", "suspend", admin.user_id)
    assert refused(platform, *look, "--as", admin.username, "--purpose-code", "support-case") == 1
    assert items(person.client.get("/v1/privacy/access-log")) == []


def test_J3_the_lists_are_strict_and_for_people_only(person_lists: str, anna: Person, anyone: Client) -> None:
    problem(anyone.get(person_lists), 401)
    for query in ("?limit=0", "?limit=x", "?cursor=x", "?unknown=1"):
        problem(anna.client.get(person_lists + query), 400)
    body = ok(anna.client.get(person_lists + "?limit=1"), 200)
    assert set(body) == {"items", "next_cursor"}


@pytest.fixture(params=["/v1/privacy/access-log", "/v1/privacy/disclosures"])
def person_lists(request: pytest.FixtureRequest) -> str:
    return request.param


def root_of(leaves: list[bytes]) -> bytes:
    """RFC 6962, section 2.1, by the letter."""
    if len(leaves) == 1:
        return hashlib.sha256(b"\0" + leaves[0]).digest()
    split = 1 << ((len(leaves) - 1).bit_length() - 1)
    return hashlib.sha256(b"\1" + root_of(leaves[:split]) + root_of(leaves[split:])).digest()


def signed_by(note: str, key: str, place: pathlib.Path) -> bool:
    """C2SP signed-note, with OpenSSL."""
    text, line = note.split("\n\n")
    dash, name, encoded = line.rstrip("\n").split(" ")
    key_name, key_id, public = key.split("+", 2)
    signature, raw = base64.b64decode(encoded), base64.b64decode(public)
    assert (dash, name, signature[:4].hex()) == ("\u2014", key_name, key_id) and raw[:1] == b"\1"
    assert hashlib.sha256(key_name.encode() + b"\n" + raw).digest()[:4].hex() == key_id
    (place / "key.der").write_bytes(bytes.fromhex("302a300506032b6570032100") + raw[1:])
    (place / "text").write_bytes((text + "\n").encode())
    (place / "signature").write_bytes(signature[4:])
    return subprocess.run(["openssl", "pkeyutl", "-verify", "-rawin", "-pubin", "-keyform", "DER", "-inkey", place / "key.der",
                           "-in", place / "text", "-sigfile", place / "signature"], capture_output=True).returncode == 0


def test_I5_a_stranger_recomputes_the_signed_checkpoint_from_an_export(platform: Platform, hire: Hire,
                                                                      tmp_path: pathlib.Path) -> None:
    hire()
    newest = platform.ctl("audit", "checkpoint")
    exported = tmp_path / "audit.jsonl"
    assert platform.ctl("audit", "export", str(exported))["leaves"] >= newest["size"]
    assert exported.stat().st_mode & 0o777 == 0o600
    lines = [line for line in exported.read_bytes().splitlines() if not line.startswith(b'{"frontier"')]
    origin, size, root, *extension = newest["note"].split("\n\n")[0].splitlines()
    assert origin == newest["key"].split("+")[0] and int(size) == newest["size"] and len(extension) == 1
    assert base64.b64decode(root) == root_of(lines[:newest["size"]])
    assert signed_by(newest["note"], newest["key"], tmp_path)
    assert not signed_by(newest["note"].replace(f"\n{size}\n", f"\n{int(size) + 1}\n"), newest["key"], tmp_path)
    assert platform.ctl("audit", "key")["key"] == newest["key"]


def text_of(platform: Platform, place: pathlib.Path) -> pathlib.Path:
    """The newest checkpoint as a person keeps it."""
    command = [*platform.run_ctl("audit", "checkpoint").args]
    command.remove("--json")
    place.write_text(subprocess.run(command, capture_output=True, text=True, check=True, env=platform.environment).stdout)
    return place


def test_I5_verify_finds_what_was_changed_in_the_database(platform: Platform, hire: Hire, tmp_path: pathlib.Path) -> None:
    hire()
    kept = text_of(platform, tmp_path / "kept")
    report = platform.ctl("audit", "verify", "--against", str(kept))
    assert report["intact"] and report["leaves"] > 3
    cluster = Cluster(platform)
    for change, back in (
            ("UPDATE audit_leaves SET code = 'x' WHERE position = 2", "UPDATE audit_leaves SET code = '' WHERE position = 2"),
            ("UPDATE audit_leaves SET position = 90000000 WHERE position = 1",
             "UPDATE audit_leaves SET position = 1 WHERE position = 90000000"),
            ("UPDATE audit_checkpoints SET note = 'x' || note WHERE size = (SELECT min(size) FROM audit_checkpoints)",
             "UPDATE audit_checkpoints SET note = substr(note, 2) WHERE note LIKE 'x%'")):
        cluster.ask("samtal", change)
        done = platform.run_ctl("audit", "verify")
        assert (done.returncode, json.loads(done.stdout)["intact"]) == (1, False), change
        cluster.ask("samtal", back)
        assert platform.ctl("audit", "verify")["intact"]


def test_I5_an_export_verifies_without_the_deployment(platform: Platform, hire: Hire, tmp_path: pathlib.Path) -> None:
    older = platform.ctl("audit", "checkpoint")
    (tmp_path / "older").write_text(json.dumps(older))
    hire()
    newest = platform.ctl("audit", "checkpoint")
    (tmp_path / "newest").write_text(newest["note"])
    exported = tmp_path / "audit.jsonl"
    platform.ctl("audit", "export", str(exported))
    (tmp_path / "pub").write_text(newest["key"] + "\n")

    def verify(path: pathlib.Path, *more: str) -> int:
        ctl = platform.run_ctl("audit", "key").args[0]
        return subprocess.run([ctl, "--data", str(tmp_path / "nowhere"), "audit", "verify", "--file", path, "--key",
                               tmp_path / "pub", *more], capture_output=True, env=platform.environment).returncode

    assert verify(exported) == 0
    assert verify(exported, "--against", str(tmp_path / "older")) == 0
    lines = exported.read_text().splitlines(keepends=True)
    # Back to the older checkpoint: whole in itself, and found with the newer one.
    cut = next(i for i, line in enumerate(lines) if line.startswith('{"frontier"') and json.loads(line)["size"] >= older["size"])
    changes = {"cut": lines[:cut + 1], "dropped": lines[1:], "swapped": [lines[1], lines[0], *lines[2:]],
               "flipped": [lines[0].replace('"act":"', '"act":"x', 1), *lines[1:]]}
    for name, changed in changes.items():
        (tmp_path / name).write_text("".join(changed))
        assert verify(tmp_path / name) == (0 if name == "cut" else 1), name
        assert verify(tmp_path / name, "--against", str(tmp_path / "newest")) == 1, name


def test_G3_metrics_tell_how_many_leaves_wait(platform: Platform) -> None:
    size = platform.ctl("audit", "checkpoint")["size"]

    def numbered() -> bool:
        lines = dict(line.rsplit(" ", 1) for line in requests.get(platform.metrics_url, timeout=10).text.splitlines()
                     if line.startswith("samtal_audit_"))
        return float(lines["samtal_audit_tree_size"]) >= size and float(lines["samtal_audit_leaves_waiting"]) == 0

    eventually(numbered, 20, "the leaves are numbered by themselves")


def test_I7_a_drill_gives_list_and_complete_drafts(platform: Platform, hire: Hire, tmp_path: pathlib.Path,
                                                   organisation: str) -> None:
    one, two = hire(), hire()
    opened = platform.ctl("breach", "report", "--kind", "confidentiality", "--since", "2026-01-01", "--until",
                          "2026-01-02T12:00:00Z", "--affected", "organisation", organisation, "--drill", "--out", str(tmp_path))
    directory = pathlib.Path(opened["directory"])
    affected = (directory / "affected.txt").read_text().split()
    assert {one.user_id, two.user_id} <= set(affected) and len(affected) == opened["affected"]
    assert {path.name for path in directory.iterdir()} == {"affected.txt", "authority.sv.txt", "authority.en.txt",
                                                           "people.sv.txt", "people.en.txt"}
    for path in directory.iterdir():
        assert path.stat().st_mode & 0o777 == 0o600
        if path.name != "affected.txt":
            text = path.read_text()
            assert ("ÖVNING" if ".sv." in path.name else "DRILL") in text
            assert not any(secret in text for secret in (one.user_id, one.email, one.phone, one.given_name + " "))
    [case] = [case for case in platform.ctl("breach", "list")["items"] if case["case_id"] == opened["case_id"]]
    assert case["hours_left"] in (71, 72) and case["drill"] and case["affected"] == len(affected)


def test_I7_a_breach_of_named_people(platform: Platform, hire: Hire, david: Person, tmp_path: pathlib.Path) -> None:
    who = hire()
    report = ("breach", "report", "--kind", "integrity", "--since", "2026-01-01", "--until", "2026-01-02", "--out", str(tmp_path))
    opened = platform.ctl(*report, "--affected", "user", who.user_id, david.user_id)
    assert (opened["affected"], opened["drill"]) == (2, False)
    assert "DRILL" not in (pathlib.Path(opened["directory"]) / "people.en.txt").read_text()
    for nonsense in (("user", "11111111-1111-7111-8111-111111111111"), ("everybody", who.user_id), ("user", "x")):
        with pytest.raises(CommandFailed):
            platform.ctl(*report, "--affected", *nonsense)


def test_I7_a_closed_case_says_why_and_nobody_waits_for_it(platform: Platform, hire: Hire, tmp_path: pathlib.Path) -> None:
    opened = platform.ctl("breach", "report", "--kind", "availability", "--since", "2026-01-01", "--until", "2026-01-02", "--out",
                          str(tmp_path), "--affected", "user", hire().user_id)
    case = opened["case_id"]
    for broken in ((case,), (case, "--reason", ""), ("11111111-1111-7111-8111-111111111111", "--reason", "x"), ("x", "--reason", "x")):
        assert platform.run_ctl("breach", "close", *broken).returncode in (1, 2)
    closed = platform.ctl("breach", "close", case, "--reason", "Anmäld och åtgärdad")
    assert closed["closing_reason"] == "Anmäld och åtgärdad" and closed["closed_at"]
    [listed] = [one for one in platform.ctl("breach", "list")["items"] if one["case_id"] == case]
    assert (listed["hours_left"], listed["closing_reason"]) == (None, "Anmäld och åtgärdad")
    with pytest.raises(CommandFailed, match="closed already"):
        platform.ctl("breach", "close", case, "--reason", "igen")
    leaves = Cluster(platform).ask("samtal", f"SELECT act FROM audit_leaves WHERE reference = '{case}' ORDER BY acted_at")
    assert leaves == [["breach.reported"], ["breach.closed"]]
    readable = [*platform.run_ctl("breach", "list").args]
    readable.remove("--json")
    assert f"{case}  closed " in subprocess.run(readable, capture_output=True, text=True, check=True, env=platform.environment).stdout


def test_I5_what_administrators_do_is_in_the_log(platform: Platform, hire: Hire, tmp_path: pathlib.Path) -> None:
    person = hire()
    platform.ctl("user", "suspend", person.user_id)
    platform.ctl("user", "activate", person.user_id)
    platform.ctl("audit", "checkpoint")
    platform.ctl("audit", "export", str(tmp_path / "log"))
    acts = [json.loads(line)["act"] for line in (tmp_path / "log").read_text().splitlines() if '"act"' in line]
    assert {"organisation.created", "user.invited", "user.suspended", "user.activated"} <= set(acts)
