"""What a long job costs the others: a large person's erasure and a large run of retention, while a thousand messages a second go.

`effect` is for other modules too."""

import os
import sys
import time
from collections.abc import Callable, Iterator

from bench.chat import Traffic
from bench.erasure import CALLED, CALLS, CONVERSATION, MEMBER, erase, place
from bench.measure import Measure
from bench.pgbench import Pgbench
from bench.platform import Person, Platform

ROWS = int(os.environ.get("SAMTAL_BENCH_ROWS", "1000000"))  # messages that go
CONVERSATIONS = 100  # that they stand in
BEFORE = 20  # seconds of the others alone
FIRST = 500_000_000  # of this module's conversations, which lie apart from those of `erasure`


def measure_erasure(platform: Platform) -> Iterator[Measure]:
    """Seconds to the signed certificate, and from sending to the other's socket, for the others: before and during."""
    number = platform.made
    [person] = platform.people(1)
    _furnish(platform, person)
    yield from effect(platform, "erasure_large", lambda: erase(platform, number, person))


def measure_retention(platform: Platform) -> Iterator[Measure]:
    """The same, while that many overdue messages go."""
    _let_be_overdue(platform)

    def run() -> float:
        began = time.monotonic()
        counts = platform.control("retention", "run")["counts"]
        if counts["messages"] < ROWS:
            raise SystemExit(f"retention left messages behind; the figure means nothing: {counts}")
        return time.monotonic() - began

    yield from effect(platform, "retention_effect", run)


def effect(platform: Platform, name: str, job: Callable[[], float]) -> Iterator[Measure]:
    """`job` says how long it took; then what the others had meanwhile, beside what they had before."""
    platform.pairs  # noqa: B018  # made before the clock runs
    traffic = Traffic(platform)
    try:
        time.sleep(5)  # connecting is no traffic
        traffic.mark()
        time.sleep(BEFORE)
        traffic.mark()
        took = job()
        traffic.mark()
    finally:
        sections = traffic.end()
    before, during = sections[1], sections[2]
    if "SAMTAL_BENCH_VERBOSE" in os.environ:
        print(before, during, file=sys.stderr)
    yield Measure(name, round(took, 1), "s")
    for percentile in ("p50", "p99"):
        value, alone = during[f"{percentile}_ms"], before[f"{percentile}_ms"]
        yield Measure(f"{name}_others_{percentile}", round(value, 2), "ms", f"before ({alone:.2f} ms)", round(value / alone, 3))
    yield Measure(f"{name}_others_worst_second_p99", max(during["p99_of_seconds_ms"]), "ms",
                  f"before ({max(before['p99_of_seconds_ms']):.2f} ms)",
                  round(max(during["p99_of_seconds_ms"]) / max(before["p99_of_seconds_ms"]), 3))


def _furnish(platform: Platform, person: Person) -> None:
    org, who = platform.organisation, person.user_id
    script = CALLED.format(org=org, who=who, calls=CALLS)
    for number in range(FIRST, FIRST + CONVERSATIONS):
        script += CONVERSATION.format(org=org, place=place(number), count=ROWS // CONVERSATIONS, who=f"'{who}'::uuid", age="1 day")
        script += MEMBER.format(org=org, place=place(number), who=who)
    Pgbench(platform).script("samtal", script + "VACUUM ANALYZE; CHECKPOINT;")


def _let_be_overdue(platform: Platform) -> None:
    org, script = platform.organisation, ""
    for number in range(FIRST + CONVERSATIONS, FIRST + 2 * CONVERSATIONS):
        script += CONVERSATION.format(org=org, place=place(number), count=ROWS // CONVERSATIONS, who="gen_random_uuid()",
                                      age="5 years")
    Pgbench(platform).script("samtal", script + "VACUUM ANALYZE; CHECKPOINT;")
