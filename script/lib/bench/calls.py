"""A person's call history and statistics, among few calls and among many."""

import http.client
import os
import time
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from statistics import median

from bench.measure import Measure
from bench.platform import Person, Platform

CALLS = int(os.environ.get("SAMTAL_BENCH_CALLS", "10000000"))  # in the table
OWN = 10_000  # the person's
PAGE = 50
ROUNDS = 200
AT_ONCE = 1_000_000
OTHERS = 1_000  # whose the other calls are

# As the cluster's superuser, beneath calls that came from a switch: garbage has the size of sealed numbers, and nothing opens it.
# In the order in which they began, so that one person's calls lie scattered among all.
FURNISH = """
INSERT INTO calls (organisation_id, owner_id, call_id, source_hash, direction, own_number, counterpart, started_at, answered_at,
                   ended_at, outcome, decision_id, counterpart_hash)
SELECT '{org}', CASE WHEN n % {every} = 0 THEN '{who}'::uuid ELSE ('00000000-0000-4000-8000-' || lpad((n % {others})::text, 12, '0'))::uuid END,
       gen_random_uuid(), sha256(n::text::bytea), CASE n % 2 WHEN 0 THEN 'incoming' ELSE 'outgoing' END, decode(repeat('5a', 52), 'hex'),
       decode(repeat('5a', 52), 'hex'), began, CASE WHEN n % 3 > 0 THEN began + interval '5 s' END, began + interval '65 s',
       CASE WHEN n % 3 > 0 THEN 'answered' ELSE 'no_answer' END, gen_random_uuid(), sha256((n / {every} % 200)::text::bytea)
  FROM (SELECT n, now() - interval '90 days' + n * (interval '89 days' / {total}) AS began FROM generate_series({first}, {last}) n) x;
"""
CROWD = """
INSERT INTO users (organisation_id, user_id, role, state)
SELECT '{org}', ('00000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid, 'member', 'active' FROM generate_series(0, {others} - 1) n
ON CONFLICT DO NOTHING;
"""


def measure(platform: Platform) -> Iterator[Measure]:
    """Milliseconds for a page of fifty, and for a month by days and by counterparts, of a person with 10,000 calls in 90 days."""
    first = platform.made
    [lonely, busy, *_] = platform.people(3, ("call_history",))
    platform.administer(CROWD.format(org=platform.organisation, others=OTHERS))
    few = _times(platform, lonely, OWN, first, first + 2)
    many = _times(platform, busy, CALLS, first + 1, first + 2)
    for name in few:
        yield Measure(name, round(many[name], 3), "ms", f"the same among {OWN} calls ({few[name]:.3f} ms)", round(many[name] / few[name], 3))


def _times(platform: Platform, who: Person, total: int, own: int, other: int) -> dict[str, float]:
    """The medians, with that many calls in the table of which the person has OWN."""
    for begin in range(1, total + 1, AT_ONCE):
        platform.administer(FURNISH.format(org=platform.organisation, who=who.user_id, every=max(1, total // OWN), others=OTHERS,
                                           total=total, first=begin, last=min(total, begin + AT_ONCE - 1)))
    token = platform.control("switch", "create", "--organisation", platform.organisation, "--name", f"Bench {total}")["token"]
    now = datetime.now(timezone.utc)
    moments = [(now + timedelta(milliseconds=n)).isoformat(timespec="milliseconds") for n in range(PAGE)]  # a number is theirs from now on
    taken = platform.request("POST", "/v1/ingest/calls", [
        {"source_call_id": f"{total}-{moment}", "caller": {"number": platform.phone(other)}, "callee": {"number": platform.phone(own)},
         "started_at": moment, "ended_at": moment, "outcome": "busy"} for moment in moments], token)
    if taken["accepted"] != PAGE:
        raise SystemExit(f"the calls were not taken: {taken}")
    platform.administer("VACUUM ANALYZE calls; CHECKPOINT;")
    month = (now - timedelta(days=30)).date().isoformat()
    paths = {"call_history_page": f"/v1/calls?limit={PAGE}", "call_statistics_month": f"/v1/calls/statistics?from={month}&bucket=day",
             "call_statistics_counterparts": f"/v1/calls/statistics/counterparts?from={month}&limit=1"}
    return {name: _median(platform, who, path) for name, path in paths.items()}


def _median(platform: Platform, who: Person, path: str) -> float:
    """Of one request after the other on one connection."""
    connection = http.client.HTTPConnection("127.0.0.1", platform.port, timeout=60)
    took = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        connection.request("GET", path, headers={"Authorization": f"Bearer {who.token}"})
        answer = connection.getresponse()
        answer.read()
        took.append(time.perf_counter() - began)
        if answer.status != 200:
            raise SystemExit(f"{path}: {answer.status}")
    connection.close()
    return median(took) * 1000
