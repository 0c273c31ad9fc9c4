"""What `payment.reconciliation` told, in rows that are inserted and deleted, never changed.

    breaks        <break>/<event>             what was said of a break
    breaks_open   <break>.<number>            one that is open, by the event that opened it
    statements    <partner>.<day>.<number>    a statement of a day; the last one counts

A break's id is `<partner>.<day>.<kind>.<hash>`, so a partner's day is a range of each.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any, NamedTuple

import msgspec

from services.operations.domain.breaks import (
    Closing,
    Open,
    Opening,
    Said,
    Standing,
    Turn,
    open_of,
    standing,
)
from services.operations.domain.situations import break_row
from shared import events
from shared.bus import Record
from shared.errors import Unknown
from shared.events import UNREADABLE
from shared.events.reconciliation import (
    BreakClosed,
    BreakOpened,
    CloseAsked,
    CloseChecked,
    CloseRefused,
    CloseWaiting,
    StatementReconciled,
)
from shared.store import Row, Table, prefix

TOPIC = "payment.reconciliation"
END = "~"  # after every id
ROWS_LIMIT = 2_000  # read at once
AT_ONCE = 200  # of a list
OF_DAYS_LIMIT = 20_000  # breaks, of the days of a settlement
LOOKED_LIMIT = 2_000  # for a page of it
OPEN_LIMIT = 50_000  # breaks that sums look at
TRIES = 5
PARTNERS_LIMIT = 200
SAID = (CloseAsked, CloseChecked, CloseWaiting, CloseRefused)
TURNS: Mapping[str, type[Opening] | type[Closing] | type[Said]] = {
    BreakOpened.TYPE: Opening,
    BreakClosed.TYPE: Closing,
    **{contract.TYPE: Said for contract in SAID},
}
_WORDS = {
    contract.TYPE: msgspec.json.Decoder(contract)
    for contract in (BreakOpened, BreakClosed, *SAID, StatementReconciled)
}


class Told(NamedTuple):
    """A message about a break or a statement, and where it stands in the log."""

    id: str
    type: str
    at_ms: int
    place: str
    word: Any  # of one of the contracts above


class Statement(NamedTuple):
    """What became of a partner's statement of a day."""

    at: datetime
    word: StatementReconciled


class Tables(NamedTuple):
    """Where it is kept; `situations` has the stuck board's rows."""

    breaks: Table
    breaks_open: Table
    statements: Table
    situations: Table


def told(record: Record) -> Told | None:
    """Return what a record says; None of what is neither of a break nor of a statement."""
    try:
        event = events.decode(record.value or b"")
        word = _WORDS[event.type].decode(event.data)
    except (KeyError, *UNREADABLE):
        return None
    place = f"{record.partition}-{record.offset:012d}"
    return Told(event.id, event.type, int(event.time.timestamp() * 1_000), place, word)


class Ledger:
    """All of it.  Whatever is asked of it raises `Unknown`."""

    def __init__(self, tables: Tables) -> None:
        self._breaks, self._open, self._statements, self._situations = tables

    # ---- written

    async def keep(self, found: Sequence[Told]) -> dict[str, Standing]:
        """Insert what was told and bring what is open up to it; again is harmless.

        Return how the breaks stand that it was about, by id.
        """
        statements = [_row(t.id, t) for t in found if t.type == StatementReconciled.TYPE]
        turns = [t for t in found if t.type in TURNS]
        if statements:
            await self._statements.insert_missing(statements)
        if not turns:
            return {}
        await self._breaks.insert_missing([_row(f"{t.word.break_id}/{t.id}", t) for t in turns])
        # looked at after it was written, and once more: of two that write, the last has seen both
        ids = {t.word.break_id for t in turns}
        seen: dict[str, list[Row]] = {}
        now: dict[str, Standing] = {}
        for _ in range(TRIES):
            rows = await self._rows_of(ids)
            if rows == seen:
                return now
            now = {id_: s for id_ in sorted(ids) if (s := standing(_turns(rows[id_])))}
            await self._follow(rows, now)
            seen = rows
        raise Unknown("what is said of breaks changes while it is looked at")

    async def _follow(self, rows: Mapping[str, Sequence[Row]], now: Mapping[str, Standing]) -> None:
        """Have a row for each that is open, here and on the stuck board, and none for others."""
        is_open = {s.opening.id: s.opening for s in now.values() if s.closing is None}
        openings = [t for some in rows.values() for t in _turns(some) if isinstance(t, Opening)]
        over = [t for t in openings if t.id not in is_open]
        if is_open:
            fresh = [_open_row(opening) for opening in is_open.values()]
            await self._open.insert_missing(fresh)
            await self._situations.insert_missing([break_row(o) for o in is_open.values()])
        if over:
            await self._open.delete([opening.id for opening in over])
            await self._situations.delete([break_row(opening)["_id"] for opening in over])

    async def first_places(self, found: Iterable[Told]) -> set[str]:
        """Return the places of these that were the first to say what they say."""
        ids = [f"{t.word.break_id}/{t.id}" for t in found]
        return {row["place"] for row in await self._breaks.get(ids)} if ids else set()

    # ---- read

    async def every_open(self, partner: str = "") -> tuple[list[Open], bool]:
        """Return what is open, of all or of one partner, and whether that is all of it."""
        within = prefix(f"{partner}.") if partner else ("", END)
        rows = await self._open.ranges([within], OPEN_LIMIT + 1)
        return [_open(row) for row in rows[:OPEN_LIMIT]], len(rows) <= OPEN_LIMIT

    async def one(self, break_id: str) -> tuple[Standing | None, list[Turn]]:
        """Return how a break stands, and what was said of it, in the order of the log: who says
        something of it have clocks of their own.
        """
        turns = (await self.said_of([break_id]))[break_id]
        return standing(turns), turns

    async def said_of(self, break_ids: Collection[str]) -> dict[str, list[Turn]]:
        """Return what was said of breaks, of each in the order of the log."""
        found = await self._rows_of(break_ids) if break_ids else {}
        return {id_: _turns(sorted(rows, key=_place)) for id_, rows in found.items()}

    async def listed(
        self, within: str, kind: str, *, is_open: bool, after: str, limit: int
    ) -> tuple[list[Standing], str]:
        """Return breaks whose ids begin so, of a kind if one is named, in order of their ids; and
        after which id they go on, empty: nowhere.  Of a kind that is rare a page may be short.
        """
        low, high = prefix(within) if within else ("", END)
        low = max(low, f"{after}{END}") if after else low
        out: list[Standing] = []
        for _ in range(LOOKED_LIMIT // AT_ONCE):
            ids, is_more = await self._ids(low, high, is_open=is_open)
            wanted = [id_ for id_ in ids if not kind or id_.split(".")[2] == kind]
            out += [s for s in await self._standings(wanted) if is_open is (s.closing is None)]
            if len(out) > limit or (len(out) == limit and is_more):
                return out[:limit], out[limit - 1].id
            if not is_more:
                return out, ""
            low = f"{ids[-1]}{END}"
        return out, ids[-1]

    async def _ids(self, low: str, high: str, *, is_open: bool) -> tuple[list[str], bool]:
        """Return ids of breaks from `low` on, and whether there may be more."""
        table = self._open if is_open else self._breaks
        rows = await table.ranges([(low, high)], AT_ONCE)
        ids = [_open(r).break_id if is_open else r["_id"].partition("/")[0] for r in rows]
        return list(dict.fromkeys(ids)), len(rows) == AT_ONCE

    async def _standings(self, ids: Sequence[str]) -> list[Standing]:
        rows = await self._rows_of(ids) if ids else {}
        return [s for id_ in ids if (s := standing(_turns(rows[id_])))]

    async def _rows_of(self, ids: Collection[str]) -> dict[str, list[Row]]:
        out: dict[str, list[Row]] = {id_: [] for id_ in ids}
        for row in await self._breaks.ranges([prefix(f"{id_}/") for id_ in sorted(ids)]):
            out[row["_id"].partition("/")[0]].append(row)
        return out

    async def partners(self) -> list[str]:
        """Return the partners of which there is a statement."""
        found: list[str] = []
        while len(found) < PARTNERS_LIMIT:
            low = f"{found[-1]}.{END}" if found else ""
            rows = await self._statements.ranges([(low, END)], 1)
            if not rows:
                break
            found.append(rows[0]["_id"].partition(".")[0])
        return found

    async def last_statements(self, partner: str, limit: int) -> list[Statement]:
        """Return the last statement of each of so many days, the newest first; a day has any."""
        (low, high), found = prefix(f"{partner}."), dict[str, Statement]()
        while len(found) < limit:
            rows = await self._statements.last((low, high), limit)
            for row in reversed(rows):
                found.setdefault(_day(row), _statement(row))
            if len(rows) < limit:
                break
            high = f"{_day(rows[0])}."
        return [*found.values()][:limit]

    async def statements_of(self, partner: str, first: date, last: date) -> list[Statement]:
        """Return the last statement of each of these days, in their order."""
        within = f"{partner}.{first}.", f"{partner}.{last}.{END}"
        rows = await self._statements.ranges([within], ROWS_LIMIT)
        return [*{_day(row): _statement(row) for row in rows}.values()]

    async def standings_of(
        self, partner: str, first: date, last: date
    ) -> tuple[list[Standing], bool]:
        """Return how the breaks of these days stand, and whether that is all of them."""
        low, high, found = f"{partner}.{first}.", f"{partner}.{last}.{END}", list[Standing]()
        for _ in range(OF_DAYS_LIMIT // ROWS_LIMIT):
            rows = await self._breaks.ranges([(low, high)], ROWS_LIMIT)
            ids = [*dict.fromkeys(row["_id"].partition("/")[0] for row in rows)]
            found += await self._standings(ids)
            if len(rows) < ROWS_LIMIT:
                return found, True
            low = f"{ids[-1]}{END}"
        return found, False

    async def statements(self, partner: str, day: str) -> list[Statement]:
        """Return a day's statements: each corrects the one before."""
        rows = await self._statements.ranges([prefix(f"{partner}.{day}.")], ROWS_LIMIT)
        return [_statement(row) for row in rows]


# ---- rows


def _row(id_: str, told: Told) -> Row:
    text = events.encode(told.word).decode()
    return {"_id": id_, "type": told.type, "at_ms": told.at_ms, "place": told.place, "word": text}


def _open_row(opening: Opening) -> Row:
    said = msgspec.structs.asdict(open_of(opening))
    return {"_id": said.pop("id"), **said}


def _open(row: Row) -> Open:
    said = {name: row[name] for name in ("partner", "day", "kind")}
    return Open(id=row["_id"], vnd=int(row["vnd"]), booked_ms=int(row["booked_ms"]), **said)


def _turns(rows: Iterable[Row]) -> list[Turn]:
    return [
        TURNS[row["type"]](row["_id"].partition("/")[2], _at(row), _word(row))
        for row in rows
        if row["type"] in TURNS
    ]


def _place(row: Row) -> str:
    return str(row["place"])


def _day(row: Row) -> str:
    return str(row["_id"]).rpartition(".")[0]


def _statement(row: Row) -> Statement:
    return Statement(_at(row), _word(row))


def _word(row: Row) -> Any:
    return _WORDS[row["type"]].decode(row["word"])


def _at(row: Row) -> datetime:
    return datetime.fromtimestamp(int(row["at_ms"]) / 1_000, UTC)
