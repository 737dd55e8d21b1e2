"""J1: nothing of the data map is missing in a person's archive, and how a rule reads a column is how the schema keeps it."""
from __future__ import annotations

import re
import tomllib
from typing import Any

import pytest

from support.database import Cluster
from support.platform import REPOSITORY, Platform

REGISTER: dict[str, Any] = tomllib.loads((REPOSITORY / "config/processing.toml").read_text())
RULES: dict[str, dict[str, Any]] = REGISTER["export"]
COLUMNS = """SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod), obj_description(c.oid, 'pg_class'),
    col_description(c.oid, a.attnum) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_attribute a ON a.attrelid = c.oid WHERE c.relkind IN ('r', 'p') AND a.attnum > 0 AND NOT a.attisdropped
    AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg_toast%' ORDER BY 1, 2"""
TYPES = {"timestamptz": "timestamp with time zone"}
CALL = "SELECT * FROM export_page('profiles', false, gen_random_uuid(), gen_random_uuid(), '', NULL, 10);"


@pytest.fixture(scope="module")
def main(platform: Platform) -> Cluster:
    return Cluster(platform)


@pytest.fixture(scope="module")
def personal(main: Cluster) -> dict[str, dict[str, tuple[str, str]]]:
    """Of each personal table its columns with type and comment."""
    tables: dict[str, dict[str, tuple[str, str]]] = {}
    for table, column, kind, said, comment in main.ask("samtal", COLUMNS):
        if said.startswith("personal"):
            tables.setdefault(table, {})[column] = (kind, comment)
    assert len(tables) > 10
    return tables


def exported(table: str) -> list[str]:
    rule = RULES[table]
    if "none" in rule:
        return []
    return [column for column in {*rule.get("beside", []), *REGISTER["tables"][table]["fields"]}
            if column not in rule.get("withheld", {})]


def test_J1_every_personal_table_has_its_rule(personal: dict[str, dict[str, tuple[str, str]]]) -> None:
    assert set(personal) == set(RULES)


def test_J1_every_personal_column_is_exported_or_withheld_for_a_reason(
        personal: dict[str, dict[str, tuple[str, str]]]) -> None:
    for table, columns in personal.items():
        rule = RULES[table]
        if "none" in rule:
            assert rule["none"] in REGISTER["withheld"]
            continue
        of_the_person = {column for column, (_, comment) in columns.items() if comment.startswith("personal")}
        assert of_the_person <= {*exported(table), *rule.get("withheld", {})}, table


def test_J1_what_the_schema_calls_a_cipher_is_opened_and_nothing_else(
        personal: dict[str, dict[str, tuple[str, str]]]) -> None:
    for table, columns in personal.items():
        rule = RULES[table]
        opened = {*rule.get("cipher", []), *rule.get("cipher_json", []), *rule.get("cipher_wav", [])}
        ciphers = {column for column, (_, comment) in columns.items() if re.search(r"; cipher\b", comment)}
        assert opened <= ciphers, table
        if "none" not in rule:
            assert ciphers <= {*opened, *rule.get("withheld", {})}, table


def test_J1_columns_have_the_types_that_the_rules_rely_on(personal: dict[str, dict[str, tuple[str, str]]]) -> None:
    for table, columns in personal.items():
        rule = RULES[table]
        shown = exported(table)
        assert {*shown, *rule.get("withheld", {})} <= set(columns), table
        bytes_shown = {column for column in shown if columns[column][0] == "bytea"}
        assert bytes_shown == {*rule.get("cipher", []), *rule.get("cipher_json", []), *rule.get("cipher_wav", []),
                               *rule.get("document", []), *rule.get("hex", [])}, table
        times = {column for column in shown if columns[column][0] == TYPES["timestamptz"]}
        assert times == set(rule.get("times", [])), table
        for column, kind in rule.get("key", {}).items():
            assert columns[column][0] == TYPES.get(kind, kind), f"{table}.{column}"
        if "row" in rule:
            assert columns[rule["row"]][0] == "uuid", table


def test_J1_a_key_and_its_subject_tell_rows_apart(main: Cluster) -> None:
    """Else a page would begin behind rows that were never read."""
    unique = {(table, frozenset(columns.split(","))) for table, columns in main.ask("samtal", """
        SELECT c.relname, string_agg(a.attname, ',') FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
          JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = ANY (i.indkey)
         WHERE i.indisunique AND i.indpred IS NULL AND c.relnamespace = 'public'::regnamespace GROUP BY i.indexrelid, c.relname""")}
    for table, rule in RULES.items():
        if "none" not in rule:
            known = {"organisation_id", REGISTER["tables"][table]["subject"], *rule["key"]}
            assert any(name == table and columns <= known for name, columns in unique), table


def test_A2_only_rights_reach_rows_through_the_export(main: Cluster) -> None:
    roles = [row[0] for row in main.ask("samtal", "SELECT rolname FROM pg_roles WHERE rolcanlogin AND rolname LIKE 'samtal\\_%'")]
    assert len(roles) > 5
    purposes = {f"samtal_{purpose}" for purpose in REGISTER["purposes"]}
    may = {role for role in purposes & set(roles) if "permission denied" not in main.ask_as(role, "samtal", CALL).problems}
    assert may == {"samtal_rights_and_evidence"}
