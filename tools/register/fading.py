"""How call histories fade: the functions by which src/retention finds the rows that are due for a step, and counts those that go.

A row goes from stage to stage by its age, in each organisation by its own, shorter periods where it chose some. Numbers are sealed under
people's keys, so the server itself masks them; the last step needs no key and is done here.
"""
from __future__ import annotations

import typing

from expiry import CLAMP, HEAD, fading_rule

if typing.TYPE_CHECKING:
    from model import Register

SIGNATURES = ("fading_due(text, interval, interval, interval, timestamptz)",
              "fading_rows(uuid, text, text, interval, interval, timestamptz, timestamptz, integer)",
              "count_faded_calls(uuid, text, interval, timestamptz, timestamptz, integer, uuid, text)")
# What an organisation may choose for each step, and for the one that comes next: a row goes straight to the last it is due for.
CHOSEN = {"masked": ("calls_masked_after", "calls_token_after"), "token": ("calls_token_after", "calls_kept"), "counted": ("calls_kept", None)}
FADED = {"masked": [], "token": ["masked"], "counted": ["masked", "token", "removed"]}  # the stages that a step takes, beside full


def _due(register: Register, step: str, own: str, later: str) -> str:
    """By the organisation's period for the step, and for the next one."""
    hold, *consent = fading_rule(register).conditions
    conditions = [f"t.ended_at < moment - {own} + {CLAMP}", f"t.ended_at + {own} <= moment", hold]
    if CHOSEN[step][1]:
        conditions += [f"t.ended_at > moment - {later} - {CLAMP}", f"t.ended_at + {later} > moment"]
    else:
        conditions += consent  # what has no standing consent any more goes as such, and is not counted
    return " AND ".join(conditions)


def _periods(step: str) -> tuple[str, str]:
    own, later = CHOSEN[step]
    return f"least(o.{own}, period)", f"least(o.{later}, next_period)" if later else "NULL::interval"


def _count(register: Register, step: str) -> str:
    due = _due(register, step, *_periods(step))
    parts = [f"""SELECT o.organisation_id, 'full', d.n FROM organisations o CROSS JOIN LATERAL (
            SELECT count(*) AS n FROM calls t WHERE t.organisation_id = o.organisation_id AND t.stage = 'full'
               AND {due}) d WHERE d.n > 0"""]
    if FADED[step]:
        stages = ", ".join(f"'{stage}'" for stage in FADED[step])
        parts.append(f"""SELECT o.organisation_id, s.stage, d.n FROM organisations o CROSS JOIN unnest(ARRAY[{stages}]) AS s (stage)
          CROSS JOIN LATERAL (
            SELECT count(*) AS n FROM calls t WHERE t.organisation_id = o.organisation_id AND t.stage = s.stage AND t.stage <> 'full'
               AND {due}) d WHERE d.n > 0""")
    return f"    WHEN '{step}' THEN RETURN QUERY\n        " + "\n        UNION ALL ".join(parts) + ";\n"


def _rows(register: Register, step: str, stage: str, columns: str) -> str:
    """Locked without waiting: who corrects one of them meanwhile keeps it, and it comes with the next run. The periods are known
    before, so that the index begins and ends with what is due."""
    which = "t.stage = 'full'" if stage == "full" else f"t.stage = '{stage}' AND t.stage <> 'full'"
    return f"""SELECT {columns} FROM calls t
         WHERE t.organisation_id = organisation AND {which} AND t.ended_at >= beginning AND {_due(register, step, 'own', 'later')}
         ORDER BY t.ended_at LIMIT most FOR NO KEY UPDATE OF t SKIP LOCKED"""


def _branches(register: Register, steps: tuple[str, ...], statement: str, columns: str) -> str:
    return "".join(f"    WHEN '{step}:{stage}' THEN {statement.format(rows=_rows(register, step, stage, columns))}\n"
                   for step in steps for stage in ("full", *FADED[step]))


def _choose(steps: tuple[str, ...]) -> str:
    """Reads the organisation's periods into `own` and `later`."""
    cases = "".join(f"        WHEN '{step}' THEN SELECT {', '.join(_periods(step))} INTO own, later FROM organisations o"
                    " WHERE o.organisation_id = organisation;\n" for step in steps)
    return f"    CASE step\n{cases}    END CASE;\n"


FIND = "RETURN QUERY {rows};"
PLACES = "SELECT array_agg(d.place), max(d.at) INTO places, reached FROM ({rows}) AS d;"


def functions(register: Register) -> list[str]:
    counts = "".join(_count(register, step) for step in CHOSEN)
    return [f"""CREATE OR REPLACE FUNCTION fading_due(step text, period interval, next_period interval, lag interval, moment timestamptz)
RETURNS TABLE (organisation uuid, stage text, due bigint) {HEAD}
#variable_conflict use_column
BEGIN
    moment := moment - lag;
    CASE step
{counts}    END CASE;
END $$;""", f"""CREATE OR REPLACE FUNCTION fading_rows(organisation uuid, step text, stage text, period interval, next_period interval,
    moment timestamptz, beginning timestamptz, most integer)
RETURNS TABLE (owner_id uuid, call_id uuid, counterpart bytea, ended_at timestamptz) {HEAD}
#variable_conflict use_variable
DECLARE own interval; later interval;
BEGIN
{_choose(('masked', 'token'))}    CASE step || ':' || stage
{_branches(register, ('masked', 'token'), FIND, 't.owner_id, t.call_id, t.counterpart, t.ended_at')}    END CASE;
END $$;""", f"""CREATE OR REPLACE FUNCTION count_faded_calls(organisation uuid, stage text, period interval, moment timestamptz,
    beginning timestamptz, most integer, batch uuid, zone text, OUT counted bigint, OUT reached timestamptz)
{HEAD}
#variable_conflict use_variable
DECLARE places tid[]; own interval;
BEGIN
    SELECT {_periods('counted')[0]} INTO own FROM organisations o WHERE o.organisation_id = organisation;
    CASE 'counted:' || stage
{_branches(register, ('counted',), PLACES, 't.ctid AS place, t.ended_at AS at')}    END CASE;
    -- Gone and counted in one statement: a crash counts nothing twice.
    WITH gone AS (
        DELETE FROM calls c WHERE c.ctid = ANY (places)
        RETURNING c.owner_id, date_trunc('hour', c.started_at, zone) AS hour, c.direction, c.outcome,
                  coalesce(floor(extract(epoch FROM c.ended_at - c.answered_at)), 0)::bigint AS talk_s
    ), sums AS (
        SELECT g.owner_id, g.hour, g.direction, g.outcome, count(*)::integer AS calls, sum(g.talk_s)::bigint AS talk_s,
               max(g.talk_s) AS longest_s
          FROM gone g GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
    ), kept AS (
        INSERT INTO call_counters AS k (organisation_id, owner_id, hour, direction, outcome, calls, talk_s, longest_s, batch_id)
        SELECT organisation, s.owner_id, s.hour, s.direction, s.outcome, s.calls, s.talk_s, s.longest_s, batch FROM sums s
         WHERE EXISTS (SELECT FROM users u WHERE u.organisation_id = organisation AND u.user_id = s.owner_id) -- calls have no foreign key
            ON CONFLICT (organisation_id, owner_id, hour, direction, outcome) DO UPDATE
           SET calls = k.calls + excluded.calls, talk_s = k.talk_s + excluded.talk_s,
               longest_s = greatest(k.longest_s, excluded.longest_s)
    ) SELECT count(*) INTO counted FROM gone;
END $$;""", *(f"REVOKE ALL ON FUNCTION {signature} FROM PUBLIC;" for signature in SIGNATURES)]
