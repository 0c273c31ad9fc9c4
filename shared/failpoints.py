"""Places where a test may kill or hurt the process, to prove that nothing is lost there.

`MOTCUA_FAILPOINT=lane.inserted:3` kills it with SIGKILL the third time it gets there.
`MOTCUA_FAILPOINT=lane.mistaken:16` is a release with a mistake in it: what one application in 16
brings cannot be decided, for as long as the process lives.
`MOTCUA_FAILPOINT=consumer.fetching:5` ends, unnoticed, the task that fetches for a consumer, once.
"""

import os
import signal
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeVar
from zlib import crc32

from shared.lanes.table import LaneTable

LANE = ("lane.prepared", "lane.inserted", "lane.published", "lane.committed")
EFFECTS = ("effects.claimed", "effects.called", "effects.appended")
READER = ("reader.appended", "reader.saved", "reader.committed")  # of operations
MISTAKE = "lane.mistaken"
FETCHING = "consumer.fetching"
NAMES = (*LANE, *EFFECTS, *READER, MISTAKE, FETCHING)
LAST_WORDS = "killed at failpoint"  # in the log of whoever died: a test counts them

S = TypeVar("S")
F = TypeVar("F")

_armed: dict[str, int] = {}
_reached: Counter[str] = Counter()


class Planted(Exception):
    """The mistake of a release that is to be taken back."""


def arm(text: str) -> None:
    """Arm `name:count`, comma-separated.  Raises `ValueError` for an unknown name."""
    for item in filter(None, text.split(",")):
        name, _, count = item.partition(":")
        if name not in NAMES:
            raise ValueError(f"no failpoint {name!r}; there are {', '.join(NAMES)}")
        _armed[name] = int(count or 1)


def disarm() -> None:
    """Forget all of it: nothing happens here any more."""
    _armed.clear()
    _reached.clear()


def reach(name: str) -> None:
    """Die here, if this is the time."""
    if is_reached(name):
        os.write(2, f"{LAST_WORDS} {name}\n".encode())
        os.kill(os.getpid(), signal.SIGKILL)


def is_reached(name: str) -> bool:
    """Tell whether this is the time for what is to happen here."""
    if not _armed:
        return False
    _reached[name] += 1
    return _reached[name] == _armed.get(name)


def mistaken(table: LaneTable[S, F]) -> LaneTable[S, F]:
    """Return the table as it is or, armed, with a mistake in every decision."""
    if MISTAKE not in _armed:
        return table
    one_in = _armed[MISTAKE]
    decisions = {
        type_: _failing(decide, table.service, one_in) for type_, decide in table.decisions.items()
    }
    return replace(table, decisions=decisions)


def _failing(decide: Callable[..., Any], service: str, one_in: int) -> Callable[..., Any]:
    def fails(state: Any, arrival: Any, facts: Any, at: Any) -> Any:
        if crc32(f"{service}/{arrival.application}".encode()) % one_in == 0:
            raise Planted("a mistake of this release")
        return decide(state, arrival, facts, at)

    return fails
