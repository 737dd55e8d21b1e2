"""The erasure plan out of the register: one function that knows every personal table, so that none can be forgotten."""
from __future__ import annotations

from model import Register, Table

# A batch, not the whole: `most` rows at most, so that no transaction is long. Called until nothing is left.
HEAD = """CREATE OR REPLACE FUNCTION erase_subject(organisation uuid, person uuid, most integer)
RETURNS TABLE (category text, holding text, erased bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $erase$
DECLARE room bigint := most;
BEGIN
"""
TAIL = """END $erase$;
REVOKE ALL ON FUNCTION erase_subject(uuid, uuid, integer) FROM PUBLIC;"""

STEP = """    {action}
    IF erased > 0 THEN
        category := '{category}'; holding := '{table}'; room := room - erased;
        RETURN NEXT;
        IF room <= 0 THEN RETURN; END IF;
    END IF;
"""
DELETE = """DELETE FROM {table} WHERE ctid = ANY (ARRAY(
        SELECT ctid FROM {table} WHERE organisation_id = $1 AND {subject} = $2 LIMIT room));
    GET DIAGNOSTICS erased = ROW_COUNT;"""
CALL = "erased := {function}(organisation, person, room::integer);"


def step(table: Table) -> str:
    action = (DELETE.format(table=table.name, subject=table.subject) if table.erase == "delete"
              else CALL.format(function=table.erase))
    return STEP.format(action=action, category=table.category(), table=table.name)


def plan(register: Register) -> list[Table]:
    """Children before parents: the register names a table after those that it refers to. Pseudonymous rows lead to nobody once
    the key is gone."""
    return [table for table in reversed(register.tables.values()) if not table.pseudonymous]


def function(register: Register) -> str:
    return HEAD + "".join(step(table) for table in plan(register)) + TAIL
