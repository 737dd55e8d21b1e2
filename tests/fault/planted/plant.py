"""Writes sources of src/delivery with faults in them, each waiting for its name in SAMTAL_PLANTED.

plant.py SOURCE_DIRECTORY TARGET_DIRECTORY. Fails where the text that a fault replaces is not there exactly once, so that no
fault is lost when the source changes.
"""
from __future__ import annotations

import pathlib
import sys

ASKED = """
#include <cstdlib>
#include <string_view>

namespace {
bool planted(std::string_view fault) {
    static char const* const asked = std::getenv("SAMTAL_PLANTED");
    return asked != nullptr && fault == asked;
}
}  // namespace

"""

PLANTS = {
    "sequencer.cpp": [
        # lost: what is read back is told to nobody
        ("        if (!tools_.may_push()) break;\n        if (!state.told) state.told = first_of",
         '        if (!tools_.may_push() || planted("lost")) break;\n        if (!state.told) state.told = first_of'),
        # doubled: every fifth is told twice
        ("    tools_.push(event);\n    state.told = event.number();",
         '    tools_.push(event);\n    if (planted("doubled") && event.number() % 5 == 0) tools_.push(event);\n'
         "    state.told = event.number();"),
        # swapped: told as it comes
        ("    std::int64_t const number = event.number();\n    Line const line",
         '    if (planted("swapped")) return tools_.push(event);\n    std::int64_t const number = event.number();\n'
         "    Line const line"),
        # hasty: a change waits for no message
        ("    if (!tools_.may_push()) return false;\n    return event.kind() == Kind::messages",
         '    if (!tools_.may_push()) return false;\n    return planted("hasty") || event.kind() == Kind::messages'),
    ],
    "announcer.cpp": [
        # deaf: sessions that another server ended go on here
        ("    if (notice->from != parts_.nodes.id()) parts_.apply",
         '    if (notice->from != parts_.nodes.id() && !planted("deaf")) parts_.apply'),
    ],
}


def main(source: pathlib.Path, target: pathlib.Path) -> None:
    target.mkdir(parents=True, exist_ok=True)
    for name, plants in PLANTS.items():
        text = (source / name).read_text()
        for sound, faulty in plants:
            if text.count(sound) != 1:
                sys.exit(f"{name}: the text that a planted fault replaces is there {text.count(sound)} times:\n{sound}")
            text = text.replace(sound, faulty)
        (target / name).write_text(ASKED + text)


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]))
