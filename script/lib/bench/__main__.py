"""Runs the benchmarks that the command line names and prints each result as one JSON object a line."""

import argparse
import json
import signal
import sys
from collections.abc import Callable, Iterator

from bench import bad_load, calls, chat, effect, erasure, fading, history, ingest, keys, profile, sockets, start
from bench.measure import Measure
from bench.platform import Platform

BENCHMARKS: dict[str, Callable[[Platform], Iterator[Measure]]] = {
    "start": start.measure,
    "profile_get": profile.measure,
    "enforcement": profile.measure_enforcement,
    "chat_send": chat.measure_throughput,
    "chat_cpu": chat.measure_cpu,
    "chat_latency": chat.measure_latency,
    "ingest": ingest.measure,
    "connect": sockets.measure_connect,
    "idle_memory": sockets.measure_memory,
    "fanout": sockets.measure_fanout,
    "bad_load": bad_load.measure,
    "history_page": history.measure,
    "call_history": calls.measure,
    "key_rotation": keys.measure,
    "erasure": erasure.measure,
    "erasure_large": effect.measure_erasure,
    "retention_effect": effect.measure_retention,
    "call_fading": fading.measure,
}


def main() -> int:
    parser = argparse.ArgumentParser(prog="script/bench", description="Measures Samtal on this machine, beside pgbench.")
    parser.add_argument("--list", action="store_true", help="print the benchmarks' names and end")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"which to run: {', '.join(BENCHMARKS)} (default: all)")
    arguments = parser.parse_args()
    if arguments.list:
        print("\n".join(BENCHMARKS))
        return 0
    unknown = [name for name in arguments.names if name not in BENCHMARKS]
    if unknown:
        parser.error(f"no benchmark {unknown[0]}; --list shows them")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the platform below is stopped and removed
    with Platform() as platform:
        for name in arguments.names or BENCHMARKS:
            for measure in BENCHMARKS[name](platform):
                print(json.dumps(measure.as_dict()), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
