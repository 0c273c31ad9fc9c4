"""Two editions of the read side: one is read anew from the log while the other serves.

Which one serves stands in a table of its own, a row for each change.  A process that finds another
than its own ends, and begins anew with that one.  What operators do is in neither: it stays.
"""

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, NamedTuple, TypeVar

from shared.errors import Refused, Unknown
from shared.store import Row, Table
from shared.topics import aside, groups, reads

OPERATIONS, ASIDE, MONEY = "operations", "operations-aside", "operations-money"  # groups
RECONCILIATION = "payment.reconciliation"
LOOK_EVERY_S = 2.0
JOINS_IN = timedelta(minutes=2)  # a process starts, and its group takes it in
TURNS = "0", ":"  # ids that are numbers
SERVING = "editions"  # the table
REBUILT = frozenset(
    {
        *("journeys", "names", "aside", "counts", "situations", "facts", "balances"),
        *("letters", "letter_answers"),
        *("breaks", "breaks_open", "statements"),
    }
)
NAMES = ("", "second")  # the groups of both have to be permitted on Kafka

_T = TypeVar("_T")


class Anew(Exception):
    """Another edition serves now: this process is to begin anew."""


class Edition(NamedTuple):
    """One of the two, by what stands in the names of its tables and groups."""

    name: str

    @property
    def other(self) -> "Edition":
        """Return the one that does not serve while this one does."""
        return Edition(NAMES[1 - NAMES.index(self.name)])

    @property
    def groups(self) -> dict[str, tuple[str, ...]]:
        """Return its consumer groups, with the topics that each reads."""
        return {
            self.of(OPERATIONS): reads("operations"),
            self.of(ASIDE): aside(),
            self.of(MONEY): (RECONCILIATION,),
        }

    @property
    def all_groups(self) -> dict[str, tuple[str, ...]]:
        """Return every group that reads the log while this edition serves, with its topics."""
        others = {g: read for g, read in groups().items() if g not in Edition("").groups}
        return others | self.groups

    def of(self, group: str) -> str:
        """Return what a group is called in this edition."""
        return f"{group}-{self.name}" if self.name else group

    def tables(self, table: Callable[[str], _T]) -> Callable[[str], _T]:
        """Return how to get at a table, in this edition where there are two of it."""

        def of_edition(name: str) -> _T:
            return table(f"{self.name}.{name}" if self.name and name in REBUILT else name)

        return of_edition


async def serving(table: Table) -> tuple[Edition, int]:
    """Return which edition serves, and how often that was another before.  Raises `Unknown`."""
    rows = await table.last(TURNS, 1)
    return (Edition(rows[0]["edition"]), int(rows[0]["_id"])) if rows else (Edition(NAMES[0]), 0)


async def begin(table: Table, turn: int, at: datetime) -> bool:
    """Note that the n-th rebuild begins; False: another has begun it a moment ago, and its reader
    has not joined yet.  One that began longer ago and has no reader was ended.  Raises `Unknown`.
    """
    note: Row = {"_id": f"begun/{turn:06d}", "at": at.isoformat()}
    for row in await table.get([note["_id"]]):
        if at - datetime.fromisoformat(row["at"]) < JOINS_IN:
            return False
        await table.delete([row["_id"]])
    try:
        await table.insert([note])
    except Refused:
        return False
    return True


async def switch(table: Table, edition: Edition, turn: int) -> bool:
    """Have this edition serve, the n-th time that it is another; False: somebody was first.

    Raises `Unknown`.
    """
    try:
        await table.insert([{"_id": f"{turn:06d}", "edition": edition.name}])
    except Refused:
        return False
    return True


def until_another(
    table: Table, edition: Edition, look_every_s: float = LOOK_EVERY_S
) -> Callable[[], Coroutine[Any, Any, None]]:
    """Return a loop that raises `Anew` when another edition serves."""

    async def look() -> None:
        while True:
            await asyncio.sleep(look_every_s)
            with suppress(Unknown):
                if (await serving(table))[0] != edition:
                    raise Anew

    return look
