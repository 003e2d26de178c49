"""Faults between us and a real Label Studio, by seeded schedules: what is lost, doubled, ends in a traceback or hangs.

    python -m benchmarks.faults --schedules 1000

Each schedule runs one verb through a proxy that spoils one of its requests, runs it once more if it failed, and compares
what stands on the server with what should. A seed gives the same schedule again; ``--first`` says where to begin.
"""

import argparse
import os
import tempfile
import time
from collections import Counter, defaultdict
from pathlib import Path

from annotate.studio import server
from annotate.studio.client import connect
from tests.integration.faults import FALLS, KILLS, KINDS, VERBS, Laboratory, Outcome, short_waits, verb_of

COLUMNS = ("tried", "failed cleanly", "lost", "doubled", "tracebacks", "hangs")


def main() -> None:
    """Try the schedules and print a table."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--schedules", type=int, default=1000)
    asked.add_argument("--first", type=int, default=0, help="the seed of the first schedule")
    asked.add_argument("--verb", choices=VERBS, action="append", help="only these")
    asked.add_argument(
        "--data-dir", type=Path, help="the folder of an embedded server to use (default: a new one)"
    )
    asked.add_argument("--minutes", type=float, default=1e9, help="stop after so many")
    said = asked.parse_args()
    verbs, until = said.verb or list(VERBS), time.monotonic() + 60 * said.minutes
    outcomes: list[Outcome] = []
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        os.environ["XDG_CACHE_HOME"] = str(folder / "cache")
        data = said.data_dir or folder / "server"
        state = server.start(data, timeout=600)
        token = server.credentials(data).token
        try:
            with short_waits(), connect(state.url, token) as direct:
                laboratory = Laboratory(direct, state.port or 0, token, folder, data)
                for seed in range(said.first, said.first + said.schedules):
                    if time.monotonic() > until:
                        break
                    if verb_of(seed) not in verbs:
                        continue
                    outcome = laboratory.try_out(verb_of(seed), seed)
                    outcomes.append(outcome)
                    if not outcome.good:
                        print(outcome, flush=True)
                laboratory.close()
        except KeyboardInterrupt:
            print("stopped")
        finally:
            server.stop(data)
    print(table(outcomes))


def table(outcomes: list[Outcome]) -> str:
    """A row for each verb and for each fault, and the sum."""
    rows: dict[str, Counter[str]] = defaultdict(Counter)
    for one in outcomes:
        for name in (one.verb, one.kind, "all"):
            rows[name] += Counter(
                {
                    "tried": 1,
                    "failed cleanly": int(bool(one.failed)),
                    "lost": one.lost,
                    "doubled": one.doubled,
                    "tracebacks": len(one.tracebacks),
                    "hangs": int(one.hung),
                }
            )
    lines = [f"| | {' | '.join(COLUMNS)} |", f"| --- |{' --- |' * len(COLUMNS)}"]
    lines += [
        f"| {name} | {' | '.join(str(rows[name][column]) for column in COLUMNS)} |"
        for name in (*VERBS, *KINDS, *KILLS, *FALLS, "all")
        if name in rows
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
