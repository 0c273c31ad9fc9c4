"""Mended copies that wait for a second person: rows inserted and never changed.

    dead_edits   <topic>/<partition>/<offset>#<n>          the n-th copy that somebody proposed
                 <topic>/<partition>/<offset>#<n>/decided  who accepted or rejected it

The number is the guard: of two who decide, the first did.
"""

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
    each, sealed; `principal` is the human behind the name.
    """

    by: str
    at: datetime
    reason: str
    fields: tuple[str, ...]
    changes: str
    copy: str
    number: int = 0
    decided: Decided | None = None
    principal: str = ""

    @property
    def checker(self) -> str:
        """Return who accepted it; empty: nobody did."""
        return self.decided.by if self.decided and self.decided.verdict == "accepted" else ""


class NotNow(Exception):
    """One copy waits already, or there were too many."""


class Edits:
    """All of them.  Whatever is asked of it raises `Unknown`."""

    def __init__(self, table: Table) -> None:
        self._table = table

    async def of(self, place: Place) -> list[Proposal]:
        """Return the copies of a letter, in the order in which they were proposed."""
        rows = {row["_id"]: row for row in await self._table.ranges([prefix(f"{place.key}#")])}
        found = []
        for id_, row in sorted(rows.items()):
            if id_.endswith("/decided"):
                continue
            proposal = msgspec.json.decode(row["said"], type=Proposal)
            after = rows.get(f"{id_}/decided")
            decided = msgspec.json.decode(after["said"], type=Decided) if after else None
            found.append(msgspec.structs.replace(proposal, decided=decided))
        return found

    async def add(self, place: Place, proposal: Proposal) -> Proposal:
        """Keep a copy; one of a letter waits at a time.  Raises `NotNow`."""
        standing = await self.of(place)
        if len(standing) >= PROPOSED_LIMIT or any(one.decided is None for one in standing):
            raise NotNow
        numbered = msgspec.structs.replace(proposal, number=len(standing) + 1)
        try:
            await self._table.insert([_row(_id(place, numbered.number), numbered)])
        except Refused:
            raise NotNow from None
        return numbered

    async def decide(self, place: Place, number: int, decided: Decided) -> Proposal | None:
        """Keep what was decided, unless somebody did before; None: there is no such copy."""
        if not await self._table.get([_id(place, number)]):
            return None
        await self._table.insert_missing([_row(f"{_id(place, number)}/decided", decided)])
        return next((one for one in await self.of(place) if one.number == number), None)


def _id(place: Place, number: int) -> str:
    return f"{place.key}#{number:04}"


def _row(id_: str, said: Proposal | Decided) -> Row:
    return {"_id": id_, "said": msgspec.json.encode(said).decode()}
