"""J1: who got a person's data is told of a correction, an erasure and a restriction (GDPR Art. 19), until they are."""
from __future__ import annotations

import pathlib
import tomllib
from collections.abc import Callable
from typing import Any

import pytest

from support.client import Client, items, ok
from support.database import Cluster
from support.mail import letters_to
from support.people import Person
from support.platform import REPOSITORY, CommandFailed, Platform, eventually

Hire = Callable[..., Person]
REQUESTS = "/v1/privacy/requests"
REGISTER = REPOSITORY / "config/processing.toml"
RESELLER = tomllib.loads(REGISTER.read_text())["recipients"]["reseller"]["notify"]


def ask(who: Person, kind: str, **more: Any) -> dict[str, Any]:
    return ok(who.client.post(REQUESTS, {"kind": kind} | more), 202)


def state(client: Client, request_id: str) -> list[dict[str, Any]]:
    return ok(client.get(f"{REQUESTS}/{request_id}"), 200).get("recipients", [])


def told(client: Client, request_id: str) -> list[dict[str, Any]]:
    """How it stands once every recipient is told."""
    return eventually(lambda: (found := state(client, request_id)) and all(one["state"] == "told" for one in found) and found,
                      30, "the recipients are told")


def letter_about(platform: Platform, user_id: str, words: str) -> str:
    """The one letter that says this about this account."""
    [letter] = [text for text in letters_to(platform, RESELLER) if user_id in text and words in text]
    return letter


@pytest.mark.parametrize("kind, more, words", [
    ("rectification", {"field": "given_name", "value": "Rättad"}, "was corrected: given_name"),
    ("restriction", {"active": True}, "is restricted"),
])
def test_J1_recipients_are_told_and_the_person_sees_it(hire: Hire, platform: Platform, kind: str, more: dict[str, Any], words: str) -> None:
    who = hire()
    made = ask(who, kind, **more)
    [one] = told(who.client, made["request_id"])
    assert one["recipient"] == "reseller" and one["told_at"] >= made["received_at"]
    text = letter_about(platform, who.user_id, words)
    assert who.organisation in text and "Rättad" not in text
    assert not any(secret in text for secret in (who.email, who.phone, who.username, who.given_name + " ", who.family_name))
    [disclosure] = items(who.client.get("/v1/privacy/disclosures"))
    assert (disclosure["recipient"], disclosure["purpose"], disclosure["country"]) == ("reseller", "rights_and_evidence", "SE")
    assert disclosure["categories"] == ["identity"] and kind in disclosure["reason"]


def test_J1_a_restriction_is_told_once_and_its_end_too(hire: Hire, platform: Platform) -> None:
    who = hire()
    told(who.client, ask(who, "restriction", active=True)["request_id"])
    assert state(who.client, ask(who, "restriction", active=True)["request_id"]) == [], "nothing changed"
    told(who.client, ask(who, "restriction", active=False)["request_id"])
    letter_about(platform, who.user_id, "is lifted")


def test_J1_an_erasure_is_told_though_nobody_knows_any_more_who_it_was(hire: Hire, platform: Platform) -> None:
    who = hire()
    ok(who.client.post("/v1/reauthenticate", {"password": who.password}), 204)
    made = ask(who, "erasure")
    holder = Client(platform.url, made["receipt_token"])
    eventually(lambda: ok(holder.get(f"{REQUESTS}/{made['request_id']}"), 200)["state"] == "done", 30, "the erasure is done")
    certificate = ok(holder.get(f"{REQUESTS}/{made['request_id']}/certificate"), 200)["certificate"]
    assert (certificate["recipients_to_be_told"], certificate["recipients_count"]) == (["reseller"], 1)
    told(holder, made["request_id"])
    assert "Erase all data" in letter_about(platform, who.user_id, "is erased")
    kept = Cluster(platform).ask("samtal", f"SELECT about IS NULL, tries FROM recipient_notices WHERE request_id = '{made['request_id']}'")
    assert kept == [["t", "1"]]


def test_J1_whoever_got_the_data_besides_is_told_too_but_no_authority(hire: Hire, platform: Platform) -> None:
    who = hire()
    for recipient in ("operator", "authorities", "somebody unknown"):
        Cluster(platform).ask("samtal", f"""INSERT INTO disclosures (organisation_id, user_id, disclosure_id, recipient, purpose, categories,
            reason, country, disclosed_at) SELECT organisation_id, user_id, gen_random_uuid(), '{recipient}', 'billing', '{{identity}}',
            '\\x00', 'SE', now() FROM users WHERE user_id = '{who.user_id}'""")
    made = ask(who, "rectification", field="family_name", value="Ny")
    assert sorted(one["recipient"] for one in state(who.client, made["request_id"])) == ["operator", "reseller"]
    by_hand = eventually(lambda: [n for n in platform.ctl("privacy", "notices")["items"]
                                  if n["request_id"] == made["request_id"] and n["state"] == "failed"], 20, "it has no address")
    [notice] = by_hand
    assert (notice["recipient"], notice["kind"], notice["overdue"]) == ("operator", "rectification", False)
    assert [one["state"] for one in state(who.client, made["request_id"]) if one["recipient"] == "operator"] == ["failed"]
    assert who.user_id in platform.ctl("privacy", "letter", notice["notice_id"])["letter"]
    platform.ctl("privacy", "told", notice["notice_id"])
    told(who.client, made["request_id"])
    for again in ("told", "letter"):
        with pytest.raises(CommandFailed):
            platform.ctl("privacy", again, notice["notice_id"])


def test_J1_who_is_not_told_in_time_is_in_the_operators_metrics(hire: Hire, platform: Platform) -> None:
    who = hire()
    before = platform.metric("samtal_recipient_notices_overdue")
    made = ask(who, "restriction", active=True)
    told(who.client, made["request_id"])
    cluster = Cluster(platform)
    old = f"""UPDATE recipient_notices SET told_at = NULL, made_at = now() - interval '73 hours', next_at = now() + interval '1 day'
        WHERE request_id = '{made['request_id']}'"""
    cluster.ask("samtal", old)
    eventually(lambda: platform.metric("samtal_recipient_notices_overdue") == before + 1, 20, "the metric says so")
    assert platform.metric("samtal_recipient_notices_waiting") >= 1
    [late] = [n for n in platform.ctl("privacy", "notices")["items"] if n["request_id"] == made["request_id"]]
    assert late["overdue"] is True
    platform.ctl("privacy", "told", late["notice_id"])
    eventually(lambda: platform.metric("samtal_recipient_notices_overdue") == before, 20, "and that it was told")


def test_A2_the_address_for_notices_is_the_operators_to_change(tmp_path: pathlib.Path, platform: Platform) -> None:
    path = tmp_path / "processing.toml"
    path.write_text(REGISTER.read_text().replace(RESELLER, "annan@example.org", 1))
    assert platform.ctl("register", "check", "--file", str(path)) is not None
    path.write_text(REGISTER.read_text().replace(RESELLER, "ingen adress", 1))
    done = platform.run_ctl("register", "check", "--file", str(path))
    assert done.returncode == 1 and "recipients.reseller.notify" in done.stdout and "must be an e-mail address" in done.stdout
