"""What waits for a second person, a mended copy or a dismissal, and what is sent as it was: rows
inserted and never changed.

    dead_edits   <topic>/<partition>/<offset>#<n>          the n-th that somebody proposed, or sent
                 <topic>/<partition>/<offset>#<n>/decided  who accepted or rejected it

The number is the guard: of two who decide, the first did.  It holds at once, while what the log
says of it is still to be read.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

import msgspec

from services.operations.domain.dead.letters import Place
from shared.errors import Refused
from shared.store import Row, Table, prefix

PROPOSED_LIMIT = 20  # of one letter

Verdict = Literal["accepted", "rejected"]


class Decided(msgspec.Struct, frozen=True, kw_only=True):
    """What the second person said; `principal` is the human behind the name."""

    verdict: Verdict
    by: str
    at: datetime
    reason: str
    principal: str = ""


class Proposal(msgspec.Struct, frozen=True, kw_only=True):
    """A copy, sealed: who mended it and why, and which fields differ; `changes` has both values of
    each, sealed; `principal` is the human behind the name.  Without a copy: that nothing is sent.
    Of what `is_as_it_was` nobody else is asked: who sends it keeps everything else from it.
    """

    by: str
    at: datetime
    reason: str
    fields: tuple[str, ...] = ()
    changes: str = ""
    copy: str = ""
    number: int = 0
    decided: Decided | None = None
    principal: str = ""
    is_as_it_was: bool = False

    @property
    def is_dismissal(self) -> bool:
        """Tell whether somebody asked that nothing is sent."""
        return not self.copy and not self.is_as_it_was

    @property
    def is_final(self) -> bool:
        """Tell whether nothing else is done about the letter."""
        return self.is_as_it_was or bool(self.checker)

    @property
    def checker(self) -> str:
        """Return who accepted it; empty: nobody did."""
        return self.decided.by if self.decided and self.decided.verdict == "accepted" else ""


class NotNow(Exception):
    """One waits already, or there were too many."""


class Settled(NotNow):
    """It was decided what is done about it."""


class Edits:
    """All of them.  Whatever is asked of it raises `Unknown`."""

    def __init__(self, table: Table) -> None:
        self._table = table

    async def of(self, place: Place) -> list[Proposal]:
        """Return what was proposed for a letter, in that order."""
        return (await self.of_all([place]))[place.key]

    async def of_all(self, places: Sequence[Place]) -> dict[str, list[Proposal]]:
        """Return the same of many, by key."""
        bounds = [prefix(f"{place.key}#") for place in places]
        rows = {row["_id"]: row for row in await self._table.ranges(bounds)} if bounds else {}
        found: dict[str, list[Proposal]] = {place.key: [] for place in places}
        for id_, row in sorted(rows.items()):
            if id_.endswith("/decided"):
                continue
            proposal = msgspec.json.decode(row["said"], type=Proposal)
            after = rows.get(f"{id_}/decided")
            decided = msgspec.json.decode(after["said"], type=Decided) if after else None
            whole = msgspec.structs.replace(proposal, decided=decided)
            found[id_.rpartition("#")[0]].append(whole)
        return found

    async def add(self, place: Place, proposal: Proposal) -> Proposal:
        """Keep it; one of a letter waits at a time.  Raises `NotNow`, `Settled`."""
        standing = await self.of(place)
        if any(one.is_final for one in standing):
            raise Settled
        if len(standing) >= PROPOSED_LIMIT or any(one.decided is None for one in standing):
            raise NotNow
        numbered = msgspec.structs.replace(proposal, number=len(standing) + 1)
        try:
            await self._table.insert([_row(_id(place, numbered.number), numbered)])
        except Refused:
            raise NotNow from None
        return numbered

    async def settle(self, place: Place, sending: Proposal) -> Proposal:
        """Keep that it is sent as it was; return what stands: that, or what was before."""
        standing = await self.of(place)
        for one in standing:
            if one.is_final or one.decided is None:
                return one
        numbered = msgspec.structs.replace(sending, number=len(standing) + 1)
        await self._table.insert_missing([_row(_id(place, numbered.number), numbered)])
        return (await self.of(place))[-1]

    async def decide(self, place: Place, number: int, decided: Decided) -> Proposal | None:
        """Keep what was decided, unless somebody did before; None: there is none such."""
        if not await self._table.get([_id(place, number)]):
            return None
        await self._table.insert_missing([_row(f"{_id(place, number)}/decided", decided)])
        return next((one for one in await self.of(place) if one.number == number), None)


def dismissal(proposals: Sequence[Proposal]) -> Proposal | None:
    """Return the one that waits for a second person, of a letter's, if it is to dismiss it."""
    return next((one for one in proposals if one.is_dismissal and one.decided is None), None)


def _id(place: Place, number: int) -> str:
    return f"{place.key}#{number:04}"


def _row(id_: str, said: Proposal | Decided) -> Row:
    return {"_id": id_, "said": msgspec.json.encode(said).decode()}
