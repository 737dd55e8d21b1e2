"""The newest page of a conversation, among few messages and among many."""

import os
import uuid
from collections.abc import Iterator
from statistics import median

from bench.measure import Measure
from bench.platform import Platform
from bench.profile import rate_and_tail

SIZES = (10_000, int(os.environ.get("SAMTAL_BENCH_HISTORY", "10000000")))
PAGE = 50

# As the cluster's superuser, beneath the messages that are sent: stubs would open faster than texts do.
FURNISH = """
INSERT INTO messages (organisation_id, conversation_id, seq, message_id, sender_id, client_message_id, text, sent_at, decision_id)
SELECT '{org}', '{place}', n, gen_random_uuid(), '{who}', gen_random_uuid(), decode(repeat('5a', 240), 'hex'), now(), gen_random_uuid()
  FROM generate_series({first}, {last}) n;
UPDATE conversations SET last_seq = {last} WHERE organisation_id = '{org}' AND conversation_id = '{place}';
"""
AT_ONCE = 500_000


def measure(platform: Platform) -> Iterator[Measure]:
    """Milliseconds for a page of fifty from the conversation with many messages, beside the one with few."""
    [someone, *others] = platform.people(1 + len(SIZES))
    places = []
    for size, other in zip(SIZES, others, strict=True):
        place = platform.request("POST", "/v1/conversations", {"member_ids": [other.user_id]}, someone.token)["conversation_id"]
        for first in range(1, size + 1, AT_ONCE):
            last = min(size, first + AT_ONCE - 1)
            platform.administer(FURNISH.format(org=platform.organisation, place=place, who=other.user_id, first=first, last=last))
        for _ in range(PAGE):
            platform.request("POST", f"/v1/conversations/{place}/messages", {"client_message_id": str(uuid.uuid4()), "text": "x" * 200},
                             someone.token)
        places.append(place)
    platform.administer("VACUUM ANALYZE messages; CHECKPOINT;")
    rates: dict[str, list[float]] = {place: [] for place in places}
    for place in places * 3:
        rates[place].append(rate_and_tail(platform, someone, f"/v1/conversations/{place}/messages?limit={PAGE}", 3, 4)[0])
    few, many = (4_000 / median(rates[place]) for place in places)
    yield Measure("history_page", round(many, 3), "ms", f"the same among {SIZES[0]} messages ({few:.3f} ms)", round(many / few, 3))
