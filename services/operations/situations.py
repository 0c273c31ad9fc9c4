"""What open applications wait for, a row each: written with the log, read by the stuck board.

`_id` is `<application>/<stage>/<cause>/<about>`.  A row comes when a matter opens and goes when it
ends; both follow from the messages alone, so whoever reads them again comes to the same rows.

`vnd` is the money that hangs on it, `of` the order, refund, allowance or transaction that this is
of: who adds rows of several causes counts each once.  Empty: all that the application has.
"""

from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from hashlib import blake2b
from typing import NamedTuple

import msgspec

from services.operations.domain import breaks
from services.operations.domain.causes import APART, CAUSES, HELD
from services.operations.domain.dead.letters import group_id, split
from services.operations.domain.entries import Entry, in_order
from services.operations.domain.matters import Matter, Summary
from services.operations.domain.occurrences import by_application, judge
from services.operations.domain.patience import Patience
from services.operations.domain.status import held_by, is_of_holding
from services.operations.domain.summary import followed
from services.operations.journeys import KNOWN_LIMIT, Journeys
from shared.errors import Unknown
from shared.events.kernel import RecordParked
from shared.lanes.step import HELD_BEHIND
from shared.store import Row, Table, prefix

TRIES = 5
NEVER_MS = 4_102_444_800_000  # the year 2100
PLAIN = Patience()
# what the board groups by and adds up, so that it need not look at the rows
INDEX = ("stage", "cause", "stuck_ms", "_id", "since_ms", "vnd")


class _Known(NamedTuple):
    """`stood`: the places of messages that were kept when it was looked up: they are in the
    summary, and may come again.
    """

    summary: Summary
    stood: frozenset[tuple[str, int, int]] = frozenset()


_NOTHING = _Known(Summary())


class Situations:
    """Follows applications; it remembers the summaries of as many as `Journeys` knows."""

    def __init__(self, table: Table, journeys: Journeys, patience: Patience = PLAIN) -> None:
        self._table, self._journeys, self._patience = table, journeys, patience
        self._known: OrderedDict[str, _Known] = OrderedDict()

    def forget(self) -> None:
        """Take no application for known: another process may have written since."""
        self._known.clear()

    async def follow(self, entries: Sequence[Entry]) -> None:
        """Bring the rows up to these messages, which are kept by now; again is harmless.

        Raises `Unknown`.
        """
        turned: dict[str, _Known] = {}
        old: dict[str, Mapping[str, Row]] = {}
        new: dict[str, Mapping[str, Row]] = {}
        doubtful = []
        for application, piece in by_application(e for e in entries if not e.is_aside).items():
            known, stood = self._before(application), self._journeys.stood.get(application, ())
            first = judge(piece, stood).first
            fresh = [e for e in first if e.place not in known.stood] if known.stood else first
            turned[application] = _Known(followed(known.summary, in_order(fresh)), known.stood)
            both = known.summary, turned[application].summary
            old[application], new[application] = _changed(application, *both, self._patience)
            is_anew = application in self._known and bool(stood)
            if is_anew or (known.stood and any(e.place in known.stood for e in piece)):
                doubtful.append(application)
        old |= await self._standing(doubtful)
        new |= {a: _rows(a, turned[a].summary, self._patience) for a in doubtful}
        await self._turn(old, new)
        self._remember(turned)

    async def _turn(
        self, old: Mapping[str, Mapping[str, Row]], new: Mapping[str, Mapping[str, Row]]
    ) -> None:
        """Put these rows in the place of those."""
        gone = [i for a, rows in old.items() for i, row in rows.items() if new[a].get(i) != row]
        come = [row for a, rows in new.items() for i, row in rows.items() if old[a].get(i) != row]
        if gone:
            await self._table.delete(gone)
        if come:
            await self._table.insert_missing(come)

    def _before(self, application: str) -> "_Known":
        """Return what is known of an application before these messages."""
        stood = self._journeys.stood.get(application)
        if not stood:
            return self._known.get(application, _NOTHING)
        places = frozenset(e.place for e in stood)
        return _Known(_summary(stood), places)

    def _remember(self, turned: Mapping[str, "_Known"]) -> None:
        for application, known in turned.items():
            self._known[application] = known
            self._known.move_to_end(application)
        while len(self._known) > KNOWN_LIMIT:
            self._known.popitem(last=False)

    async def _standing(self, applications: Sequence[str]) -> dict[str, Mapping[str, Row]]:
        """Return the rows as they stand of applications that somebody may have begun to turn."""
        found: dict[str, dict[str, Row]] = {application: {} for application in applications}
        bounds = [prefix(f"{application}/") for application in applications]
        for row in await self._table.ranges(bounds) if bounds else ():
            if row["cause"] not in APART:
                found[row["application"]][row["_id"]] = row
        return dict(found)

    async def hold(self, entries: Iterable[Entry]) -> None:
        """Bring the rows of what services hold up to these messages.  Raises `Unknown`.

        Who reads of the holding and who reads of the release may be two: each looks again after
        it wrote, so that the last one who writes has seen both.
        """
        todo = {e.application for e in entries if is_of_holding(e) and e.application}
        seen: dict[str, frozenset[str]] = {}
        for _ in range(TRIES):
            standing = await self._journeys.standing(todo)
            now = {a: frozenset(held_by(in_order(found))) for a, found in standing.items()}
            todo = {a for a in todo if seen.get(a) != now[a]}
            if not todo:
                return
            for application in todo:
                await self._put_held(application, standing[application], now[application])
            seen |= now
        raise Unknown("what is held changes while it is looked at")

    async def _put_held(
        self, application: str, found: Sequence[Entry], held: frozenset[str]
    ) -> None:
        rows = _held_rows(application, found)
        await self._table.delete([row["_id"] for row in rows.values()])
        if held:
            await self._table.insert_missing([rows[service] for service in sorted(held)])


class _Parked(msgspec.Struct):
    """What is looked at of what a lane says it holds, read leniently."""

    service: str = ""
    topic: str = ""
    partition: int = 0
    offset: int = 0
    reason: str = ""


_decode = msgspec.json.Decoder(_Parked).decode


def _parked(entry: Entry) -> _Parked:
    try:
        return _decode(entry.data)
    except msgspec.DecodeError:
        return _Parked()


def _because(service: str, parked: _Parked | None) -> Row:
    """Return what a row says of the record that an application is held for."""
    told = parked or _Parked()
    reason, field = split(told.reason)
    place = {"topic": told.topic, "partition": told.partition, "offset": told.offset}
    group = group_id("parked", service, told.topic, reason, field)
    return {**place, "reason": reason, "field": field, "group": group}


def row_apart(application: str, found: Sequence[Entry], matter: Matter, stage: str) -> Row:
    """Return the row of what a lane says of an application, of which this is kept; all its money
    hangs on it, as of when the lane said so.
    """
    then = _summary([e for e in found if e.logged_ms <= matter.since_ms])
    return {**_row(application, _summary(found), matter, stage), "vnd": then.whole_vnd}


def rows_of(
    application: str, entries: Sequence[Entry], patience: Patience = PLAIN
) -> Mapping[str, Row]:
    """Return the rows of an application, from all its messages, by `_id`; not what is held."""
    return _rows(application, _summary(entries), patience)


def all_rows_of(
    application: str, entries: Sequence[Entry], patience: Patience = PLAIN
) -> Mapping[str, Row]:
    """Return the rows of an application, from all its messages, by `_id`."""
    held = held_by(in_order(entries))
    holding = _held_rows(application, entries) if held else {}
    rows = (holding[service] for service in held)
    return {**rows_of(application, entries, patience), **{row["_id"]: row for row in rows}}


def _held_rows(application: str, entries: Sequence[Entry]) -> dict[str, Row]:
    """Return what there would be of each service that has ever held it."""
    told = [(e, _parked(e)) for e in entries if e.type == RecordParked.TYPE and e.belongs]
    since = {parked.service: e.logged_ms for e, parked in told}
    because = {p.service: p for _, p in told if p.reason != HELD_BEHIND}
    return {
        service: row_apart(application, entries, Matter(HELD, "", at_ms), service)
        | _because(service, because.get(service))
        for service, at_ms in since.items()
    }


def break_row(opening: breaks.Opening) -> Row:
    """Return the row of an open break.  What it is of no application has a key as long as one's."""
    matter, word = breaks.matter(opening), opening.word
    key = word.application or blake2b(word.break_id.encode(), digest_size=18).hexdigest()
    row = _row(key, Summary(), matter, CAUSES[matter.cause].stage)
    return {**row, "application": word.application}


def _summary(entries: Sequence[Entry]) -> Summary:
    return followed(Summary(), in_order(judge(list(entries), ()).first))


def _rows(application: str, summary: Summary, patience: Patience) -> Mapping[str, Row]:
    return _rows_about(application, summary, summary.waits(), patience)


def _changed(
    application: str, before: Summary, after: Summary, patience: Patience
) -> tuple[Mapping[str, Row], Mapping[str, Row]]:
    """Return the rows before and after, without those that stay as they are."""
    was, waits = before.waits(), after.waits()
    if before.names == after.names:
        was, waits = [m for m in was if m not in waits], [m for m in waits if m not in was]
    return (
        _rows_about(application, before, was, patience),
        _rows_about(application, after, waits, patience),
    )


def _rows_about(
    application: str, summary: Summary, matters: Iterable[Matter], patience: Patience
) -> Mapping[str, Row]:
    rows = (_row(application, summary, m, CAUSES[m.cause].stage, patience) for m in matters)
    return {row["_id"]: row for row in rows}


def _row(
    application: str, summary: Summary, matter: Matter, stage: str, patience: Patience = PLAIN
) -> Row:
    cause = CAUSES[matter.cause]
    return {
        "_id": f"{application}/{stage}/{matter.cause}/{matter.about}",
        "stage": stage,
        "cause": matter.cause,
        "application": application,
        "stuck_ms": patience.ends_ms(matter) or NEVER_MS,
        "since_ms": matter.since_ms,
        "vnd": matter.vnd,
        "dossier": summary.dossier,
        "procedure": summary.procedure,
        "unit": getattr(summary, cause.unit) or summary.receiving,
        "partner": matter.partner,
        "of": matter.of,
    }
