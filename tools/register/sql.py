"""Roles, column grants and row policies out of the register: the second of the two layers."""
from __future__ import annotations

import erasure
import expiry
import export
import fading
from model import RIGHTS, Purpose, Register, Table

# Owns the SECURITY DEFINER functions, and no role can log in as it.
OWNER_POLICY = "CREATE POLICY owner ON {table} TO samtal_owner USING (true) WITH CHECK (true);"


def standing(purpose: Purpose, table: Table) -> str:
    """Which rows the purpose may see: those whose subject stands so that the purpose may be pursued."""
    conditions = []
    same_person = f"({{alias}}.organisation_id, {{alias}}.user_id) = ({table.name}.organisation_id, {table.name}.{table.subject})"
    if purpose.raw["choice"] == "opt_in" and table.name != "consent_state" and table.name != "users":
        # OFFSET 0: or else, where it expects many rows, PostgreSQL reads the consents of all people first, for one person's rows.
        conditions.append(f"EXISTS (SELECT FROM consent_state c WHERE {same_person.format(alias='c')}"
                          f" AND c.purpose = '{purpose.name}' AND c.state = 'given' OFFSET 0)")
    if table.name == "consent_state" and purpose.raw["choice"] == "opt_in":
        # Here, because the test above looks through this policy: a consent to other terms than today's is none.
        conditions.append(f"purpose = '{purpose.name}' AND terms_hash = (SELECT current_terms('{purpose.name}'))")
    if purpose.raw["choice"] == "object":
        conditions.append(objected(purpose, table, same_person))
    if purpose.raw.get("honours_restriction", True) and not table.common and table.name not in ("users", "consent_state", "objections"):
        conditions.append(f"NOT EXISTS (SELECT FROM users r WHERE {same_person.format(alias='r')}"
                          " AND r.restricted_at IS NOT NULL)")
    return " AND ".join(condition for condition in conditions if condition) or "true"


def objected(purpose: Purpose, table: Table, same_person: str) -> str:
    """No row of anybody who objects to the purpose (GDPR Art. 21). Of the objections themselves it sees its own."""
    if table.name == "objections":
        return f"purpose = '{purpose.name}'"
    if table.name == "users":
        return ""
    return (f"NOT EXISTS (SELECT FROM objections o WHERE {same_person.format(alias='o')}"
            f" AND o.purpose = '{purpose.name}')")


def policies(register: Register) -> list[str]:
    out = []
    for table in register.tables.values():
        out.append(f"ALTER TABLE {table.name} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;")
        out.append(OWNER_POLICY.format(table=table.name))
        for purpose in register.purposes:
            if table.name not in purpose.touches() or not register.in_effect(purpose):
                continue
            rows = "true" if table.pseudonymous else standing(purpose, table)
            out.append(f"CREATE POLICY {purpose.name} ON {table.name} TO {purpose.role} USING ({rows})"
                       f" WITH CHECK ({rows});")
    return out


def grants(purpose: Purpose) -> list[str]:
    out = []
    for right in RIGHTS:
        for table, columns in purpose.columns(right).items():
            out.append(f"GRANT {right.upper()} ({', '.join(columns)}) ON {table} TO {purpose.role};")
    out += [f"GRANT DELETE ON {table} TO {purpose.role};" for table in purpose.raw.get("delete", [])]
    out += [f"GRANT EXECUTE ON FUNCTION {f} TO {purpose.role};" for f in purpose.raw.get("functions", [])]
    return out


RESET = """DO $$
DECLARE p record; r record;
BEGIN
    FOR p IN SELECT policyname, tablename FROM pg_policies WHERE schemaname = 'public' LOOP
        EXECUTE format('DROP POLICY %I ON %I', p.policyname, p.tablename);
    END LOOP;
    FOR r IN SELECT rolname FROM pg_roles WHERE pg_has_role(rolname, 'samtal_runtime', 'member') AND NOT rolsuper
              AND rolname <> 'samtal_runtime' LOOP
        EXECUTE format('REVOKE ALL ON ALL TABLES IN SCHEMA public FROM %I', r.rolname);
        -- Only our own: an extension's functions are nobody's to revoke.
        FOR p IN SELECT oid::regprocedure AS signature FROM pg_proc WHERE proowner = current_user::regrole LOOP
            EXECUTE format('REVOKE ALL ON FUNCTION %s FROM %I', p.signature, r.rolname);
        END LOOP;
    END LOOP;
END $$;"""


def script(register: Register) -> str:
    lines = [RESET, erasure.function(register), "REVOKE ALL ON schema_migrations FROM samtal_runtime;",
             "GRANT USAGE ON SCHEMA public TO samtal_runtime;", export.sql(register), *expiry.functions(register),
             *fading.functions(register)]
    for purpose in register.purposes:
        lines += grants(purpose) if register.in_effect(purpose) else []
    return "\n".join(lines + policies(register)) + "\n"
