"""Reads the processing register and refuses what contradicts itself."""
from __future__ import annotations

import dataclasses
import hashlib
import json
import pathlib
import re
import tomllib

BASES = {"consent", "contract", "legal_obligation", "legitimate_interest"}
CHOICES = {"none", "opt_in", "object"}
CALLERS = ("person", "doorstep", "machine", "operator")
RIGHTS = ("select", "insert", "update")
TOP = {"service_class", "controller", "contact", "authority", "languages", "categories", "tables", "recipients", "purposes"}
TABLE_KEYS = {"subject", "fields", "common", "pseudonymous"}
PURPOSE_KEYS = {"title", "reason", "basis", "law", "choice", "callers", "honours_restriction", "kept", "retention",
                "recipients", "delete", "functions", "minimum_age", "off_by_gpc", "codes", *RIGHTS}
PURPOSE_NEEDS = {"title", "reason", "basis", "law", "choice", "callers", "kept", "retention", "recipients"}
NAME = re.compile(r"[a-z][a-z_]*")
CODE = re.compile(r"[a-z]+(-[a-z]+)*")
DURATION = re.compile(r"P(\d+[YMD])+")
MECHANISMS = {"eea", "adequacy", "scc", "derogation"}


class RegisterError(Exception):
    """Says which key contradicts what."""


@dataclasses.dataclass(frozen=True)
class Table:
    name: str
    subject: str
    fields: dict[str, str]
    common: bool        # rows of several people: one's restriction does not take them from the others
    pseudonymous: bool  # rows that lead to nobody's account


@dataclasses.dataclass(frozen=True)
class Purpose:
    name: str
    raw: dict

    @property
    def camel(self) -> str:
        return "".join(part.capitalize() for part in self.name.split("_"))

    @property
    def role(self) -> str:
        return f"samtal_{self.name}"

    def columns(self, right: str) -> dict[str, list[str]]:
        return self.raw.get(right, {})

    def touches(self) -> set[str]:
        tables = {table for right in RIGHTS for table in self.columns(right)}
        return tables | set(self.raw.get("delete", []))

    def handles(self) -> set[tuple[str, str]]:
        """Table and column pairs whose values the code has in hand: who writes a value knows it."""
        return {(t, c) for right in RIGHTS for t, columns in self.columns(right).items() for c in columns}


@dataclasses.dataclass(frozen=True)
class Register:
    path: pathlib.Path
    raw: dict
    tables: dict[str, Table]
    purposes: list[Purpose]

    def personal_fields(self, purpose: Purpose) -> list[tuple[str, str]]:
        return sorted((t, c) for t, c in purpose.handles() if t in self.tables and c in self.tables[t].fields)

    def terms_hash(self, purpose: Purpose) -> str:
        """What a consent binds to: a new hash asks anew. A corrected spelling or a technical column voids nothing."""
        material = {key: purpose.raw.get(key) for key in ("basis", "choice", "retention", "recipients")}
        material["fields"] = self.personal_fields(purpose)
        return hashlib.sha256(json.dumps([purpose.name, material], sort_keys=True).encode()).hexdigest()

    def version(self) -> str:
        """Changes with material changes only, as the purposes' terms do."""
        joined = self.raw["controller"] + "".join(self.terms_hash(p) for p in self.purposes)
        return hashlib.sha256(joined.encode()).hexdigest()[:12]


def load(path: pathlib.Path) -> Register:
    try:
        raw = tomllib.loads(path.read_text())
    except tomllib.TOMLDecodeError as broken:
        raise RegisterError(f"{path}: {broken}") from broken
    _only(path, "", raw, TOP, TOP)
    tables = {name: Table(name, t.get("subject", ""), t.get("fields", {}), t.get("common", False),
                          t.get("pseudonymous", False)) for name, t in raw["tables"].items()}
    register = Register(path, raw, tables, [Purpose(n, p) for n, p in raw["purposes"].items()])
    _check_tables(register)
    for recipient, entry in raw["recipients"].items():
        _want(path, f"recipients.{recipient}", entry.get("mechanism") in MECHANISMS, "has no transfer mechanism")
    for purpose in register.purposes:
        _check_purpose(register, purpose)
    _check_every_field_is_used(register)
    return register


def _want(path: pathlib.Path, key: str, good: bool, problem: str) -> None:
    if not good:
        raise RegisterError(f"{path}: {key}: {problem}")


def _only(path: pathlib.Path, prefix: str, table: dict, known: set[str], needed: set[str]) -> None:
    for key in table:
        _want(path, prefix + key, key in known, "unknown key")
    for key in needed:
        _want(path, prefix + key, key in table, "is missing")


def _check_tables(register: Register) -> None:
    for table in register.tables.values():
        key = f"tables.{table.name}"
        _only(register.path, key + ".", register.raw["tables"][table.name], TABLE_KEYS, {"subject", "fields"})
        _want(register.path, key, table.subject in table.fields, "its subject is no field of it")
        for field, category in table.fields.items():
            _want(register.path, f"{key}.{field}", category in register.raw["categories"], "unknown category")


def _check_purpose(register: Register, purpose: Purpose) -> None:
    path, key, raw = register.path, f"purposes.{purpose.name}", purpose.raw
    _want(path, key, bool(NAME.fullmatch(purpose.name)), "is no name")
    _only(path, key + ".", raw, PURPOSE_KEYS, PURPOSE_NEEDS)
    _want(path, f"{key}.basis", raw["basis"] in BASES, "unknown basis")
    _want(path, f"{key}.choice", raw["choice"] in CHOICES, "unknown choice")
    _want(path, f"{key}.choice", (raw["basis"] == "consent") == (raw["choice"] == "opt_in"),
          "consent is the basis exactly when the choice is opt_in (GDPR Art. 7)")
    _want(path, f"{key}.choice", raw["choice"] != "object" or raw["basis"] == "legitimate_interest",
          "only a legitimate interest can be objected to (GDPR Art. 21)")
    _want(path, f"{key}.callers", bool(raw["callers"]) and set(raw["callers"]) <= set(CALLERS), "unknown caller")
    _want(path, f"{key}.callers", raw["basis"] != "consent" or raw["callers"] == ["person"],
          "only the person themselves acts under their consent")
    _want(path, f"{key}.retention", bool(DURATION.fullmatch(raw["retention"].get("duration", ""))),
          "needs an ISO 8601 duration")
    _want(path, f"{key}.codes", all(CODE.fullmatch(code) for code in raw.get("codes", [])), "must be lower-case words")
    for recipient in raw["recipients"]:
        _want(path, f"{key}.recipients", recipient in register.raw["recipients"], "unknown recipient")
    for text in ("title", "reason", "kept"):
        for language in register.raw["languages"]:
            _want(path, f"{key}.{text}", language in raw[text], f"has no text in {language}")


def _check_every_field_is_used(register: Register) -> None:
    handled = set().union(*(p.handles() for p in register.purposes))
    for table in register.tables.values():
        for field in table.fields:
            _want(register.path, f"tables.{table.name}.{field}", (table.name, field) in handled or table.subject == field,
                  "no purpose may touch it")
