"""What an archived application leaves in a journal: its last version, whole, and the id of its
first.

The last one is a version more, so it is guarded as every version is: whoever decided meanwhile is
there first, and nothing is archived.  The id of the first stays, so that nobody takes the
application for a new one.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from shared.changes import fold
from shared.store import Row

# what a service says of an application: more will come by itself, nothing more need come, or
# nothing more can come
Standing = Literal["moving", "resting", "over"]

_KEPT = ("schema", "application", "cause", "seen", "sequence", "traceparent", "state", "handled")


def is_bare(row: Row) -> bool:
    """Tell whether only the id of a first version is left."""
    return "state" not in row and "change" not in row


def living(rows: Sequence[Row]) -> list[Row]:
    """Return the rows of one application that count: from the last archived version on, or all."""
    marks = [n for n, row in enumerate(rows) if "archived" in row and not is_bare(row)]
    return list(rows[marks[-1] :] if marks else rows)


def last_version(rows: Sequence[Row], run: str, at: datetime) -> Row:
    """Return the version that takes the place of these, all of one application, once the archive
    run of this name holds them.
    """
    rows = living(rows)
    last = fold(rows)
    version, runs = last["version"] + 1, [*rows[0].get("archived", ()), run]
    row: Row = {"_id": f"{last['application']}/{version:06d}", "version": version, "at": at}
    return row | {name: last[name] for name in _KEPT if name in last} | {"archived": runs}


def first_version(first: Row, run: str) -> Row:
    """Return what is left of the first version."""
    return {name: first[name] for name in ("_id", "application", "version", "at")} | {
        "archived": [run]
    }
