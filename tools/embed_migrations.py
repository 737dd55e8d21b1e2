"""embed_migrations.py MIGRATIONS OUTPUT.cpp: the up-migrations of each database as C++ text, in their order."""
from __future__ import annotations

import pathlib
import re
import sys

NAME = re.compile(r"(\d{4})_([a-z_]+)\.up\.sql")


def migrations(folder: pathlib.Path) -> list[tuple[int, str, str]]:
    found = []
    for path in sorted(folder.glob("*.up.sql")):
        match = NAME.fullmatch(path.name)
        if not match:
            raise SystemExit(f"{path}: is not named NNNN_name.up.sql")
        if not path.with_name(path.name.replace(".up.", ".down.")).exists():
            raise SystemExit(f"{path}: has no .down.sql")
        found.append((int(match[1]), match[2], path.read_text()))
    numbers = [number for number, _, _ in found]
    if numbers != list(range(1, len(numbers) + 1)):
        raise SystemExit(f"{folder}: numbers are not 1, 2, 3, …")
    return found


def literal(text: str) -> str:
    pieces = [text[i:i + 8000] for i in range(0, len(text), 8000)]
    return "\n     ".join(f'R"~~({piece})~~"' for piece in pieces)


def main() -> None:
    root, out = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    parts = ["// Derived from migrations/. Not to be edited.\n", '#include "samtal/storage/migrator.hpp"\n\n',
             "namespace samtal::storage {\n"]
    for database in ("main", "keys", "statistics"):
        rows = "".join(f'    {{{n}, "{name}",\n     {literal(sql)}}},\n' for n, name, sql in migrations(root / database))
        parts.append(f"\nstd::vector<Migration> const {database}_migrations{{\n{rows}}};\n")
    parts.append("\n}  // namespace samtal::storage\n")
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text("".join(parts))


if __name__ == "__main__":
    main()
