"""Wrong builds of the real system: the same run has to find each of them out.

A mutant is a copy of the source tree with one place changed; it runs as it would have been
committed.  A text that is not found exactly once is an error: the code has moved on, the mutant
has to follow.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from deploy.local.settings import ROOT
from shared.errors import Misconfigured
from tests.invariants.report import Verdict

COPIED = (
    *("deploy", "docs/runbooks", "services", "shared"),
    *("tests/e2e", "tests/invariants", "tests/waiting.py"),
)
RUN_LIMIT_S = 900.0  # a wrong build may never come to rest


class Mutant(NamedTuple):
    """A change of one file, the invariant that it breaks, and what has to be said of that."""

    name: str
    file: str
    old: str
    new: str
    breaks: int
    caught_as: str  # a pattern


MUTANTS = (
    Mutant(
        "publishes before it inserts",
        "shared/lanes/loop.py",
        """\
        await self._insert(decided)
        reach("lane.inserted")
        await self._publish([*unpublished, *decided])
""",
        """\
        await self._publish([*unpublished, *decided])
        reach("lane.inserted")
        await self._insert(decided)
""",
        breaks=4,
        caught_as=r"in the journal, or others$|came again with other content$",
    ),
    Mutant(
        "calls without a claim",
        "shared/effects.py",
        """\
        refused = await self._claim([effect.key(r) for r in requests])
        reach("effects.claimed")
""",
        """\
        refused: set[str] = set()
        reach("effects.claimed")
""",
        breaks=3,
        caught_as=r": handed \d+ times$",
    ),
    Mutant(
        "asks another carrier when nobody knows",
        "services/notify/domain/moves.py",
        """\
        "unknown": "in_doubt",
        "delivered": "delivered",
        "undelivered": "failed",
    },
    "waiting": {
""",
        """\
        "unknown": "waiting",
        "delivered": "delivered",
        "undelivered": "failed",
    },
    "waiting": {
""",
        breaks=3,
        caught_as=r": handed \d+ times$",
    ),
    Mutant(
        "does not look at what was seen",
        "shared/lanes/step.py",
        """\
            return int(reading.arrival.event.sequence) <= latest.seen.get(reading.origin, 0)
""",
        """\
            return False
""",
        breaks=4,
        caught_as=r" decided .* \d+ times$",
    ),
    Mutant(
        "takes each word of a payment for another payment",
        "services/payment/domain/state.py",
        """\
        said = partner, reference, transaction, amount_vnd
        return any(
            (m.partner, m.reference, m.transaction, m.amount_vnd) == said for m in self.money
        )
""",
        """\
        return False
""",
        breaks=2,
        caught_as=r"^transaction \S+ (kept twice as the same|counted twice)$",
    ),
    Mutant(
        "does not look at amounts",
        "services/payment/domain/orders.py",
        """\
    as_asked = (money.partner, money.amount_vnd) == (attempt.partner, attempt.amount_vnd)
""",
        """\
    as_asked = money.partner == attempt.partner
""",
        breaks=2,
        caught_as=r": settled by \d+ đồng, never due$",
    ),
    Mutant(
        "gives back as often as it is asked",
        "services/payment/domain/refunds.py",
        """\
    return money.amount_vnd - going_vnd if money else 0
""",
        """\
    return money.amount_vnd + 0 * going_vnd if money else 0
""",
        breaks=2,
        caught_as=r"\d+ đồng of \S+ are to go back, and \d+ came$",
    ),
)


def plant(mutant: Mutant, folder: Path) -> None:
    """Copy the source tree into an empty folder, with the change.  Raises `Misconfigured`."""
    text = (ROOT / mutant.file).read_text()
    if (found := text.count(mutant.old)) != 1:
        raise Misconfigured(
            f"The mutant that {mutant.name} cannot be planted: what it changes stands {found} "
            f"times in {mutant.file}.  Change tests/invariants/mutants.py with the code."
        )
    skipped = shutil.ignore_patterns("__pycache__", "target")
    for name in COPIED:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, folder / name, ignore=skipped)
        else:
            shutil.copy(ROOT / name, folder / name)
    (folder / mutant.file).write_text(text.replace(mutant.old, mutant.new))
    jars = folder / ".local" / "kafka"
    jars.parent.mkdir()
    jars.symlink_to(ROOT / ".local" / "kafka")  # fetched once


def run(mutant: Mutant, seed: int, folder: Path) -> Verdict:
    """Run a mutant's build on a short plan, and tell whether it was found out."""
    tree = folder / "tree"
    tree.mkdir()
    plant(mutant, tree)
    report = folder / "report.json"
    command = [sys.executable, "-m", "tests.invariants", "--plan", "mutant", "--seed", str(seed),
               "--report", str(report)]  # fmt: skip
    log = folder / "run.log"
    env = {**os.environ, "TMPDIR": str(folder)}
    with log.open("wb") as out, suppress(subprocess.TimeoutExpired):
        subprocess.run(
            command, cwd=tree, env=env, stdout=out, stderr=out, timeout=RUN_LIMIT_S, check=False
        )
    if not report.exists():
        raise Misconfigured(f"The mutant that {mutant.name} did not run to its end: {log} says why")
    return verdict(mutant, json.loads(report.read_text()))


def verdict(mutant: Mutant, told: Mapping[str, Any]) -> Verdict:
    """Return whether a report has found the mutant out: its invariant, for what it does wrong."""
    broken = {i["number"]: i["wrong"] for i in told["invariants"] if not i["holds"]}
    said = [wrong for wrong in broken.get(mutant.breaks, ()) if re.search(mutant.caught_as, wrong)]
    return Verdict(mutant.name, mutant.breaks, sorted(broken), bool(said), said)
