"""What a person's archive holds: its rules out of the register, and the one function through which rows leave for it."""
from __future__ import annotations

import dataclasses
import typing

if typing.TYPE_CHECKING:
    from model import Register

# The types of keys, and what lies before every value of a key.
FIRST = {"uuid": "'00000000-0000-0000-0000-000000000000'", "bigint": "-1", "integer": "-1", "text": "''",
         "bytea": r"'\x'", "timestamptz": "'-infinity'"}
KINDS = ("cipher", "cipher_json", "cipher_wav", "document", "hex")  # beside plain columns
RULE_KEYS = {"title", "key", "row", "owner", "through", *KINDS, "times", "beside", "withheld",
             "portable"}
PORTABLE_BASES = {"contract", "consent"}
SIGNATURE = "export_page(text, boolean, uuid, uuid, bytea, text[], integer)"


@dataclasses.dataclass(frozen=True)
class Rule:
    table: str
    subject: str
    pseudonymous: bool
    raw: dict
    columns: list[str]  # those that are exported, in their order

    def listed(self, key: str) -> list[str]:
        return self.raw.get(key, [])

    def kind(self, column: str) -> str:
        return next((kind for kind in KINDS if column in self.listed(kind)), "plain")


def rules(register: Register) -> list[Rule]:
    """One for each table of the register, in its order. Those without rows have `none`."""
    out = []
    for table in register.tables.values():
        raw = register.raw["export"][table.name]
        every = dict.fromkeys([*raw.get("beside", []), *table.fields])
        columns = [] if "none" in raw else [c for c in every if c not in raw.get("withheld", {})]
        out.append(Rule(table.name, table.subject, table.pseudonymous, raw, columns))
    return out


def problems(register: Register) -> typing.Iterator[tuple[str, str]]:
    """Key and contradiction."""
    export = register.raw["export"]
    for name in export:
        if name not in register.tables:
            yield f"export.{name}", "is no table of the register"
    for name in register.tables:
        if name not in export:
            yield f"export.{name}", "the table has no rule: a person's archive would lack it"
    for section in ("withheld", "labels"):
        for name, text in register.raw[section].items():
            if set(register.raw["languages"]) - set(text):
                yield f"{section}.{name}", "has no text in each language"
    if all(name in export for name in register.tables):
        for rule in rules(register):
            yield from ((f"export.{rule.table}{key}", problem) for key, problem in _contradictions(register, rule))


def _contradictions(register: Register, rule: Rule) -> typing.Iterator[tuple[str, str]]:
    raw, reasons = rule.raw, register.raw["withheld"]
    if set(register.raw["languages"]) - set(raw.get("title", {})):
        yield ".title", "has no text in each language"
    if "none" in raw:
        if set(raw) != {"title", "none"} or raw["none"] not in reasons:
            yield ".none", "stands alone, with a known reason"
        return
    yield from ((f".{key}", "unknown key") for key in raw if key not in RULE_KEYS)
    if not raw.get("key") or set(raw["key"].values()) - set(FIRST):
        yield ".key", "needs columns with their types"
    if (rule.listed("cipher") or rule.listed("cipher_json") or rule.listed("cipher_wav")) and "row" not in raw:
        yield ".row", "ciphered columns are bound to a row's id"
    for column, reason in raw.get("withheld", {}).items():
        if reason not in reasons:
            yield f".withheld.{column}", "unknown reason"
    for key in (*KINDS, "times", "portable"):
        yield from ((f".{key}", f"{column} is not exported") for column in rule.listed(key) if column not in rule.columns)
    yield from _not_portable(register, rule)


def _not_portable(register: Register, rule: Rule) -> typing.Iterator[tuple[str, str]]:
    handled = set().union(*(p.handles() for p in register.purposes if p.raw["basis"] in PORTABLE_BASES))
    for column in rule.listed("portable"):
        if column in register.tables[rule.table].fields and (rule.table, column) not in handled:
            yield ".portable", f"no purpose under contract or consent handles {column} (GDPR Art. 20)"


def _value(rule: Rule, column: str) -> str:
    place = f't."{column}"'
    if column in rule.listed("times"):
        return f"""to_char({place} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')"""
    return place if rule.kind(column) == "plain" else f"encode({place}, 'hex')"


def _rows_of_the_person(rule: Rule) -> str:
    if rule.pseudonymous:  # the length is the partial index's condition
        return f't."{rule.subject}" = pseudonym AND octet_length(t."{rule.subject}") > 0'
    own = f't.organisation_id = organisation AND t."{rule.subject}" = person'
    if "through" not in rule.raw:
        return own
    (table, column), = rule.raw["through"].items()
    return f"""t.organisation_id = organisation AND t."{column}" IN (
          SELECT t."{column}" FROM {rule.table} t WHERE {own}
           UNION SELECT m."{column}" FROM {table} m WHERE m.organisation_id = organisation AND m.user_id = person AND NOT own)"""


def _page(name: str, key: dict[str, str], owner: str, row: str, content: str, source: str) -> str:
    """The branch of the function for one file. `source` ends in its conditions."""
    place = ", ".join(f"{column}::text" for column in key)
    columns = ", ".join(key)
    after = ", ".join(f"coalesce(after[{i}]::{kind}, {FIRST[kind]})" for i, kind in enumerate(key.values(), 1))
    return f"""    WHEN '{name}' THEN RETURN QUERY
        SELECT ARRAY[{place}], {owner}, {row}, json_build_object({content})
          FROM {source}
           AND ({columns}) > ({after})
         ORDER BY {columns} LIMIT most;
"""


def _page_of(rule: Rule) -> str:
    key = {f't."{column}"': kind for column, kind in rule.raw["key"].items()}
    owner = f't."{rule.raw["owner"]}"' if "owner" in rule.raw else "person"
    row = f't."{rule.raw["row"]}"' if "row" in rule.raw else "NULL::uuid"
    content = ", ".join(f"'{column}', {_value(rule, column)}" for column in rule.columns)
    return _page(rule.table, key, owner, row, content, f"{rule.table} t WHERE {_rows_of_the_person(rule)}")


# Rows of others, as far as the person sees them every day: no table's rule, and in Art. 15's view only.
COMPANIONS = "conversation_members"
COLLEAGUES = "colleagues"
OF_OTHERS = [
    {"name": COMPANIONS, "title": {"sv": "Vilka som deltar i dina konversationer", "en": "Who is in your conversations"},
     "columns": {"conversation_id": "plain", "user_id": "plain"}},
    {"name": COLLEAGUES, "title": {"sv": "Namnen på dem, så som du ser dem", "en": "Their names, as you see them"},
     "columns": {"user_id": "plain", "given_name": "cipher", "family_name": "cipher"}, "sealed_in": "profiles"},
]


def _pages_of_others() -> list[str]:
    companions = """members m JOIN members t ON (t.organisation_id, t.conversation_id) = (m.organisation_id, m.conversation_id)
         WHERE m.organisation_id = organisation AND m.user_id = person AND t.user_id <> person
           AND m.conversation_id >= coalesce(after[1]::uuid, '00000000-0000-0000-0000-000000000000')"""
    colleagues = """users u JOIN profiles t ON (t.organisation_id, t.user_id) = (u.organisation_id, u.user_id)
         WHERE u.organisation_id = organisation AND u.state = 'active' AND u.restricted_at IS NULL AND u.user_id <> person
           AND u.user_id IN (SELECT o.user_id FROM members m JOIN members o
                 ON (o.organisation_id, o.conversation_id) = (m.organisation_id, m.conversation_id)
              WHERE m.organisation_id = organisation AND m.user_id = person)"""
    shown = ", ".join(f"""'{name}', CASE WHEN '{name}' = ANY (t.private_fields) THEN NULL ELSE encode(t.{name}, 'hex') END"""
                      for name in ("given_name", "family_name"))
    return [_page(COMPANIONS, {"t.conversation_id": "uuid", "t.user_id": "uuid"}, "t.user_id", "NULL::uuid",
                  "'conversation_id', t.conversation_id, 'user_id', t.user_id", companions),
            _page(COLLEAGUES, {"t.user_id": "uuid"}, "t.user_id", "t.user_id", f"'user_id', t.user_id, {shown}", colleagues)]


def sql(register: Register) -> str:
    """The function belongs to the tables' owner: rights reach rows through it alone, one person's at a time."""
    pages = [_page_of(rule) for rule in rules(register) if rule.columns] + _pages_of_others()
    return f"""DROP FUNCTION IF EXISTS {SIGNATURE};
CREATE FUNCTION export_page(wanted text, own boolean, organisation uuid, person uuid, pseudonym bytea, after text[], most integer)
RETURNS TABLE (place text[], owner uuid, row_id uuid, content json)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $export$
#variable_conflict use_variable
BEGIN
    CASE wanted
{"".join(pages)}    END CASE;
END $export$;
REVOKE ALL ON FUNCTION {SIGNATURE} FROM PUBLIC;"""


def texts(register: Register) -> dict:
    """What the program that makes archives goes by."""
    reasons = register.raw["withheld"]
    tables = [{"name": rule.table, "title": rule.raw["title"], "withheld": _withheld(register, rule),
               "sealed_in": rule.table,
               "columns": [{"name": c, "kind": rule.kind(c), "portable": c in rule.listed("portable")} for c in rule.columns]}
              for rule in rules(register)]
    others = [{"name": o["name"], "title": o["title"], "withheld": {}, "sealed_in": o.get("sealed_in", ""),
               "columns": [{"name": c, "kind": kind, "portable": False} for c, kind in o["columns"].items()]}
              for o in OF_OTHERS]
    return {"tables": tables + others, "reasons": reasons, "labels": register.raw["labels"]}


def _withheld(register: Register, rule: Rule) -> dict[str, str]:
    if "none" in rule.raw:
        return dict.fromkeys(register.tables[rule.table].fields, rule.raw["none"])
    return rule.raw.get("withheld", {})
