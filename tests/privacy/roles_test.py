"""A2, I5: what each database role can do is what the processing register says, found out by trying."""
from __future__ import annotations

import re
import tomllib
from typing import Any

import pytest

from support.database import Cluster
from support.platform import REPOSITORY, Platform

REGISTER: dict[str, Any] = tomllib.loads((REPOSITORY / "config/processing.toml").read_text())
PURPOSES: dict[str, dict[str, Any]] = REGISTER["purposes"]
OUTSIDE = "n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg_toast%'"


@pytest.fixture(scope="module")
def main(platform: Platform) -> Cluster:
    return Cluster(platform)


@pytest.fixture(scope="module")
def columns(main: Cluster) -> list[tuple[str, str]]:
    """Every (table, column) of the main database."""
    rows = main.ask("samtal", f"""SELECT c.relname, a.attname FROM pg_class c
        JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid
        WHERE c.relkind IN ('r', 'p', 'v', 'm') AND a.attnum > 0 AND NOT a.attisdropped AND {OUTSIDE}
        ORDER BY 1, 2""")
    assert len(rows) > 50
    return [(table, column) for table, column in rows]


def granted(purpose: str, kind: str) -> set[tuple[str, str]]:
    """Nothing for a purpose that does not exist in a service of this class."""
    if REGISTER["service_class"] not in PURPOSES[purpose].get("service_classes", [REGISTER["service_class"]]):
        return set()
    named = PURPOSES[purpose].get(kind, {})
    return {(table, column) for table, listed in named.items() for column in listed}


def login_roles(main: Cluster) -> list[str]:
    rows = main.ask("postgres", "SELECT rolname FROM pg_roles WHERE rolcanlogin AND rolname LIKE 'samtal%' ORDER BY 1")
    return [row[0] for row in rows]


def test_A2_every_purpose_of_the_register_has_its_role(main: Cluster) -> None:
    roles = set(login_roles(main))
    others = {"samtal_migrator", "samtal_aggregator"}
    assert others <= roles
    assert roles - others <= {f"samtal_{purpose}" for purpose in PURPOSES}
    assert len(roles - others) >= 8
    for purpose in PURPOSES:
        if any(kind in PURPOSES[purpose] for kind in ("select", "insert", "update", "delete")):
            assert f"samtal_{purpose}" in roles


@pytest.mark.parametrize("purpose", sorted(PURPOSES))
def test_A2_a_role_reads_what_the_register_names_and_nothing_else(main: Cluster, columns: list[tuple[str, str]],
                                                                  purpose: str) -> None:
    if f"samtal_{purpose}" not in login_roles(main):
        assert granted(purpose, "select") == set()
        return
    tries = "".join(f"""SELECT '{table}', '{column}' FROM (SELECT count("{column}") FROM "{table}") AS tried;\n"""
                    for table, column in columns)
    answer = main.ask_as(f"samtal_{purpose}", "samtal", tries + "SELECT 'end', 'end';")
    read = {(row[0], row[1]) for row in answer.rows}
    assert ("end", "end") in read, answer.problems[-500:]
    assert read - {("end", "end")} == granted(purpose, "select")


# Tries statements and says of each whether the role had the right. Whatever a statement did is rolled back; what it broke
# (a constraint, a row policy) it could only break because it was allowed to begin.
TRIES = """DO $tries$
DECLARE t text[]; tries text[][] := ARRAY[%s];
BEGIN
    FOREACH t SLICE 1 IN ARRAY tries LOOP
        BEGIN
            EXECUTE t[2];
            RAISE EXCEPTION 'done';
        EXCEPTION WHEN OTHERS THEN
            IF SQLERRM NOT LIKE 'permission denied%%' THEN RAISE NOTICE 'may %%', t[1]; END IF;
        END;
    END LOOP;
    RAISE NOTICE 'tried %%', array_length(tries, 1);
END $tries$;"""
TRY = {
    "insert": 'INSERT INTO "{table}" ("{column}") VALUES (NULL)',
    "update": 'UPDATE "{table}" SET "{column}" = NULL WHERE false',
    "delete": 'DELETE FROM "{table}" WHERE false',
    "truncate": 'TRUNCATE "{table}"',
}


def tried(main: Cluster, role: str, kind: str, columns: list[tuple[str, str]]) -> set[tuple[str, str]]:
    """The (table, column) pairs on which the role may do `kind`, by doing it."""
    rows = [f"ARRAY['{table}.{column}', '{TRY[kind].format(table=table, column=column)}']" for table, column in columns]
    said = main.ask_as(role, "samtal", TRIES % ",\n".join(rows)).problems
    assert f"tried {len(columns)}" in said, said[-500:]
    found = re.findall(r"NOTICE:  may ([a-z_]+)\.([a-z_]*)$", said, re.MULTILINE)
    return {(table, column) for table, column in found}


@pytest.mark.parametrize("purpose", sorted(PURPOSES))
def test_A2_a_role_changes_what_the_register_names_and_nothing_else(main: Cluster, columns: list[tuple[str, str]],
                                                                    purpose: str) -> None:
    role = f"samtal_{purpose}"
    tables = [(table, "") for table in sorted({table for table, _ in columns})]
    assert tried(main, role, "insert", columns) == granted(purpose, "insert")
    assert tried(main, role, "update", columns) == granted(purpose, "update")
    assert {table for table, _ in tried(main, role, "delete", tables)} == set(PURPOSES[purpose].get("delete", []))
    assert tried(main, role, "truncate", tables) == set()


def test_A2_a_right_that_the_register_does_not_name_is_noticed(main: Cluster, columns: list[tuple[str, str]]) -> None:
    """The negative control: one column more, and the matrix differs."""
    before = tried(main, "samtal_marketing", "update", columns)
    main.ask("samtal", "GRANT UPDATE (email) ON profiles TO samtal_marketing")
    try:
        assert tried(main, "samtal_marketing", "update", columns) - before == {("profiles", "email")}
    finally:
        main.ask("samtal", "REVOKE UPDATE (email) ON profiles FROM samtal_marketing")


def test_I5_no_role_at_run_time_has_power_or_owns_anything(main: Cluster, platform: Platform) -> None:
    for cluster, databases in ((main, ("samtal", "samtal_statistics")),
                               (Cluster(platform, "postgres-keys"), ("samtal_keys",))):
        rows = cluster.ask("postgres", """SELECT rolname, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb,
            rolreplication FROM pg_roles WHERE rolcanlogin AND rolname LIKE 'samtal%'""")
        assert rows
        for name, *powers in rows:
            allowed = ["f", "f", "t", "f", "f"] if name.endswith("_migrator") else ["f"] * 5
            assert all(power == "f" or may == "t" for power, may in zip(powers, allowed)), name
        for database in databases:
            owners = {row[0] for row in cluster.ask(database, f"""SELECT DISTINCT pg_get_userbyid(c.relowner)
                FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE {OUTSIDE} UNION
                SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = current_database()""")}
            can_log_in = {row[0] for row in cluster.ask(database, "SELECT rolname FROM pg_roles WHERE rolcanlogin")}
            assert owners and not owners & can_log_in


def test_I5_nobody_at_run_time_can_become_an_owner_or_another_purpose(main: Cluster) -> None:
    roles = [role for role in login_roles(main) if role != "samtal_migrator"]
    for role in roles:
        rows = main.ask("postgres", f"""SELECT rolname FROM pg_roles WHERE rolname <> '{role}'
            AND pg_has_role('{role}', oid, 'MEMBER')""")
        assert {row[0] for row in rows} <= {"samtal_runtime"}


@pytest.mark.parametrize("database", ["samtal", "postgres", "template1"])
def test_C2_the_worker_cannot_reach_another_database(main: Cluster, database: str) -> None:
    answer = main.ask_as("samtal_aggregator", database, "SELECT 1;")
    assert answer.code != 0 and answer.rows == []
    assert "pg_hba" in answer.problems
    control = main.ask_as("samtal_aggregator", "samtal_statistics", "SELECT 1;")
    assert control.rows == [["1"]], control.problems


def test_I5_purpose_roles_reach_no_other_database(main: Cluster, platform: Platform) -> None:
    role = "samtal_chat_messaging"
    for database in ("samtal_statistics", "postgres", "template1"):
        assert main.ask_as(role, database, "SELECT 1;").code != 0
    keys = Cluster(platform, "postgres-keys")
    assert keys.ask_as(role, "samtal_keys", "SELECT 1;").code != 0


def test_I5_a_wrong_password_is_refused(main: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(main, "password", lambda role: "fel")
    for role, database in (("samtal_chat_messaging", "samtal"), ("samtal_aggregator", "samtal_statistics")):
        assert main.ask_as(role, database, "SELECT 1;").code != 0


def test_I5_the_clusters_listen_on_no_network(main: Cluster, platform: Platform) -> None:
    for cluster in (main, Cluster(platform, "postgres-keys")):
        assert cluster.ask("postgres", "SHOW listen_addresses") == []
        for setting, wanted in (("fsync", "on"), ("full_page_writes", "on"), ("synchronous_commit", "on"),
                                ("log_error_verbosity", "terse"), ("log_statement", "none"),
                                ("password_encryption", "scram-sha-256"), ("data_checksums", "on")):
            assert cluster.ask("postgres", f"SHOW {setting}") == [[wanted]], setting
