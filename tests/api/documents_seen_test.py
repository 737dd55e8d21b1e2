"""Runs after the whole tier (see conftest.py): what the documents describe and no test has met may be untrue."""
from __future__ import annotations

from support import conformance
from support.platform import Platform


def test_nothing_undocumented_was_met() -> None:
    assert not conformance.violations, "\n".join(conformance.violations)


def test_every_operation_kind_of_success_and_field_was_seen(platform: Platform) -> None:
    missing = conformance.openapi(platform.url).never_seen()
    assert not missing, "\n".join(missing)


def test_every_frame_and_field_was_seen(platform: Platform) -> None:
    missing = [one for one in conformance.asyncapi(platform.url).never_seen() if not one.startswith("Problem.")]
    assert not missing, "\n".join(missing)  # the fields of a problem are met over HTTP
