"""`python -m tests.invariants`: attack the real system, then check what must always hold."""

import logging
import re
import shutil
import sys
import tempfile
import time
from argparse import ArgumentParser, BooleanOptionalAction, Namespace
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NoReturn

from aiokafka.errors import KafkaError
from pymongo.errors import PyMongoError
from rich.console import Console

from deploy.local import kafka, mongo
from deploy.local.settings import ROOT
from shared.errors import Misconfigured
from tests.invariants import mutants, plan, report
from tests.invariants.kept import keep
from tests.invariants.outcome import Outcome
from tests.invariants.run import run
from tests.invariants.town import leaf

REPORT = ROOT / "build" / "invariants.json"
INTERRUPTED = 130  # as shells say it: 128 + SIGINT
WIDTH = 120  # where nobody looks
DISK_BYTES = 4 << 30  # what the logs of Kafka and the journal of MongoDB set aside
GAVE_UP = (KafkaError, PyMongoError, OSError)
LEAST, MOST = 500, 20_000  # applications: with fewer the rare faults do not happen

PLANS: Mapping[str, Callable[[int, int], plan.Plan]] = {
    "full": plan.full,
    "short": lambda seed, _: plan.short(seed),
    "mutant": lambda seed, _: plan.mutant(seed),
}


class _Parser(ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """Say what is wrong in one sentence, as of the variable that `make` takes."""
        if found := re.match(r"argument --(\w+): invalid int value: '(.*)'", message):
            name, value = found[1].upper(), found[2]
            raise Misconfigured(f"{name}={value} cannot be: give a whole number.")
        raise Misconfigured(f"{message[0].upper()}{message[1:]}.")


def _options() -> Namespace:
    parser = _Parser("tests.invariants", description=__doc__, allow_abbrev=False)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--applications", type=int, default=2_000)
    parser.add_argument("--plan", choices=PLANS, default="full")
    parser.add_argument("--report", type=Path, default=REPORT)
    parser.add_argument("--mutants", action=BooleanOptionalAction, default=True)
    options = parser.parse_args()
    if not LEAST <= options.applications <= MOST:
        raise Misconfigured(
            f"APPLICATIONS={options.applications} cannot be: give {LEAST} to {MOST}. With fewer the"
            " rare faults do not happen, with more memory runs out."
        )
    if options.seed < 0:
        raise Misconfigured(f"SEED={options.seed} cannot be: give 0 or more.")
    return options


def _invariants(options: Namespace) -> int:
    console = Console(highlight=False, width=None if sys.stdout.isatty() else WIDTH)
    began = time.monotonic()

    def tell(text: str) -> None:
        console.print(f"[dim]{time.monotonic() - began:5.0f} s[/] {text}", soft_wrap=True)

    _require_all()
    with tempfile.TemporaryDirectory(prefix="motcua-invariants-") as folder:
        chosen = PLANS[options.plan](options.seed, options.applications)
        outcome = run(chosen, Path(folder), tell)
    _leave(options.report.with_suffix(".jsonl.gz"), outcome, tell)
    found = []
    for mutant in mutants.MUTANTS if options.plan == "full" and options.mutants else ():
        tell(f"a mutant that {mutant.name}")
        with tempfile.TemporaryDirectory(prefix="motcua-mutant-") as folder:
            found.append(mutants.run(mutant, options.seed, Path(folder)))
    report.show(console, outcome, found)  # first: what took minutes is seen where no disk has room
    report.write(options.report, outcome, found)
    return 0 if outcome.holds and all(m.is_caught for m in found) else 1


def _leave(path: Path, outcome: Outcome, tell: Callable[[str], None]) -> None:
    """Keep what was read if something is wrong: its causes are looked for in there."""
    if outcome.holds or outcome.evidence is None:
        path.unlink(missing_ok=True)
        return
    keep(path, outcome.evidence)
    tell(f"something is wrong: what was read is in {path}, to be searched with zgrep")


def told(work: Callable[[], int]) -> int:
    """Do it; what a server or the disk does to it is `Misconfigured`, alone or in a group."""
    try:
        return work()
    except (*GAVE_UP, ExceptionGroup) as error:
        if isinstance(error, ExceptionGroup) and error.split(GAVE_UP)[1]:
            raise  # something of ours is wrong
        raise Misconfigured(
            f"A server or the disk gave up ({leaf(error)}): see that {tempfile.gettempdir()} has "
            "room, and the machine memory, then run this again with the same seed."
        ) from error


def _require_all() -> None:
    """Raise `Misconfigured` for what is missing on this machine."""
    kafka.java()
    kafka.fetch()
    mongo.binary()
    free = shutil.disk_usage(tempfile.gettempdir()).free
    if free < DISK_BYTES:
        raise Misconfigured(
            f"{tempfile.gettempdir()} has {free >> 20} MiB left and {DISK_BYTES >> 20} are needed: "
            "make room, or set TMPDIR to another place."
        )


def main() -> int:
    """Run and return the exit status; what the operator must mend is said in one sentence."""
    for name in ("aiokafka", "asyncio"):
        logging.getLogger(name).setLevel(logging.CRITICAL)  # a broker that goes is no news here
    try:
        return told(lambda: _invariants(_options()))
    except Misconfigured as error:
        sys.stderr.write(f"✗ {error}\n")
        return 1
    except KeyboardInterrupt:
        sys.stderr.write("Interrupted.  Everything that was started has ended.\n")
        return INTERRUPTED


if __name__ == "__main__":
    raise SystemExit(main())
