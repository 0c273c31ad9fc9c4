"""Proves a period, some applications at a time: what is found of each is added, nothing is kept.

Rows of journeys are ordered by application, and a UUIDv7 by the instant at which it was made: a
period is one range, read in pages.  Before it comes what was set aside in the period and names no
application: nobody can tell which one it was to be, so that letters are counted by what was done
about them.
"""

from collections.abc import Iterable
from datetime import datetime
from itertools import groupby
from typing import NamedTuple

import msgspec

from services.operations.domain.dead.letters import Answer, Place
from services.operations.domain.entries import Entry
from services.operations.domain.naming import names_of
from services.operations.domain.occurrences import ENTRIES_LIMIT, is_cut
from services.operations.domain.packing import unpacked
from services.operations.domain.proof.checks import proof_of
from services.operations.domain.proof.period import Period, ms
from services.operations.domain.proof.tally import Moment, Proof, read_as
from services.operations.journeys import whole
from shared.store import Row, Table, prefix

PAGE_ROWS = 500
DEAD = "dead/"  # how rows of dead letters begin


class Part(NamedTuple):
    """What was found of some applications; `after`: where to go on, empty after the last."""

    proof: Proof
    after: str


class _Letter(msgspec.Struct, frozen=True):
    topic: str = ""
    partition: int = -1
    offset: int = -1
    reason: str = ""


_letter = msgspec.json.Decoder(_Letter)


class Proving:
    """Over the tables of `journeys.Journeys`, and what was done about letters."""

    def __init__(
        self,
        journeys: Table,
        names: Table,
        aside: Table,
        answers: Table,
        page_rows: int = PAGE_ROWS,
    ) -> None:
        self._journeys, self._names, self._aside = journeys, names, aside
        self._answers, self._page_rows = answers, page_rows

    async def some(self, period: Period, as_of: datetime, after: str, limit: int) -> Part:
        """Prove `limit` applications of a period or a page more, from `after` on.

        `as_of`: until when the read side has read the log.  Raises `Unknown`.
        """
        found = Proof()
        if not after or after.startswith(DEAD):
            found, after = await self._of_nobody(period, as_of, after)
            if after:
                return Part(found, after)
        low, high = period.ids
        low = max(low, after)
        moment = Moment(ms(as_of), ms(period.until))
        while low and found.applications < limit:
            page, low = await self.page(low, high)
            found.add(await self._proven(page, moment))
        return Part(found, low)

    async def one(self, application: str, as_of: datetime) -> Proof:
        """Prove one application, as of now.  Raises `Unknown`."""
        rows = await self._journeys.ranges([prefix(f"{application}/")], ENTRIES_LIMIT)
        return await self._proven([(application, rows)], Moment(ms(as_of), ms(as_of)))

    async def _proven(self, applications: Iterable[tuple[str, list[Row]]], moment: Moment) -> Proof:
        given: list[tuple[Entry, str]] = []
        proofs: list[Proof] = []
        for application, rows in applications:
            entries, forks = whole(application, rows)
            is_truncated = is_cut([*entries, *forks])
            proofs.append(proof_of(application, entries, forks, moment, is_truncated))
            given += [(e, row["_id"]) for e in entries for row in names_of(e)]
        found = Proof()
        found.add(*proofs, await self._elsewhere(given))
        return found

    async def _of_nobody(self, period: Period, as_of: datetime, after: str) -> tuple[Proof, str]:
        """Return a page of what nobody can read and names no application; from where to go on."""
        low, high = (f"{DEAD}{ms(at):015d}/" for at in period)
        rows = await self._aside.ranges([(max(low, after), high)], self._page_rows)
        letters: dict[str, tuple[_Letter, int]] = {}  # a lane may say it again
        for row in rows:
            if not row["application"]:
                [letter] = unpacked("", row["entries"])
                data = read_as(_letter, letter.data, _Letter())
                stood = (
                    letter.place if data.offset < 0 else (data.topic, data.partition, data.offset)
                )
                letters.setdefault(Place(*stood).key, (data, letter.logged_ms))
        answers = {
            row["_id"]: msgspec.json.decode(row["said"], type=Answer).data.did
            for row in await self._answers.get(list(letters))
        }
        found, moment = Proof(), Moment(ms(as_of), ms(period.until))
        for key, (data, logged_ms) in letters.items():
            _count_letter(data, logged_ms, answers.get(key, ""), moment, found)
        return found, f"{rows[-1]['_id']}~" if len(rows) == self._page_rows else ""

    async def page(self, low: str, high: str) -> tuple[list[tuple[str, list[Row]]], str]:
        """Return all rows of the next applications, and from where to go on, empty at the end."""
        rows = await self._journeys.ranges([(low, high)], self._page_rows)
        own = [(a, list(some)) for a, some in groupby(rows, key=_application)]
        if len(rows) < self._page_rows:
            return own, ""
        last = own[-1][0]
        if len(own) > 1:  # the next page has more of the last one
            return own[:-1], last
        bounds = prefix(f"{last}/")
        return [(last, await self._journeys.ranges([bounds], ENTRIES_LIMIT))], bounds[1]

    async def _elsewhere(self, given: Iterable[tuple[Entry, str]]) -> Proof:
        """Return the dossier codes and references that stand for another application already."""
        found = Proof()
        stand = await self._names.get(list({name for _, name in given}))
        # what a settlement report reads by day stands among the names: its id has its application
        whose = {row["_id"]: str(row["application"]) for row in stand if "application" in row}
        for entry, name in given:
            other = whose.get(name, entry.application)
            if other != entry.application:
                found.blame("name_taken", entry.application, name, f"stands for {other}")
        return found


def _count_letter(data: _Letter, logged_ms: int, did: str, moment: Moment, into: Proof) -> None:
    into.count("letters", "set_aside")
    called = "", f"{data.topic}[{data.partition}]@{data.offset}", data.reason
    if did:
        into.count("letters", "dismissed" if did == "dismissed" else "sent_again")
    elif moment.bears("unreadable", logged_ms):
        into.count("letters", "waiting")
        into.wait("unreadable", *called, logged_ms)
    else:
        into.blame("left_unreadable", *called)


def _application(row: Row) -> str:
    return str(row["_id"]).partition("/")[0]
