"""Breaks that operators have closed: whom it takes, and what is said of it.

    closings    <break>/<id of who asked>            over the limit: what waits for a second person
                <break>/<id of who asked>/checked    what that person said

A word has an id, so the same again has the same outcome, said under the same ids.  What two say
together waits for nobody.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import msgspec

from services.payment.breaks import Breaks, Standing, closed, happened, said
from services.payment.domain.leaving import agreed_before
from shared import events
from shared.bus import Record
from shared.clock import Clock
from shared.events import UNREADABLE, Event
from shared.events.reconciliation import (
    BreakClosed,
    CloseAsked,
    CloseChecked,
    CloseRefused,
    CloseWaiting,
    RefusedBecause,
)
from shared.principals import may_answer
from shared.store import Row, Table

_WORDS: Mapping[str, msgspec.json.Decoder[Any]] = {
    contract.TYPE: msgspec.json.Decoder(contract) for contract in (CloseAsked, CloseChecked)
}


class Waiting(NamedTuple):
    """What waits for a second person: of which row of the break, since when."""

    row_id: str
    at: datetime
    asked: CloseAsked


class Closings:
    """What operators say of breaks.  Whatever is asked of it raises `Unknown`."""

    def __init__(self, breaks: Breaks, table: Table, over_vnd: int, clock: Clock) -> None:
        self._breaks, self._table = breaks, table
        self._over_vnd, self._clock = over_vnd, clock

    def needs_two(self, standing: Standing) -> bool:
        """Tell whether one person may not close it alone."""
        return max(standing.opened.amount_vnd, standing.opened.expected_vnd) > self._over_vnd

    async def heard(self, record: Record) -> list[Event]:
        """Return what is to be said because of a message; nothing of what is none of theirs."""
        try:
            event = events.decode(record.value or b"")
            word = _WORDS[event.type].decode(event.data)
        except (KeyError, *UNREADABLE):
            return []
        if isinstance(word, CloseAsked):
            return await self._ask(event.id, word)
        return await self._check(event.id, word)

    async def close(
        self, standing: Standing, by: str, reason: str, checked_by: str = ""
    ) -> Standing:
        """Close an open break; return how it stands, if somebody else was first as they left it."""
        word = _word(standing, by, reason, checked_by)
        over = closed(standing, self._clock(), word)
        await self._breaks.put([over])
        return await self._breaks.get(standing.id) or over

    async def _ask(self, id_: str, word: CloseAsked) -> list[Event]:
        standing = await self._breaks.get(word.break_id)
        if standing is None:
            return [_refused(id_, id_, word, "unknown_break", self._clock())]
        agreed = agreed_before(word)
        if standing.closed:
            is_so = standing.closed == _word(standing, word.by, word.reason, agreed)
            over = [] if is_so else [_refused(id_, id_, word, "over", self._clock())]
            return [*said(standing), *over]
        if agreed or not self.needs_two(standing):
            return said(await self.close(standing, word.by, word.reason, agreed))
        key = f"{word.break_id}/{id_}"
        await self._table.insert_missing([_row(key, standing, self._clock(), word)])
        waiting = await self._waiting(key)
        at = waiting.at if waiting else self._clock()
        return [happened(f"{id_}.waiting", _wait(id_, word, standing), at)]

    async def _check(self, id_: str, word: CloseChecked) -> list[Event]:
        key = f"{word.break_id}/{word.asked}"
        waiting, standing = await self._waiting(key), await self._breaks.get(word.break_id)
        if waiting is None or standing is None:
            return [self._no(id_, word, "not_waiting")]
        asked = waiting.asked
        if standing.closed:
            agreed = _word(standing, asked.by, asked.reason, word.by)
            is_so = word.approved and standing.closed == agreed
            return [*said(standing), *([] if is_so else [self._no(id_, word, "over")])]
        if standing.row_id != waiting.row_id:
            return [self._no(id_, word, "not_waiting")]
        if not may_answer(asked.principal, word.principal, agrees=word.approved):
            return [self._no(id_, word, "same_person")]
        first = await self._first(key, id_)
        if first != id_:
            return [self._no(id_, word, "not_waiting")]
        if not word.approved:
            return [self._no(id_, word, "rejected", word.reason)]
        return said(await self.close(standing, asked.by, asked.reason, word.by))

    def _no(self, id_: str, word: CloseChecked, because: RefusedBecause, reason: str = "") -> Event:
        return _refused(id_, word.asked, word, because, self._clock(), reason)

    async def _first(self, key: str, id_: str) -> str:
        """Return the id of the word that was the first to answer, this one or another."""
        row: Row = {"_id": f"{key}/checked", "by": id_}
        await self._table.insert_missing([row])
        rows = await self._table.get([row["_id"]])
        return str(rows[0]["by"]) if rows else id_

    async def _waiting(self, key: str) -> Waiting | None:
        rows: Sequence[Row] = await self._table.get([key])
        if not rows:
            return None
        asked = _WORDS[CloseAsked.TYPE].decode(rows[0]["asked"])
        return Waiting(rows[0]["row"], rows[0]["at"], asked)


def _row(key: str, standing: Standing, at: datetime, word: CloseAsked) -> Row:
    asked = events.encode(word).decode()
    return {"_id": key, "row": standing.row_id, "at": at, "asked": asked}


def _word(standing: Standing, by: str, reason: str, checked_by: str) -> BreakClosed:
    opened = standing.opened
    return BreakClosed(
        partner=opened.partner,
        day=opened.day,
        break_id=opened.break_id,
        kind=opened.kind,
        amount_vnd=opened.amount_vnd,
        because="person",
        reason=reason,
        by=by,
        checked_by=checked_by,
    )


def _wait(id_: str, word: CloseAsked, standing: Standing) -> CloseWaiting:
    return CloseWaiting(
        partner=standing.opened.partner,
        break_id=word.break_id,
        asked=id_,
        by=word.by,
        amount_vnd=standing.opened.amount_vnd,
    )


def _refused(
    id_: str,
    asked: str,
    word: CloseAsked | CloseChecked,
    because: RefusedBecause,
    at: datetime,
    reason: str = "",
) -> Event:
    no = CloseRefused(
        partner=word.partner,
        break_id=word.break_id,
        asked=asked,
        by=word.by,
        because=because,
        reason=reason,
    )
    return happened(f"{id_}.refused", no, at)
