"""Runs after the whole tier (see conftest.py): what the documents describe and no test has met may be untrue."""
from __future__ import annotations

from support import conformance
from support.platform import Platform


def test_nothing_undocumented_was_met() -> None:
    assert conformance.violations == []


def test_every_operation_kind_of_success_and_field_was_seen(platform: Platform) -> None:
    assert conformance.openapi(platform.url).never_seen() == []


def test_every_frame_and_field_was_seen(platform: Platform) -> None:
    assert conformance.asyncapi(platform.url).never_seen() == []
