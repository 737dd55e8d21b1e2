"""The processing register: contradictions are refused by name, and what is derived from it is derived the same way twice."""
from __future__ import annotations

import pathlib
import re
import subprocess
import sys
import tomllib

import pytest

from support.broken_registers import REGISTER, RUN_TIME, STRUCTURE, Broken

ROOT = pathlib.Path(__file__).resolve().parents[2]
PURPOSES = {  # of privacy-design's table, and what the law asks for beside it
    "audit_trail", "incident_response",
    "account_login", "profile_directory", "chat_messaging", "call_setup", "call_history", "billing", "law_retention", "security_abuse",
    "device_push", "client_diagnostics", "cookies_necessary", "third_party_analytics", "anonymous_statistics", "marketing",
    "reseller_service", "partner_sharing", "contacts", "greetings", "client_settings", "preference_cookies", "service_trials",
    "transfer_outside_eea", "support_case", "rights_and_evidence", "retention"}


def derive(register: pathlib.Path, out: pathlib.Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, ROOT / "tools/register", register, out], capture_output=True, text=True, check=False)


def test_A2_the_register_holds_together(tmp_path: pathlib.Path) -> None:
    done = derive(REGISTER, tmp_path)
    assert (done.returncode, done.stderr) == (0, "")


def test_A2_the_register_names_every_purpose() -> None:
    assert set(tomllib.loads(REGISTER.read_text())["purposes"]) == PURPOSES


def test_what_is_derived_is_derived_the_same_way_twice(tmp_path: pathlib.Path) -> None:
    derive(REGISTER, tmp_path / "a")
    derive(REGISTER, tmp_path / "b")
    for path in (tmp_path / "a").rglob("*.?pp"):
        assert path.read_bytes() == (tmp_path / "b" / path.relative_to(tmp_path / "a")).read_bytes()


@pytest.mark.parametrize("broken", STRUCTURE + RUN_TIME, ids=lambda b: b.name)
def test_a_register_that_contradicts_itself_is_refused(tmp_path: pathlib.Path, broken: Broken) -> None:
    path = broken.write(tmp_path)
    done = derive(path, tmp_path / "out")
    assert done.returncode == 1
    assert f"{path}:{broken.line(path)}: {broken.key}" in done.stderr
    assert f"{broken.key}: {broken.reason}" in done.stderr or not broken.reason
    assert len(done.stderr.splitlines()) == 1
    assert not (tmp_path / "out").exists()


def test_an_agreement_that_ended_stops_no_build(tmp_path: pathlib.Path) -> None:
    path = tmp_path / "processing.toml"
    path.write_text(REGISTER.read_text().replace("agreement = ", "expires = 2020-01-01\nagreement = ", 1))
    assert derive(path, tmp_path / "out").returncode == 0


@pytest.mark.parametrize("service_class, exists", [("number_based_public", True), ("ni_ics_public", False), ("closed_group", False)])
def test_I1_retention_for_the_authorities_exists_in_one_class_of_service(tmp_path: pathlib.Path, service_class: str, exists: bool) -> None:
    text = REGISTER.read_text().replace('service_class = "closed_group"', f'service_class = "{service_class}"', 1)
    # A right, so that it can be seen whether the role gets it.
    text = text.replace("[purposes.law_retention]\n", '[purposes.law_retention]\nselect.switches = ["switch_id"]\n', 1)
    path = tmp_path / "processing.toml"
    path.write_text(text)
    assert derive(path, tmp_path / "out").returncode == 0
    texts = (tmp_path / "out/register_texts.cpp").read_text()
    assert f"register_service_class = ServiceClass::{service_class};" in texts
    assert ("ON switches TO samtal_law_retention" in texts) == exists


def test_I1_a_service_of_another_class_differs_in_one_object_file(tmp_path: pathlib.Path) -> None:
    """So that it can be built, and tried, beside the shipped one."""
    path = tmp_path / "processing.toml"
    path.write_text(REGISTER.read_text().replace('service_class = "closed_group"', 'service_class = "number_based_public"', 1))
    derive(path, tmp_path / "public")
    derive(REGISTER, tmp_path / "shipped")
    header = "include/samtal/core/register.hpp"
    assert (tmp_path / "public" / header).read_bytes() == (tmp_path / "shipped" / header).read_bytes()


def test_J1_what_can_be_objected_to_looks_at_the_objections(tmp_path: pathlib.Path) -> None:
    purpose = "[purposes.security_abuse]\n"
    rights = 'select.sessions = ["organisation_id", "user_id"]\nselect.users = ["organisation_id", "user_id", "restricted_at"]\n'
    sees = 'select.objections = ["organisation_id", "user_id", "purpose"]\n'
    path = tmp_path / "processing.toml"
    path.write_text(REGISTER.read_text().replace(purpose, purpose + rights, 1))
    refused = derive(path, tmp_path / "out")
    assert refused.returncode == 1 and "purposes.security_abuse.select: can be objected to" in refused.stderr
    path.write_text(REGISTER.read_text().replace(purpose, purpose + rights + sees, 1))
    assert derive(path, tmp_path / "out").returncode == 0
    literals = (tmp_path / "out/register_texts.cpp").read_text()
    policy = next(line for line in re.sub(r'\)~~"\s+R"~~\(', "", literals).splitlines()
                  if line.startswith("CREATE POLICY security_abuse ON sessions"))
    assert policy.count("FROM objections o") == 2 and policy.count("o.purpose = 'security_abuse'") == 2  # reading and writing


def test_J1_a_table_that_nobody_exports_is_refused(tmp_path: pathlib.Path) -> None:
    text = REGISTER.read_text()
    rule = text[text.index("[export.calls]"):text.index("[export.audit_leaves]")]
    broken = tmp_path / "processing.toml"
    broken.write_text(text.replace(rule, ""))
    done = derive(broken, tmp_path / "out")
    assert done.returncode == 1
    assert "export.calls: the table has no rule: a person's archive would lack it" in done.stderr


@pytest.mark.parametrize("old, new, problem", [
    ("[export.messages]", "[export.mails]", "export.mails: is no table of the register"),
    ('none = "unlinkable"', 'none = "unlinkable"\nportable = ["value"]', "export.statistics_contributions.none: stands alone"),
    ('cipher = ["text"]', 'cipher = ["mood"]', "export.messages.cipher: mood is not exported"),
    ('row = "message_id"\n', '', "export.messages.row: ciphered columns are bound to a row's id"),
    ('withheld = { source_hash = "keyed_hash", ', 'withheld = { source_hash = "secret", ', "export.calls.withheld.source_hash: unknown reason"),
    ('beside = ["notice_version", "event_id"]', 'beside = ["event_id"]\nportable = ["state"]\nspare = 1', "export.consent_state.spare: unknown key"),
    ('times = ["acknowledged_at"]', 'times = ["acknowledged_at"]\nportable = ["acknowledged_at"]',
     "export.acknowledgements.portable: no purpose under contract or consent handles acknowledged_at"),
    ('calls = { purpose = "call_history", anchor = "ended_at", made = "call_id", counted_in = "call_counters" }', '', "tables.calls: has no line in [expiry]"),
    ('counted_in = "call_counters"', 'counted_in = "no_such"', "expiry.calls.counted_in: is no table"),
    ('step = "counters"', 'step = "sums"', "expiry.call_counters.step: no step of its purpose"),
    ('anchor = "expires_at", duration = "P0D", held = false }', 'anchor = "expires_at", sooner = "x", held = false }', "sooner: no organisation has a period"),
    ('anchor = "ended_at", made', 'anchor = "ended_at; DROP TABLE calls", made', "expiry.calls: needs an anchor"),
    ('contacts = { purpose = "contacts", made = "contact_id", stays', 'contacts = { purpose = "contacts", stays', "expiry.contacts: what stays has"),
    ('users = { stays', 'users = { purpose = "account_login", made = "user_id", stays', "expiry.users: what stays has a reason and no period"),
    (', made = "call_id", counted', ', counted', "expiry.calls: rows under a consent need `made`"),
])
def test_J1_an_export_rule_that_contradicts_the_register_is_refused(tmp_path: pathlib.Path, old: str, new: str, problem: str) -> None:
    text = REGISTER.read_text()
    assert old in text
    broken = tmp_path / "processing.toml"
    broken.write_text(text.replace(old, new, 1))
    done = derive(broken, tmp_path / "out")
    assert done.returncode == 1
    assert problem in done.stderr
    assert not (tmp_path / "out").exists()
