"""A3, J3: the proof that a person gets of each choice."""
from __future__ import annotations

import json
import pathlib
import subprocess
from collections.abc import Callable
from typing import Any

import pytest

from support import people
from support.choices import choose, state
from support.client import ok, problem
from support.database import Cluster
from support.people import Person
from support.platform import CommandFailed, Platform

Hire = Callable[..., Person]


def verifies(platform: Platform, file: pathlib.Path, *options: str) -> bool:
    try:
        platform.ctl("consent", "verify-receipt", str(file), *options)
    except CommandFailed as refused:
        assert refused.code == 1
        return False
    return True


@pytest.fixture
def receipt(hire: Hire) -> dict[str, Any]:
    who = hire()
    return ok(choose(who, "marketing", "given", shown_at="2026-11-25T10:00:00Z", language="en", control="switch",
                     channel="ios", app_version="4.2.0"), 200)["receipt"]


def test_A3_a_receipt_says_what_was_chosen_and_how(platform: Platform, receipt: dict[str, Any]) -> None:
    assert receipt["purpose"] == "marketing" and receipt["event_state"] == "given"
    assert receipt["privacy_notice"] == people.notice_version(platform)
    assert (receipt["language"], receipt["collection_method"], receipt["channel"]) == ("en", "switch", "ios")
    assert receipt["shown_time"] == "2026-11-25T10:00:00.000Z" and receipt["app_version"] == "4.2.0"
    assert receipt["sequence"] == 1 and receipt["previous_hash"] is None
    for hashed in ("terms_hash", "privacy_notice_hash", "pii_principal_id"):
        assert len(bytes.fromhex(receipt[hashed])) == 32


def test_A3_a_receipt_verifies_offline_and_a_changed_or_foreign_one_does_not(
        platform: Platform, receipt: dict[str, Any], tmp_path: pathlib.Path) -> None:
    file, key = tmp_path / "receipt.json", tmp_path / "key.pem"
    file.write_text(json.dumps(receipt, indent=2))
    assert verifies(platform, file)
    platform.ctl("keys", "public", "--out", str(key))
    assert verifies(platform, file, "--public-key", str(key))
    subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519", "-out", str(tmp_path / "other")], check=True)
    subprocess.run(["openssl", "pkey", "-in", str(tmp_path / "other"), "-pubout", "-out", str(key)], check=True)
    assert not verifies(platform, file, "--public-key", str(key))
    for change in ({"event_state": "withdrawn"}, {"event_time": "2026-01-01T00:00:00.000Z"}, {"sequence": 2}, {"x": 1}):
        file.write_text(json.dumps(receipt | change))
        assert not verifies(platform, file)
    file.write_text("no receipt")
    assert not verifies(platform, file)


def test_A3_a_stranger_verifies_a_receipt_with_openssl(platform: Platform, receipt: dict[str, Any],
                                                       tmp_path: pathlib.Path) -> None:
    platform.ctl("keys", "public", "--out", str(tmp_path / "key.pem"))
    (tmp_path / "signature").write_bytes(bytes.fromhex(receipt.pop("signature")))
    fields = json.dumps(receipt, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    (tmp_path / "document").write_text("samtal consent receipt v1\n" + fields)
    subprocess.run(["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", str(tmp_path / "key.pem"), "-rawin", "-in",
                    str(tmp_path / "document"), "-sigfile", str(tmp_path / "signature")], check=True)


def test_A3_the_receipt_can_be_asked_for_again(hire: Hire, bo: Person) -> None:
    who = hire()
    problem(who.client.get("/v1/consents/marketing/receipt"), 404)
    problem(who.client.get("/v1/consents/no_such/receipt"), 404)
    given = ok(choose(who, "marketing", "given"))["receipt"]
    assert ok(who.client.get("/v1/consents/marketing/receipt"), 200) == given
    withdrawn = ok(choose(who, "marketing", "withdrawn"))["receipt"]
    assert ok(who.client.get("/v1/consents/marketing/receipt"), 200) == withdrawn
    assert withdrawn["sequence"] == given["sequence"] + 1 and withdrawn["previous_hash"]


def test_A3_I4_what_was_chosen_at_activation_is_in_the_same_ledger(hire: Hire, platform: Platform,
                                                                   tmp_path: pathlib.Path) -> None:
    who = hire(consents={"transfer_outside_eea": False, "call_history": True})
    assert state(who, "transfer_outside_eea") == "refused" and state(who, "call_history") == "given"
    assert state(who, "marketing") == "unset"
    receipts = [ok(who.client.get(f"/v1/consents/{purpose}/receipt"), 200)
                for purpose in ("transfer_outside_eea", "call_history")]
    assert {receipt["sequence"] for receipt in receipts} == {1, 2}
    assert {receipt["collection_method"] for receipt in receipts} == {"activation"}
    (tmp_path / "receipt.json").write_text(json.dumps(receipts[0]))
    assert verifies(platform, tmp_path / "receipt.json")


def test_J3_every_act_leaves_an_audit_leaf_without_personal_data(hire: Hire, platform: Platform) -> None:
    who = hire(consents={"call_history": True})
    receipts = [ok(who.client.get("/v1/consents/call_history/receipt"), 200), ok(choose(who, "marketing", "refused"))["receipt"]]
    leaves = {row[0]: row[1:] for row in Cluster(platform).ask(
        "samtal", "SELECT reference, act, actor_kind, length(subject) FROM audit_leaves")}
    assert leaves[receipts[0]["record_id"]] == ["consent.given", "doorstep", "32"]
    assert leaves[receipts[1]["record_id"]] == ["consent.refused", "person", "32"]
    assert who.user_id not in str(leaves)
