"""Reads the processing register and refuses what contradicts itself."""
from __future__ import annotations

import dataclasses
import pathlib
import re
import tomllib

import expiry
import export
import rules
import shape
from problems import RegisterError
from problems import only as _only
from problems import want as _want

SERVICE_CLASSES = ("number_based_public", "ni_ics_public", "closed_group")
BASES = {"consent", "contract", "legal_obligation", "legitimate_interest"}
CHOICES = {"none", "opt_in", "object"}
CALLERS = ("person", "doorstep", "machine", "operator")
RIGHTS = ("select", "insert", "update")
TOP = {"service_class", "controller", "contact", "dpo", "authority", "languages", "security", "transfers", "categories",
       "people", "tables", "recipients", "purposes", "withheld", "labels", "export", "expiry"}
TABLE_KEYS = {"subject", "fields", "common", "pseudonymous", "erase", "erase_walks", "kept"}
PURPOSE_KEYS = {"title", "reason", "basis", "law", "choice", "callers", "honours_restriction", "kept", "retention",
                "recipients", "delete", "functions", "through", "minimum_age", "off_by_gpc", "default", "people", "compatible",
                "interest", "source", "service_classes", "codes", *RIGHTS}
PURPOSE_NEEDS = {"title", "reason", "basis", "law", "choice", "callers", "kept", "retention", "recipients", "people"}
PURPOSE_LISTS = ("callers", "recipients", "people", "compatible", "service_classes", "codes")
NAME = re.compile(r"[a-z][a-z_]*")
CODE = re.compile(r"[a-z]+(-[a-z]+)*")
# What may differ from this file while a program that was built from it runs. All else needs a build and a migration.
RUN_TIME = {
    "": ["controller", "contact", "dpo", "authority", "security", "transfers", "recipients"],
    "categories": ["sv", "en"],
    "people": ["sv", "en"],
    "purposes": ["title", "reason", "kept", "retention", "recipients", "interest", "source"],
}


@dataclasses.dataclass(frozen=True)
class Table:
    name: str
    subject: str
    fields: dict[str, str]
    common: bool        # rows of several people: one's restriction does not take them from the others
    pseudonymous: bool  # rows that lead to nobody's account
    erase: str          # what an erasure does: delete, or the name of a function of the schema
    erase_walks: bool     # whether that function takes the key reached and says how far it came
    kept: dict[str, str]  # what stays after an erasure and why, by language; for the certificate

    def category(self) -> str:
        """What the rows are about, in one word: for counts of an erasure."""
        own = [category for field, category in self.fields.items() if field != self.subject] or list(self.fields.values())
        return max(own, key=own.count)


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
        return {(t, c) for right in (*RIGHTS, "through") for t, columns in self.columns(right).items() for c in columns}


@dataclasses.dataclass(frozen=True)
class Register:
    path: pathlib.Path
    raw: dict
    tables: dict[str, Table]
    purposes: list[Purpose]

    def personal_fields(self, purpose: Purpose) -> list[tuple[str, str]]:
        return sorted((t, c) for t, c in purpose.handles() if t in self.tables and c in self.tables[t].fields)

    def categories(self, purpose: Purpose) -> list[str]:
        return sorted({self.tables[t].fields[c] for t, c in self.personal_fields(purpose)})

    def in_effect(self, purpose: Purpose) -> bool:
        """Whether the service is of a class in which the purpose exists."""
        return self.raw["service_class"] in purpose.raw.get("service_classes", SERVICE_CLASSES)

    @staticmethod
    def service_classes() -> set[str]:
        return set(SERVICE_CLASSES)


def load(path: pathlib.Path) -> Register:
    try:
        raw = tomllib.loads(path.read_text())
    except tomllib.TOMLDecodeError as broken:
        raise RegisterError(f"{path}: {broken}") from broken
    _only(path, "", raw, TOP, TOP)
    shape.top(path, raw)
    shape.vocabulary(path, raw)
    _want(path, "service_class", raw["service_class"] in SERVICE_CLASSES, "unknown class of service")
    tables = {name: Table(name, t.get("subject", ""), t.get("fields", {}), t.get("common", False),
                          t.get("pseudonymous", False), t.get("erase", "delete"), t.get("erase_walks", False),
                          t.get("kept", {}))
              for name, t in raw["tables"].items()}
    register = Register(path, raw, tables, [Purpose(n, p) for n, p in raw["purposes"].items()])
    _check_tables(register)
    for recipient, entry in raw["recipients"].items():
        shape.recipient(path, recipient, entry, raw["languages"])
    for purpose in register.purposes:
        _check_purpose(register, purpose)
    _check_objections(register)
    rules.check(register)
    _check_every_field_is_used(register)
    expiry.check(register, _want)
    for key, problem in export.problems(register):
        _want(path, key, False, problem)
    return register


def _check_tables(register: Register) -> None:
    for table in register.tables.values():
        key = f"tables.{table.name}"
        _only(register.path, key + ".", register.raw["tables"][table.name], TABLE_KEYS, {"subject", "fields"})
        _want(register.path, key, table.subject in table.fields, "its subject is no field of it")
        _want(register.path, f"{key}.erase", bool(NAME.fullmatch(table.erase)), "is no name")
        for language in register.raw["languages"] if table.kept else []:
            _want(register.path, f"{key}.kept", language in table.kept, f"has no text in {language}")
        for field, category in table.fields.items():
            _want(register.path, f"{key}.fields.{field}", category in register.raw["categories"], "unknown category")


def _check_purpose(register: Register, purpose: Purpose) -> None:
    path, key, raw = register.path, f"purposes.{purpose.name}", purpose.raw
    _want(path, key, bool(NAME.fullmatch(purpose.name)), "is no name")
    _only(path, key + ".", raw, PURPOSE_KEYS, PURPOSE_NEEDS)
    for word in ("basis", "law", "choice"):
        _want(path, f"{key}.{word}", shape.is_text(raw[word]), "must be a text")
    for listed in PURPOSE_LISTS:
        _want(path, f"{key}.{listed}", shape.is_list_of_texts(raw.get(listed, [])), "must be a list of words")
    for right in RIGHTS:
        for table, columns in purpose.columns(right).items():
            _want(path, f"{key}.{right}.{table}", shape.is_list_of_texts(columns), "must be a list of columns")
    for flag in ("honours_restriction", "off_by_gpc"):
        _want(path, f"{key}.{flag}", isinstance(raw.get(flag, False), bool), "must be true or false")
    _want(path, f"{key}.basis", raw["basis"] in BASES, "unknown basis")
    _want(path, f"{key}.choice", raw["choice"] in CHOICES, "unknown choice")
    _want(path, f"{key}.choice", (raw["basis"] == "consent") == (raw["choice"] == "opt_in"),
          "consent is the basis exactly when the choice is opt_in (GDPR Art. 7)")
    _want(path, f"{key}.choice", raw["choice"] != "object" or raw["basis"] == "legitimate_interest",
          "only a legitimate interest can be objected to (GDPR Art. 21)")
    _want(path, f"{key}.callers", bool(raw["callers"]) and set(raw["callers"]) <= set(CALLERS), "unknown caller")
    _want(path, f"{key}.callers", raw["basis"] != "consent" or raw["callers"] == ["person"],
          "only the person themselves acts under their consent")
    shape.retention(path, f"{key}.retention", raw["retention"])
    _want(path, f"{key}.codes", all(CODE.fullmatch(code) for code in raw.get("codes", [])), "must be lower-case words")
    for recipient in raw["recipients"]:
        _want(path, f"{key}.recipients", recipient in register.raw["recipients"], "unknown recipient")


def _check_objections(register: Register) -> None:
    """Where somebody may object, the role must be able to see who did: its row policies look there."""
    for purpose in register.purposes:
        personal = [t for t in purpose.touches() if t in register.tables and not register.tables[t].pseudonymous]
        seen = set(purpose.columns("select").get("objections", []))
        _want(register.path, f"purposes.{purpose.name}.select",
              purpose.raw["choice"] != "object" or not personal or {"organisation_id", "user_id", "purpose"} <= seen,
              "can be objected to, so it must select objections (GDPR Art. 21)")


def _check_every_field_is_used(register: Register) -> None:
    handled = set().union(*(p.handles() for p in register.purposes))
    for table in register.tables.values():
        for field in table.fields:
            _want(register.path, f"tables.{table.name}.fields.{field}", (table.name, field) in handled or table.subject == field,
                  "no purpose may touch it")
