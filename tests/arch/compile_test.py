"""The first of the two layers: what must not compile does not, and what stands beside it does."""
from __future__ import annotations

import os
import pathlib
import re
import subprocess
import tomllib

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ["SAMTAL_BUILD"])
REFUSED = pathlib.Path(__file__).parent / "compile/refused.cpp"
LEAST_SNIPPETS = 50


def check(source: pathlib.Path) -> str:
    """What clang's -verify has to complain of: an error that is marked and missing, or there and not marked."""
    command = ["clang++-19", "-std=c++20", "-fsyntax-only", "-ferror-limit=0", "-I", ROOT / "include", "-I", BUILD / "generated/include",
               "-isystem", "/usr/include/postgresql", "-DBOOST_ASIO_NO_DEPRECATED", "-DFMT_SHARED", "-w", "-Xclang", "-verify",
               "-Xclang", "-verify-ignore-unexpected=note", source]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stderr if done.returncode else ""


def camel(name: str) -> str:
    return "".join(part.capitalize() for part in name.split("_"))


def test_A2_code_without_a_purpose_does_not_compile() -> None:
    assert REFUSED.read_text().count("expected-error") >= LEAST_SNIPPETS
    assert check(REFUSED) == ""


@pytest.mark.parametrize("change", [
    ("std::string open_wrong(Text const& t, History const& p)", "std::string open_wrong(Text const& t, Chat const& p)"),
    ("void copy(Chat const& p) { Chat q{p};", "void copy(Chat p) { Chat q{std::move(p)};"),
])
def test_a_snippet_that_began_to_compile_is_noticed(tmp_path: pathlib.Path, change: tuple[str, str]) -> None:
    """The negative control."""
    text = REFUSED.read_text()
    assert change[0] in text
    changed = tmp_path / "changed.cpp"
    changed.write_text(text.replace(*change))
    assert "expected but not seen" in check(changed)


def test_A2_the_compiler_opens_a_field_for_the_registers_purposes_only(tmp_path: pathlib.Path) -> None:
    """Every purpose with every field."""
    register = tomllib.loads((ROOT / "config/processing.toml").read_text())
    fields = [(table, column) for table, entry in register["tables"].items() for column in entry["fields"]]
    lines = ['#include "samtal/core/personal.hpp"', "namespace samtal {"]
    for purpose, entry in register["purposes"].items():
        handled = {(t, c) for right in ("select", "insert", "update", "through") for t, cs in entry.get(right, {}).items() for c in cs}
        for table, column in fields:
            refused = "" if (table, column) in handled else "  // expected-error {{no matching member function}}"
            lines.append(f"void f(Permit<purpose::{camel(purpose)}> const& p, Personal<int, field::{camel(table)}{camel(column)}> const& v)"
                         f" {{ (void)v.open(p); }}{refused}")
    source = tmp_path / "matrix.cpp"
    source.write_text("\n".join([*lines, "}  // namespace samtal", ""]))
    assert len(lines) > 500 and len(re.findall("expected-error", source.read_text())) > 400
    assert check(source) == ""
