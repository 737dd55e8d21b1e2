"""python3 tools/register REGISTER.toml OUTPUT_DIRECTORY: writes the derived files, or names the contradiction."""
from __future__ import annotations

import pathlib
import sys

import cpp
import model
import sql


def write(path: pathlib.Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists() or path.read_text() != text:
        path.write_text(text)


def main() -> int:
    if len(sys.argv) not in (2, 3):
        print("usage: python3 tools/register REGISTER.toml [OUTPUT_DIRECTORY]", file=sys.stderr)
        return 2
    try:
        register = model.load(pathlib.Path(sys.argv[1]))
    except (model.RegisterError, OSError) as problem:
        print(problem, file=sys.stderr)
        return 1
    if len(sys.argv) == 3:
        out = pathlib.Path(sys.argv[2])
        write(out / "include/samtal/core/register.hpp", cpp.header(register))
        write(out / "register_texts.cpp", cpp.source(register, sql.script(register)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
