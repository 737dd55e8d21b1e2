"""python3 tools/documents SRC REGISTER.toml VERSION OUTPUT: merges the parts into openapi.json, asyncapi.json, documents.cpp.

Each room describes its routes in src/<room>/openapi.json and its frames in src/<room>/asyncapi.json, beside the handlers.
Schemas are JSON Schema as it is; operations and frames are written short (see operations.py and frames.py), so that what all
of them share, such as the refusals of an entrance, is said once.
"""
from __future__ import annotations

import json
import pathlib
import sys
import tomllib

import check
import frames
import operations
import parts
import text


def main() -> int:
    if len(sys.argv) != 5:
        print("usage: python3 tools/documents SRC REGISTER.toml VERSION OUTPUT", file=sys.stderr)
        return 2
    source, version, out = pathlib.Path(sys.argv[1]), sys.argv[3], pathlib.Path(sys.argv[4])
    try:
        purposes = tomllib.loads(pathlib.Path(sys.argv[2]).read_text())["purposes"]
        openapi = operations.document(parts.merged(source, "openapi.json"), purposes, version)
        openapi["info"]["description"] = (source / "gateway/openapi.md").read_text()
        asyncapi = frames.document(parts.merged(source, "asyncapi.json"), openapi["components"]["schemas"], version)
        asyncapi["info"]["description"] = (source / "gateway/asyncapi.md").read_text()
        check.openapi(openapi)
        check.asyncapi(asyncapi)
    except (parts.PartError, OSError) as problem:
        print(problem, file=sys.stderr)
        return 1
    out.mkdir(parents=True, exist_ok=True)
    for name, document in (("openapi", openapi), ("asyncapi", asyncapi)):
        (out / f"{name}.json").write_text(json.dumps(document, ensure_ascii=False, indent=1) + "\n")
    (out / "documents.cpp").write_text(text.source(openapi, asyncapi))
    return 0


if __name__ == "__main__":
    sys.exit(main())
