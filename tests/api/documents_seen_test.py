"""Runs after the whole tier (see conftest.py): what the documents describe and no test has met may be untrue."""
from __future__ import annotations

from support import conformance
from support.platform import Platform

# Nothing discloses anything yet: tests/db/audit reads what it plants.
NOT_MET = {f"Disclosure.{field}" for field in ("disclosure_id", "at", "recipient", "purpose", "categories", "reason", "country")}


def test_nothing_undocumented_was_met() -> None:
    assert not conformance.violations, "\n".join(conformance.violations)


def test_every_operation_kind_of_success_and_field_was_seen(platform: Platform) -> None:
    missing = set(conformance.openapi(platform.url).never_seen())
    assert missing == NOT_MET, "\n".join(sorted(missing ^ NOT_MET))


def test_every_frame_and_field_was_seen(platform: Platform) -> None:
    missing = [one for one in conformance.asyncapi(platform.url).never_seen() if not one.startswith("Problem.")]
    assert not missing, "\n".join(missing)  # the fields of a problem are met over HTTP
