"""What the compiler cannot check: who includes whom, where SQL and libpqxx live, how long files are."""
from __future__ import annotations

import os
import pathlib
import re
from collections.abc import Iterator

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
MOST_LINES = 500
INCLUDE = re.compile(r'#include [<"]([^">]+)[">]')
RUNS_SQL = re.compile(r"\btx\.exec\(|\bexec_params\(|\bexec_prepared\(")
# `app` wires everything, so nothing is forbidden to it but SQL.
WIRING = "app"


def dependency_table() -> dict[str, set[str]]:
    """One line a room, written by the same CMake call that links it."""
    rows = (line.split(":") for line in pathlib.Path(os.environ["SAMTAL_ROOMS"]).read_text().splitlines())
    return {room: set(re.split(r"[;\s]+", used.strip())) - {""} for room, used in rows}


def room_of(path: pathlib.Path, root: pathlib.Path) -> str:
    parts = path.relative_to(root).parts
    return parts[1] if parts[0] == "src" else parts[2]


def sources(root: pathlib.Path) -> list[pathlib.Path]:
    return sorted([*(root / "src").rglob("*.[ch]pp"), *(root / "include").rglob("*.hpp")])


def problems(root: pathlib.Path, uses: dict[str, set[str]]) -> Iterator[str]:
    for path in sources(root):
        text, room = path.read_text(), room_of(path, root)
        name = path.relative_to(root)
        allowed = uses.get(room, set()) | {room}
        for included in INCLUDE.findall(text):
            parts = included.split("/")
            if parts[0] == "samtal" and room != WIRING and parts[1] not in allowed:
                yield f"{name}: {room} may not include {parts[1]}"
            if parts[0] in uses and parts[0] != "samtal":
                yield f"{name}: {included}: only doors (samtal/...) are reached by path"
            repository = "repository" in path.name or path.name.endswith("_statements.hpp")
            if parts[0] == "pqxx" and room != "storage" and not repository:
                yield f"{name}: libpqxx is for storage and repositories"
            if included == "libpq-fe.h" and room != "storage":
                yield f"{name}: libpq is for storage"
            if included.startswith("boost/beast") and room != "net":
                yield f"{name}: Beast stays in net"
        if RUNS_SQL.search(text) and room != "storage" and not path.name.endswith("_repository.cpp"):
            yield f"{name}: SQL runs only in *_repository.cpp"
        if text.count("\n") > MOST_LINES:
            yield f"{name}: longer than {MOST_LINES} lines"


def test_every_include_is_allowed_by_the_dependency_table() -> None:
    assert list(problems(ROOT, dependency_table())) == []


def test_rooms_depend_downwards_only() -> None:
    uses = dependency_table()
    order = list(uses)
    upwards = [f"{room} uses {used}" for room in order for used in uses[room] if order.index(used) >= order.index(room)]
    assert upwards == []


@pytest.mark.parametrize("file, text, problem", [
    ("src/chat/x.cpp", '#include "samtal/identity/identity.hpp"\n', "chat may not include identity"),
    ("src/chat/x.cpp", '#include "storage/connection.hpp"\n', "only doors"),
    ("src/chat/x_service.cpp", "auto r = tx.exec(statement);\n", "SQL runs only"),
    ("src/chat/x_service.cpp", "#include <pqxx/pqxx>\n", "libpqxx is for storage"),
    ("src/chat/x_repository.cpp", "#include <libpq-fe.h>\n", "libpq is for storage"),
    ("src/chat/x.cpp", "\n" * (MOST_LINES + 1), "longer than"),
])
def test_a_planted_fault_is_found(tmp_path: pathlib.Path, file: str, text: str, problem: str) -> None:
    planted = tmp_path / file
    planted.parent.mkdir(parents=True)
    planted.write_text(text)
    (tmp_path / "include").mkdir()
    assert any(problem in found for found in problems(tmp_path, dependency_table()))
