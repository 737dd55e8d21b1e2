"""The documents as C++ text."""
from __future__ import annotations

import json

from parts import Json

PIECE = 8000  # characters; compilers limit a single literal


def literal(document: Json) -> str:
    whole = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    return "\n    ".join(f'R"~~({whole[i:i + PIECE]})~~"' for i in range(0, len(whole), PIECE))


def source(openapi: Json, asyncapi: Json) -> str:
    return ("// Derived from src/*/openapi.json and src/*/asyncapi.json by tools/documents. Not to be edited.\n"
            '#include "samtal/gateway/documents.hpp"\n\n'
            '#pragma GCC diagnostic ignored "-Woverlength-strings"\n\n'
            "namespace samtal::gateway {\n\n"
            f"std::string_view const openapi_document{{\n    {literal(openapi)}}};\n\n"
            f"std::string_view const asyncapi_document{{\n    {literal(asyncapi)}}};\n\n"
            "}  // namespace samtal::gateway\n")
