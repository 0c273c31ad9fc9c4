"""Finds whom a broadcast concerns: through the journal, page by page, from where it came to."""

from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from services.notify.broadcasts.rows import Broadcasts, Recipients
from services.notify.domain import Dossier
from services.notify.domain.audience import Tally, concerns, tallied
from services.notify.domain.broadcasts import ITSELF, RECIPIENTS_LIMIT, Act, Broadcast
from shared.clock import Clock
from shared.journal import Decision, Journal
from shared.kinship import is_child, parent_of
from shared.pages import Pages

KIND = "walked"
PAGE_LIMIT = 500  # applications
PAGES_A_TURN = 5  # of the journal
OVERFULL = f"It concerns more than {RECIPIENTS_LIMIT:,} applications: narrow it down."


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """Nobody is concerned between the last page of recipients and this application."""

    after: str


class Found(NamedTuple):
    """Applications that are concerned, how many were passed over, and where to go on."""

    decisions: Sequence[Decision[Dossier]]
    passed_over: int
    after: str


class Walk:
    """One step finds at most a page of recipients; a step done twice finds the page that stands."""

    def __init__(
        self,
        rows: Broadcasts,
        pages: Pages[Dossier],
        journal: Journal[Dossier],
        clock: Clock,
        recipients_limit: int = RECIPIENTS_LIMIT,
    ) -> None:
        self._rows, self._pages, self._journal, self._clock = rows, pages, journal, clock
        self._recipients_limit = recipients_limit

    async def step(self, broadcast: Broadcast) -> None:
        """Go on with a broadcast that is counting.  Raises `Unknown`."""
        number, last = await self._rows.last_page(broadcast.id)
        if last is None or last.after:
            tally, after = (last.tally, last.after) if last else (Tally(), "")
            if broadcast.listed:
                found = await self._listed(broadcast, after)
            else:
                place_number, place = await self._rows.place(KIND, broadcast.id, Place)
                found = await self._walked(broadcast, max(after, place.after if place else ""))
                if found.after and not found.decisions:
                    place = Place(after=found.after)
                    return await self._rows.move(KIND, broadcast.id, place_number, place)
            dossiers = [d.state for d in found.decisions if d.state]
            last = Recipients(
                applications=tuple(d.application for d in found.decisions),
                tally=tallied(
                    tally, broadcast.draft.words, broadcast.milestone, dossiers, found.passed_over
                ),
                after=found.after,
            )
            if not await self._rows.add_page(broadcast.id, number + 1, last):
                return None  # somebody else's counts
        now = self._clock()
        if last.tally.recipients > self._recipients_limit:
            act = Act(what="overfull", by=ITSELF, at=now, reason=OVERFULL, tally=last.tally)
            await self._rows.act(broadcast.after(act))
        elif not last.after:
            act = Act(what="counted", by=ITSELF, at=now, tally=last.tally)
            await self._rows.act(broadcast.after(act))
        return None

    async def _listed(self, broadcast: Broadcast, after: str) -> Found:
        """Return those of the next ones on the list that may be told."""
        low = int(after or "0")
        high = min(low + PAGE_LIMIT, broadcast.listed)
        asked = dict.fromkeys(await self._rows.listed(broadcast.id, low, high))
        known = await self._journal.latest_of(asked)
        audience = broadcast.draft.audience
        found = [
            d for a in asked if (d := known.get(a)) and d.state and concerns(audience, d.state)
        ]
        return Found(found, high - low - len(found), f"{high}" if high < broadcast.listed else "")

    async def _walked(self, broadcast: Broadcast, after: str) -> Found:
        """Return those on the next pages of the journal that are concerned."""
        found: list[Decision[Dossier]] = []
        for _ in range(PAGES_A_TURN):
            page = await self._pages.after(after)
            found += await self._concerned(broadcast, page.found)
            after = page.next
            if not after or len(found) >= PAGE_LIMIT:
                break
        if len(found) > PAGE_LIMIT:
            found = found[:PAGE_LIMIT]
            after = found[-1].application
        return Found(found, 0, after)

    async def _concerned(
        self, broadcast: Broadcast, decisions: Sequence[Decision[Dossier]]
    ) -> list[Decision[Dossier]]:
        """Return who is concerned; a family hears it once, by its parent."""
        audience = broadcast.draft.audience
        found = [d for d in decisions if d.state and concerns(audience, d.state)]
        parents = {parent_of(d.application) for d in found if is_child(d.application)}
        known = await self._journal.latest_of(parents) if parents else {}
        told = {a for a, d in known.items() if d.state and concerns(audience, d.state)}
        return [
            d for d in found if not is_child(d.application) or parent_of(d.application) not in told
        ]
