"""When rows go: the rules of [expiry] checked, and the functions by which the retention job counts and deletes what is due.

The job's role may call `retention_count` and `retention_delete` and touches no table of anybody's. Periods come as arguments
(they may change while the server runs); tables, anchors and exceptions are fixed here.
"""
from __future__ import annotations

import dataclasses
import re

KEYS = {"purpose", "anchor", "duration", "step", "held", "current_in", "made", "stays", "sooner", "counted_in"}
# What may go sooner for an organisation, by a period of its own.
SOONER = {"messages", "call_counters"}
ANCHOR = re.compile(r"[a-z_]+(\([a-z_]+(, [a-z_]+)*\))?")
DURATION = re.compile(r"P(\d+[YMD])+")
SIGNATURES = ("retention_count(text, interval, interval, timestamptz)",
              "retention_delete(text, interval, timestamptz, timestamptz, integer)")
# A month's end may bring a row's day up to three days nearer than the period counted backwards says.
CLAMP = "interval '4 days'"


@dataclasses.dataclass(frozen=True)
class Rule:
    category: str     # what reports and metrics call it
    table: str
    purpose: str
    duration: str
    lag: str
    source: str       # FROM …, with the table as t
    anchor: str       # when the period begins
    conditions: tuple[str, ...]
    front: bool       # conversations.first_seq follows
    own: bool = False # a period of its own, not the purpose's
    step: str = ""    # the purpose's step whose period it is

    def due(self) -> str:
        return " AND ".join((f"{self.anchor} < moment - period + {CLAMP}", f"{self.anchor} + period <= moment", *self.conditions))


def check(register, want) -> None:
    """`want(path, key, good, problem)` refuses."""
    entries, path = register.raw["expiry"], register.path
    for table in register.tables:
        want(path, f"tables.{table}", table in entries, "has no line in [expiry]")
    purposes = {purpose.name: purpose for purpose in register.purposes}
    for table, entry in entries.items():
        key = f"expiry.{table}"
        for name in entry:
            want(path, f"{key}.{name}", name in KEYS, "unknown key")
        if "stays" in entry:
            kept_by_consent = purposes[entry["purpose"]].raw["choice"] == "opt_in" if entry.get("purpose") in purposes else False
            keys = {"stays", "purpose", "made"} if kept_by_consent else {"stays"}
            want(path, key, set(entry) == keys and bool(entry["stays"]), "what stays has a reason and no period")
            continue
        want(path, key, entry.get("purpose") in purposes, "names no purpose")
        want(path, key, bool(ANCHOR.fullmatch(entry.get("anchor", ""))), "needs an anchor: a column, or a function of columns")
        want(path, key, purposes[entry["purpose"]].raw["choice"] != "opt_in" or "made" in entry,
             "rows under a consent need `made`: the UUIDv7 column that tells which consent they came under")
        want(path, f"{key}.sooner", "sooner" not in entry or table in SOONER, "no organisation has a period of its own for it")
        want(path, f"{key}.step", entry.get("step") is None or entry["step"] in _steps(purposes[entry["purpose"]]), "no step of its purpose")
        want(path, f"{key}.counted_in", entry.get("counted_in", table) in entries, "is no table")
        want(path, key, bool(DURATION.fullmatch(entry.get("duration", "P0D"))), "needs an ISO 8601 duration")


def _steps(purpose) -> dict[str, str]:
    return {step["of"]: step["duration"] for step in purpose.raw["retention"].get("steps", [])}


def rules(register) -> list[Rule]:
    out = []
    purposes = {purpose.name: purpose for purpose in register.purposes}
    for table, entry in register.raw["expiry"].items():
        if "purpose" in entry:
            of_table = _rules_of(register, table, entry, purposes[entry["purpose"]])
            out += of_table[1:] if "counted_in" in entry else of_table  # fading.py has the first
    return out


def fading_rule(register) -> Rule:
    """Calls whose time is up. Its conditions: no hold, then what makes a consent stand."""
    entry = register.raw["expiry"]["calls"]
    purpose = next(p for p in register.purposes if p.name == entry["purpose"])
    return _rules_of(register, "calls", entry, purpose)[0]


def _rules_of(register, table: str, entry: dict, purpose) -> list[Rule]:
    kept = purpose.raw["retention"]
    described = register.tables.get(table)
    subject = described.subject if described and not described.pseudonymous else None
    conditions = []
    if subject and entry.get("held", True):
        conditions.append("NOT EXISTS (SELECT FROM legal_holds h WHERE (h.organisation_id, h.user_id)"
                          f" = (t.organisation_id, t.{subject}) AND h.released_at IS NULL)")
    step = entry.get("step", "")
    duration = _steps(purpose)[step] if step else entry.get("duration", kept["duration"])
    rule = Rule(table, table, purpose.name, duration, kept["lag"], f"{table} t",
                entry.get("anchor", ""), tuple(conditions), table == "messages", "duration" in entry, step)
    if "stays" in entry:
        return _rules_of_consent(rule, subject, entry["made"])[1:]
    if entry.get("current_in"):
        current = (f"NOT EXISTS (SELECT FROM {entry['current_in']} c WHERE (c.organisation_id, c.user_id, c.event_id)"
                   f" = (t.organisation_id, t.{subject}, t.event_id))")
        return [dataclasses.replace(rule, conditions=(*conditions, current))]
    if purpose.raw["choice"] != "opt_in":
        return [rule] if "sooner" not in entry else _rules_of_choice(rule, entry["sooner"])
    first, *of_consent = _rules_of_consent(rule, subject, entry["made"])
    return [_by_organisation(first, entry["sooner"]) if "sooner" in entry else first, *of_consent]


def _by_organisation(rule: Rule, chosen: str) -> Rule:
    """Each organisation's rows by its own period, and never by a longer one than the register's. The rows say what is due."""
    own = f"least(o.{chosen}, period)"
    rows = (f"SELECT r.ctid, r.* FROM {rule.table} r WHERE r.organisation_id = o.organisation_id"
            f" AND r.{rule.anchor} < moment - {own} + {CLAMP} AND r.{rule.anchor} + {own} <= moment OFFSET 0")
    return dataclasses.replace(rule, source=f"organisations o CROSS JOIN LATERAL ({rows}) t", anchor="moment - period")


def _rules_of_choice(rule: Rule, chosen: str) -> list[Rule]:
    others = f"NOT EXISTS (SELECT FROM organisations o WHERE o.organisation_id = t.organisation_id AND o.{chosen} IS NOT NULL)"
    return [dataclasses.replace(rule, conditions=(*rule.conditions, others)), _sooner(rule, chosen)]


def _sooner(rule: Rule, chosen: str) -> Rule:
    """Messages of organisations that chose a period of their own, and never more than the register's. From conversation to conversation:
    each costs a look at its front, since messages lie there in the order of time, so that neither other organisations' messages nor what
    is not due yet is read."""
    own = f"least(o.{chosen}, period)"
    front = ("LEFT JOIN LATERAL (SELECT m.seq FROM messages m WHERE (m.organisation_id, m.conversation_id)"
             f" = (k.organisation_id, k.conversation_id) AND m.sent_at + {own} > moment ORDER BY m.seq LIMIT 1) f ON true")
    rows = ("CROSS JOIN LATERAL (SELECT r.ctid, r.* FROM messages r WHERE (r.organisation_id, r.conversation_id)"
            " = (k.organisation_id, k.conversation_id) AND r.seq < coalesce(f.seq, k.last_seq + 1)"
            f" AND r.sent_at + {own} <= moment OFFSET 0) t")
    source = f"organisations o JOIN conversations k ON k.organisation_id = o.organisation_id {front} {rows}"
    # The rows say what is due; ordering by a constant sorts nothing.
    return dataclasses.replace(rule, category=f"{rule.table}_of_choice", source=source, anchor="moment - period",
                               conditions=(*rule.conditions, f"o.{chosen} IS NOT NULL"))


def _rules_of_consent(rule: Rule, subject: str, made: str) -> list[Rule]:
    """Kept only under a consent: gone within a day of its end, whatever the period, and also when it was given anew meanwhile.
    Each row is of one of the four categories. From people to their rows, so that no history is read but each one's last end."""
    table, conditions = rule.table, rule.conditions
    terms = f"(SELECT current_terms('{rule.purpose}'))"
    # Ordering by a constant sorts nothing, so that a batch need not look at everybody.
    renewed = f"(SELECT max(c.since) FROM consent_terms c WHERE c.purpose = '{rule.purpose}')"
    # OFFSET 0: looked up once for each person, whatever the planner thinks of their number.
    last_end = ("CROSS JOIN LATERAL (SELECT greatest("
                "(SELECT v.acted_at FROM consent_events v WHERE (v.organisation_id, v.user_id, v.purpose)"
                " = (s.organisation_id, s.user_id, s.purpose) AND v.state <> 'given' ORDER BY v.sequence DESC LIMIT 1), "
                "(SELECT max(c.since) FROM consent_terms c WHERE c.purpose = s.purpose AND c.since <= s.since HAVING count(*) > 1)"
                ") AS ended_at OFFSET 0) e")
    # The least UUIDv7 of that moment: older ids were made before it.
    moment = "(lpad(to_hex((extract(epoch FROM e.ended_at) * 1000)::bigint), 12, '0') || repeat('0', 20))::uuid"

    def person(row: str) -> str:
        return f"(s.organisation_id, s.user_id, s.purpose) = ({row}.organisation_id, {row}.{subject}, '{rule.purpose}')"

    def rows(earlier: str = "true") -> str:
        return (f"CROSS JOIN LATERAL (SELECT r.ctid, r.* FROM {table} r WHERE {person('r')} AND {earlier} OFFSET 0) t")

    def gone(name: str, anchor: str, source: str, *which: str) -> Rule:
        return dataclasses.replace(rule, category=f"{table}_{name}", duration="P0D", lag="P1D", own=True, anchor=anchor, source=source,
                                   conditions=(*conditions, f"s.purpose = '{rule.purpose}'", *which))

    standing = f"NOT EXISTS (SELECT FROM consent_state s WHERE {person('t')} AND (s.state <> 'given' OR s.terms_hash <> {terms}))"
    of_it = f"NOT EXISTS (SELECT FROM consent_state s {last_end} WHERE {person('t')} AND t.{made} < {moment})"
    return [dataclasses.replace(rule, conditions=(*conditions, standing, of_it)),
            gone("withdrawn", "s.since", f"consent_state s {rows()}", "s.state <> 'given'"),
            gone("of_expired_consent", renewed, f"consent_state s {rows()}", "s.state = 'given'", f"s.terms_hash <> {terms}"),
            gone("of_earlier_consent", "e.ended_at", f"consent_state s {last_end} {rows(f'r.{made} < {moment}')}",
                 "s.state = 'given'", f"s.terms_hash = {terms}")]


HEAD = "LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET timezone = 'UTC' AS $$"

# Conversations first and in one order, as whoever appends messages does it.
LOCK_FRONT = """
        PERFORM FROM conversations c
          WHERE (c.organisation_id, c.conversation_id)
             IN (SELECT m.organisation_id, m.conversation_id FROM messages m WHERE m.ctid = ANY (places))
          ORDER BY c.organisation_id, c.conversation_id FOR NO KEY UPDATE;"""
DELETE_AND_MOVE_FRONT = """
        WITH gone AS (
            DELETE FROM messages m WHERE m.ctid = ANY (places) RETURNING m.organisation_id, m.conversation_id
        ) SELECT array_agg(g.organisation_id), array_agg(g.conversation_id), count(*)
            INTO organisations, conversations_touched, deleted FROM gone g;
        UPDATE conversations c SET first_seq = coalesce(
               (SELECT m.seq FROM messages m WHERE (m.organisation_id, m.conversation_id) = (c.organisation_id, c.conversation_id)
                   AND m.seq >= c.first_seq ORDER BY m.seq LIMIT 1), c.last_seq + 1)
         WHERE (c.organisation_id, c.conversation_id)
            IN (SELECT * FROM unnest(organisations, conversations_touched));"""
DELETE = """
        DELETE FROM {table} WHERE ctid = ANY (places);
        GET DIAGNOSTICS deleted = ROW_COUNT;"""


def _delete_branch(rule: Rule) -> str:
    rest = LOCK_FRONT + DELETE_AND_MOVE_FRONT if rule.front else DELETE.format(table=rule.table)
    return f"""
    WHEN '{rule.category}' THEN
        SELECT array_agg(d.place), max(d.anchor) INTO places, reached
          FROM (SELECT t.ctid AS place, {rule.anchor} AS anchor FROM {rule.source}
                 WHERE {rule.anchor} >= beginning AND {rule.due()}
                 ORDER BY {rule.anchor} LIMIT most) AS d;{rest}"""


def functions(register) -> list[str]:
    """A row that changed between being found and being deleted has moved, and stays for the next batch."""
    all_rules = rules(register)
    counts = "".join(f"""
    WHEN '{r.category}' THEN
        SELECT count(*) INTO due FROM {r.source} WHERE {r.due()};""" for r in all_rules)
    deletes = "".join(_delete_branch(r) for r in all_rules)
    return [f"""CREATE OR REPLACE FUNCTION retention_count(category text, period interval, lag interval, moment timestamptz)
RETURNS bigint {HEAD}
DECLARE due bigint;
BEGIN
    moment := moment - lag;
    CASE category{counts}
    END CASE;
    RETURN due;
END $$;""", f"""CREATE OR REPLACE FUNCTION retention_delete(category text, period interval, moment timestamptz, beginning timestamptz,
                                            most integer, OUT deleted bigint, OUT reached timestamptz)
{HEAD}
DECLARE places tid[]; organisations uuid[]; conversations_touched uuid[];
BEGIN
    CASE category{deletes}
    END CASE;
    deleted := coalesce(deleted, 0);
END $$;""", *(f"REVOKE ALL ON FUNCTION {signature} FROM PUBLIC;" for signature in SIGNATURES)]


def texts(register) -> list[dict]:
    """What the running job needs to know; the rest stands in the functions."""
    return [{"category": r.category, "purpose": r.purpose, "duration": r.duration, "lag": r.lag, "own": r.own, "step": r.step} for r in rules(register)]
