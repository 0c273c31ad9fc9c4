"""Places where a test may kill the process, to prove that nothing is lost there.

`MOTCUA_FAILPOINT=lane.inserted:3` kills it with SIGKILL the third time it gets there.
"""

import os
import signal
from collections import Counter

NAMES = (
    "lane.prepared",
    "lane.inserted",
    "lane.published",
    "lane.committed",
    "effects.claimed",
    "effects.called",
    "effects.appended",
)

_armed: dict[str, int] = {}
_reached: Counter[str] = Counter()


def arm(text: str) -> None:
    """Arm `name:count`, comma-separated.  Raises `ValueError` for an unknown name."""
    for item in filter(None, text.split(",")):
        name, _, count = item.partition(":")
        if name not in NAMES:
            raise ValueError(f"no failpoint {name!r}; there are {', '.join(NAMES)}")
        _armed[name] = int(count or 1)


def reach(name: str) -> None:
    """Die here, if this is the time."""
    if _armed:
        _reached[name] += 1
        if _reached[name] == _armed.get(name):
            os.kill(os.getpid(), signal.SIGKILL)
