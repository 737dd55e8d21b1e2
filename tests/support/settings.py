"""Changes single keys in a TOML configuration as text, so that everything else stays as it was written."""
from __future__ import annotations

import re


def set_key(text: str, name: str, value: str) -> str:
    """`text` with `section.key` set to a TOML value; section and key are added where they are missing."""
    section, _, key = name.partition(".")
    lines, inside, last = text.splitlines(), False, None
    for index, line in enumerate(lines):
        if header := re.match(r"^\[([\w.]+)\]", line):
            inside = header[1] == section
            last = index if inside else last
        elif inside and re.match(rf"^{re.escape(key)}\s*=", line):
            lines[index] = f"{key} = {value}"
            return "\n".join(lines) + "\n"
    if last is None:
        lines += [f"[{section}]", f"{key} = {value}"]
    else:
        lines.insert(last + 1, f"{key} = {value}")
    return "\n".join(lines) + "\n"
