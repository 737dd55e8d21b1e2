"""An erasure, from the request to the signed certificate."""

import os
import time
from collections.abc import Iterator

from bench.measure import Measure
from bench.pgbench import Pgbench
from bench.platform import Person, Platform

PEOPLE = 20
MESSAGES = 10_000
CALLS = 1_000
OTHERS = int(os.environ.get("SAMTAL_BENCH_MESSAGES", "500000"))  # other people's, so that tables are not small

# As the cluster's superuser: how the rows came there does not matter to what is measured. {who} null: other people's.
CONVERSATION = """
INSERT INTO conversations (organisation_id, conversation_id, last_seq) VALUES ('{org}', '{place}', {count});
INSERT INTO messages (organisation_id, conversation_id, seq, message_id, sender_id, client_message_id, text, sent_at, decision_id)
SELECT '{org}', '{place}', n, gen_random_uuid(), {who}, gen_random_uuid(), decode(repeat('5a', 240), 'hex'),
       now() - interval '{age}' + n * interval '1 ms', gen_random_uuid()
  FROM generate_series(1, {count}) n;
"""
MEMBER = """
INSERT INTO members (organisation_id, conversation_id, user_id, role) VALUES ('{org}', '{place}', '{who}', 'member');
"""
CALLED = """
INSERT INTO calls (organisation_id, owner_id, call_id, source_hash, direction, own_number, counterpart, started_at, ended_at, outcome,
                   decision_id)
SELECT '{org}', '{who}', gen_random_uuid(), sha256(n::text::bytea), 'incoming', decode(repeat('5a', 52), 'hex'),
       decode(repeat('5a', 52), 'hex'), now(), now(), 'answered', gen_random_uuid() FROM generate_series(1, {calls}) n;
"""


def place(number: int) -> str:
    return f"00000000-0000-7000-8000-{number:012d}"


def furnish(platform: Platform, people: list[Person]) -> None:
    database, org = Pgbench(platform), platform.organisation
    script = ""
    for number in range(OTHERS // MESSAGES):
        script += CONVERSATION.format(org=org, place=place(number), count=MESSAGES, who="gen_random_uuid()", age="1 day")
    for number, person in enumerate(people, OTHERS):
        script += CONVERSATION.format(org=org, place=place(number), count=MESSAGES, who=f"'{person.user_id}'::uuid", age="1 day")
        script += MEMBER.format(org=org, place=place(number), who=person.user_id)
        script += CALLED.format(org=org, who=person.user_id, calls=CALLS)
    database.script("samtal", script + "ANALYZE;")


def erase(platform: Platform, number: int, person: Person) -> float:
    """Seconds from the request until its certificate can be fetched."""
    platform.request("POST", "/v1/reauthenticate", {"password": f"correct horse {number} battery"}, person.token, empty=True)
    began = time.monotonic()
    accepted = platform.request("POST", "/v1/privacy/requests", {"kind": "erasure"}, person.token)
    path = f"/v1/privacy/requests/{accepted['request_id']}"
    while platform.request("GET", path, token=accepted["receipt_token"])["state"] != "done":
        time.sleep(0.005)
    platform.request("GET", path + "/certificate", token=accepted["receipt_token"])
    return time.monotonic() - began


def measure(platform: Platform) -> Iterator[Measure]:
    """The slowest of twenty people with 10,000 messages and 1,000 calls each, beside half a million messages of others."""
    first = platform.made
    people = platform.people(PEOPLE)
    furnish(platform, people)
    times = sorted(erase(platform, first + number, person) for number, person in enumerate(people))
    yield Measure("erasure_p50", round(times[len(times) // 2], 3), "s")
    yield Measure("erasure_p99", round(times[-1], 3), "s")
