"""Run variants of the model: `run NAME [count] [from]`, `find NAME …`, `all [count] [from]`."""

import re
import sys
import time
from collections import Counter

from tests.simulation.model.variants import BROKEN, HARMLESS
from tests.simulation.model.world import run

OPTIONS = {**HARMLESS, **{name: options for name, (options, *_) in BROKEN.items()}}


def main(mode: str, *rest: str) -> int:
    names = list(OPTIONS) if mode == "all" else [rest[0]]
    numbers = [int(x) for x in (rest if mode == "all" else rest[1:])]
    count, first = [*numbers, 2_000][0], [*numbers, 2_000, 0][1] if len(numbers) > 1 else 0
    for name in names:
        began, kinds = time.monotonic(), Counter[str]()
        shortest: dict[str, tuple[int, str, list[str]]] = {}
        for seed in range(first, first + count):
            violation, _ = run(seed, OPTIONS[name])
            if not violation:
                continue
            kind = re.sub(r"^S\d a\d: |[\[(].*|[\d/].*|: .*", "", violation)
            kinds[kind] += 1
            if mode == "find":
                trace = run(seed, OPTIONS[name], traced=True)[1].trace or []
                if kind not in shortest or len(trace) < len(shortest[kind][2]):
                    shortest[kind] = seed, violation, trace
        spent = time.monotonic() - began
        found = f"{sum(kinds.values())} violations {dict(kinds)}"
        sys.stdout.write(f"{name}: {count} schedules, {found}, {spent:.0f} s\n")
        for seed, violation, trace in shortest.values():
            sys.stdout.write(
                f"\n== seed {seed}: {violation}\n" + "".join(f"   {t}\n" for t in trace)
            )
        sys.stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
