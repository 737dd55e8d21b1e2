"""The erasure plan out of the register: one function that knows every personal table, so that none can be forgotten."""
from __future__ import annotations

from export import FIRST
from model import Register, Table

SIGNATURE = "erase_subject(uuid, uuid, text, text[], integer)"

# A batch, not the whole: about `most` rows, from the row `after` of the holding `beginning` on, so that no transaction is long
# and none passes by what those before it deleted. A row comes back for each holding, the last with how far it came; fewer rows
# in all than `most`: nothing is left.
HEAD = """CREATE OR REPLACE FUNCTION erase_subject(organisation uuid, person uuid, beginning text, after text[], most integer)
RETURNS TABLE (category text, holding text, erased bigint, reached text[])
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $erase$
#variable_conflict use_variable
DECLARE
    room integer := most;
    place integer := coalesce(array_position(ARRAY[{holdings}], beginning), 1);
BEGIN
"""
TAIL = f"""END $erase$;
REVOKE ALL ON FUNCTION {SIGNATURE} FROM PUBLIC;"""

STEP = """    IF place <= {number} THEN
        {action}
        IF erased > 0 THEN
            category := '{category}'; holding := '{table}'; room := room - erased;
            RETURN NEXT;
            IF room <= 0 THEN RETURN; END IF;
        END IF;
        after := NULL;
    END IF;
"""
DELETE = """WITH due AS MATERIALIZED (
            SELECT d.*, row_number() OVER () AS n
              FROM (SELECT t.ctid AS spot, ARRAY[{texts}] AS key FROM {table} t
                     WHERE t.organisation_id = organisation AND t.{subject} = person AND ({keys}) > ({after})
                     ORDER BY {keys} LIMIT room) AS d
        ), gone AS (
            DELETE FROM {table} t WHERE t.ctid = ANY (ARRAY(SELECT d.spot FROM due d)) RETURNING 1
        ) SELECT (SELECT count(*) FROM gone), (SELECT d.key FROM due d ORDER BY d.n DESC LIMIT 1) INTO erased, reached;"""
# A table that no archive holds has no order of its own there.
DELETE_ANY = """DELETE FROM {table} t WHERE t.ctid = ANY (ARRAY(
            SELECT s.ctid FROM {table} s WHERE s.organisation_id = organisation AND s.{subject} = person LIMIT room));
        GET DIAGNOSTICS erased = ROW_COUNT; reached := NULL;"""
CALL = "erased := {function}(organisation, person, room); reached := NULL;"
WALK = "SELECT f.erased, f.reached INTO erased, reached FROM {function}(organisation, person, after, room) AS f;"


def _delete(register: Register, table: Table) -> str:
    key = register.raw["export"][table.name].get("key")
    if key is None:
        return DELETE_ANY.format(table=table.name, subject=table.subject)
    columns = [f"t.{column}" for column in key]
    after = ", ".join(f"coalesce(after[{i}]::{kind}, {FIRST[kind]})" for i, kind in enumerate(key.values(), 1))
    return DELETE.format(table=table.name, subject=table.subject, keys=", ".join(columns), after=after,
                         texts=", ".join(f"{column}::text" for column in columns))


def _action(register: Register, table: Table) -> str:
    if table.erase == "delete":
        return _delete(register, table)
    return (WALK if table.erase_walks else CALL).format(function=table.erase)


def plan(register: Register) -> list[Table]:
    """Children before parents: the register names a table after those that it refers to. Pseudonymous rows lead to nobody once
    the key is gone."""
    return [table for table in reversed(register.tables.values()) if not table.pseudonymous]


def function(register: Register) -> str:
    tables = plan(register)
    steps = (STEP.format(number=number, action=_action(register, table), category=table.category(), table=table.name)
             for number, table in enumerate(tables, 1))
    return HEAD.format(holdings=", ".join(f"'{table.name}'" for table in tables)) + "".join(steps) + TAIL
