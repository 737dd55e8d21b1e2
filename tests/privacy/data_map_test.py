"""The data map is in the schema: every table and column is declared, and personal tables guard their rows."""
from __future__ import annotations

import re
import tomllib
from typing import Any

import pytest

from support.database import Cluster
from support.platform import REPOSITORY, Platform

REGISTER: dict[str, Any] = tomllib.loads((REPOSITORY / "config/processing.toml").read_text())
TABLES = """SELECT c.relname, coalesce(obj_description(c.oid, 'pg_class'), ''), c.relrowsecurity, c.relforcerowsecurity
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p', 'm', 'f')
    AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg_toast%' ORDER BY 1"""
COLUMNS = """SELECT c.relname, a.attname, coalesce(col_description(c.oid, a.attnum), '') FROM pg_class c
    JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid WHERE c.relkind IN
    ('r', 'p', 'm', 'f') AND a.attnum > 0 AND NOT a.attisdropped AND n.nspname NOT IN ('pg_catalog',
    'information_schema') AND n.nspname NOT LIKE 'pg_toast%' ORDER BY 1, 2"""
DATABASES = [("postgres", "samtal"), ("postgres", "samtal_statistics"), ("postgres-keys", "samtal_keys")]


def is_personal(comment: str) -> bool:
    return comment.startswith("personal")


@pytest.mark.parametrize("place", DATABASES, ids=[name for _, name in DATABASES])
def test_A2_every_table_and_column_is_declared(platform: Platform, place: tuple[str, str]) -> None:
    cluster = Cluster(platform, place[0])
    tables, columns = cluster.ask(place[1], TABLES), cluster.ask(place[1], COLUMNS)
    assert tables and columns
    declared = re.compile(r"^(personal|not personal)(;|$)")
    assert [row[0] for row in tables if not declared.match(row[1])] == []
    assert [f"{row[0]}.{row[1]}" for row in columns if not declared.match(row[2] if len(row) > 2 else "")] == []


def test_A2_a_personal_table_says_who_keeps_it_for_what_and_how_long(platform: Platform) -> None:
    for table, comment, *_ in Cluster(platform).ask("samtal", TABLES):
        if is_personal(comment):
            for part in ("holder=", "purpose=", "keep="):
                assert part in comment, f"{table}: {comment}"


def test_A2_the_schema_and_the_register_name_the_same_personal_fields(platform: Platform) -> None:
    columns = Cluster(platform).ask("samtal", COLUMNS)
    in_schema = {f"{table}.{column}" for table, column, comment in columns if is_personal(comment)}
    in_register = {f"{table}.{field}" for table, described in REGISTER["tables"].items()
                   for field in described["fields"]}
    assert in_schema == in_register
    for table, column, comment in columns:
        if is_personal(comment):
            assert f"field={table}.{column}" in comment


def test_I1_every_personal_table_expires_or_says_why_not(platform: Platform) -> None:
    """And the job can find what is due: the functions that the register derives know each of its categories."""
    cluster, expiry = Cluster(platform), REGISTER["expiry"]
    personal = {row[0] for row in cluster.ask("samtal", TABLES) if is_personal(row[1])}
    assert personal - set(expiry) == set()
    for table, rule in expiry.items():
        assert rule.get("stays") or {"purpose", "anchor"} <= set(rule), table
    rules = [table for table, rule in expiry.items() if "stays" not in rule]
    assert len(rules) >= 10
    for table in rules:
        due = f"retention_count('{table}', 'P0D', 'P0D', '1970-01-01')"
        if "counted_in" in expiry[table]:  # it fades before it goes
            due = "(SELECT count(*) FROM fading_due('counted', 'P0D', 'P0D', 'P0D', '1970-01-01'))"
        assert cluster.ask("samtal", f"SELECT {due}") == [["0"]]


# Whose periods may be the organisation's own; and what fades is found by how far it has faded.
NARROWER = {"call_counters": ["organisation_id = '00000000-0000-7000-8000-000000000000'"],
            "calls": [f"organisation_id = '00000000-0000-7000-8000-000000000000' AND stage = '{stage}'{more}"
                      for stage, more in (("full", ""), ("token", " AND stage <> 'full'"))]}


def test_I1_what_expires_is_found_by_an_index(platform: Platform) -> None:
    """A run's cost follows what it deletes, not how much is kept."""
    for table, rule in REGISTER["expiry"].items():
        if "stays" in rule:
            continue
        for narrower in NARROWER.get(table, ["true"]):
            plan = Cluster(platform).ask("samtal", f"""SET enable_seqscan = off; EXPLAIN SELECT FROM {table}
                WHERE {narrower} AND {rule['anchor']} < '2000-01-01' ORDER BY {rule['anchor']} LIMIT 10""")
            assert any("Index" in row[0] for row in plan) and not any("Sort" in row[0] for row in plan), (table, plan)


def test_A2_a_column_is_personal_only_in_a_personal_table(platform: Platform) -> None:
    cluster = Cluster(platform)
    personal = {table for table, comment, *_ in cluster.ask("samtal", TABLES) if is_personal(comment)}
    assert {table for table, _, comment in cluster.ask("samtal", COLUMNS) if is_personal(comment)} == personal


def test_A2_rows_of_personal_tables_are_guarded_even_from_their_owner(platform: Platform) -> None:
    tables = Cluster(platform).ask("samtal", TABLES)
    personal = [row for row in tables if is_personal(row[1])]
    assert len(personal) >= 10
    assert [row[0] for row in personal if row[2:] != ["t", "t"]] == []


def test_C2_the_workers_database_is_not_personal(platform: Platform) -> None:
    cluster = Cluster(platform)
    said = [row[1] for row in cluster.ask("samtal_statistics", TABLES)]
    said += [row[2] for row in cluster.ask("samtal_statistics", COLUMNS)]
    assert all(comment.startswith("not personal") for comment in said)


def test_B3_a_row_policy_hides_what_the_consent_does_not_cover(platform: Platform) -> None:
    """Policies exist for every purpose role on every personal table that the register lets it select from."""
    rows = Cluster(platform).ask("samtal", """SELECT p.tablename, r FROM pg_policies p, unnest(p.roles) AS r""")
    guarded = {(table, role) for table, role in rows}
    for purpose, described in REGISTER["purposes"].items():
        if REGISTER["service_class"] not in described.get("service_classes", [REGISTER["service_class"]]):
            continue  # it does not exist here, and its role has no rights
        for table in described.get("select", {}):
            if table in REGISTER["tables"]:
                assert {(table, f"samtal_{purpose}"), (table, "public"), (table, "samtal_runtime")} & guarded
