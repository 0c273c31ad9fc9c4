"""One run over one file: it is checked whole, matched in chunks, and what may be cured is told.

Everything that is done for a chunk has an id that is the same each time, and the chunk is
remembered when all of it stands.  So a run may end anywhere, and the next one goes on.
"""

import hashlib
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from itertools import chain, islice
from pathlib import Path
from typing import NamedTuple

from deploy.reconciling.ports import Around, Books
from deploy.reconciling.queue import LOOK_BACK, TOLD, Queue, latest_of
from deploy.reconciling.recorded import Chunk, File, counted
from services.payment.breaks import Standing, reconciled
from services.payment.domain.matching import (
    Break,
    Held,
    Known,
    Matching,
    agrees,
    held_in,
)
from services.payment.domain.ordered import Ordered, orders_in
from services.payment.domain.partner_fees import PartnerFee, as_paid, fee_of
from services.payment.domain.paying_out import whose
from services.payment.domain.state import Payment
from services.payment.statements import Asked, Line, Read
from services.payment.statements.checking import Checked, check
from shared.events.reconciliation import (
    Because,
    BreakKind,
    BreakOpened,
    BreakSum,
    DaySum,
    StatementReconciled,
)
from shared.working_time import local_day

UNKNOWN = "unknown"  # on which day money came


class Day(NamedTuple):
    """The hours of which a statement should name all money, and what payment holds around them."""

    since: datetime
    until: datetime
    held: Mapping[str, Sequence[Held]]

    def __contains__(self, at: object) -> bool:
        return isinstance(at, datetime) and self.since <= at < self.until


class Outcome(NamedTuple):
    """What became of a file.  `again`: it was reconciled before; `added`, `removed`: lines, as far
    as it corrects another; `opened` and `closed`: breaks, by this run; `fee_vnd`: the partner's.
    """

    report: StatementReconciled
    again: bool
    added: int
    removed: int
    opened: int
    closed: Mapping[Because, int]
    open_now: tuple[Standing, ...]
    fee_vnd: int = 0


class Run:
    """One run over one file."""

    def __init__(
        self, asked: Asked, books: Books, around: Around, fees: Sequence[PartnerFee] = ()
    ) -> None:
        self._asked, self._books, self._around, self._fees = asked, books, around, fees
        self._queue = Queue(asked, books, around)

    async def go(self, path: Path, read: Read, day: Day) -> Outcome:
        """Reconcile a file.  Raises `Unfit`, `TooMany`, and `Unknown`: then run it again."""
        with path.open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
            file.seek(0)
            checked = check(read(file, self._asked), self._asked, self._around.looked)
            found, before = await self._file(sha256)
            report, fee_vnd = found.done, sum(c.fee_vnd for c in found.chunks.values())
            if report is None:
                file.seek(0)
                lines = read(file, self._asked)
                report, fee_vnd = await self._reconcile(found, lines, checked, day)
        await self._queue.follow_up(sha256)
        added, removed = await self._difference(before, found)
        return Outcome(
            report,
            found.done is not None,
            added,
            removed,
            self._queue.opened,
            dict(self._queue.closed),
            await self._queue.open_now(),
            fee_vnd,
        )

    async def _file(self, sha256: str) -> tuple[File, File | None]:
        """Return what is remembered of this file, and the one before it."""
        files = await self._books.recorded.files()
        if files and files[-1].sha256 == sha256:
            return files[-1], files[-2] if len(files) > 1 else None
        number = len(files) + 1
        begun = await self._books.recorded.begin(number, sha256, self._around.clock())
        return begun, files[-1] if files else None

    async def _difference(self, before: File | None, found: File) -> tuple[int, int]:
        if before is None:
            return 0, 0
        now = next(f for f in await self._books.recorded.files() if f.number == found.number)
        old, new = counted(before.digests), counted(now.digests)
        return (new - old).total(), (old - new).total()

    # ---- matching

    async def _reconcile(
        self, file: File, lines: Iterable[Line], checked: Checked, day: Day
    ) -> tuple[StatementReconciled, int]:
        partner, on = self._asked
        standing = await self._books.breaks.since(partner, on, on)
        matching = Matching(partner, on, day.__contains__, checked.keys)
        chunks = list[Chunk]()
        for place, some in enumerate(_chunks(lines, self._around.chunk)):
            chunk = file.chunks.get(place)
            if chunk:
                matching.skip(some)
            else:
                chunk = await self._chunk(file, place, some, matching, day, standing)
            chunks.append(chunk)
            self._around.moved(min(checked.lines, (place + 1) * self._around.chunk))
        missing = await self._missing_there(matching, checked, day)
        await self._queue.open(missing, file.sha256, standing)
        wanted = {*chain.from_iterable(c.breaks for c in chunks), *(b.id for b in missing)}
        because: Because = "corrected" if file.correction else "cured"
        gone = [s for s in standing.values() if s.closed is None and s.id not in wanted]
        await self._queue.close(gone, because)
        now = await self._books.breaks.since(partner, on, on)
        opened = [now[id_].opened for id_ in sorted(wanted)]
        report = _report(file, checked, chunks, opened, _later_vnd(checked, day))
        at = self._around.clock()
        await self._books.outbox.publish([reconciled(report, at)])
        await self._books.recorded.done(file, report, at)
        return report, sum(c.fee_vnd for c in chunks)

    async def _chunk(
        self,
        file: File,
        place: int,
        lines: Sequence[Line],
        matching: Matching,
        day: Day,
        standing: Mapping[str, Standing],
    ) -> Chunk:
        known = await self._known(lines, day.held)
        paid = [as_paid(self._fees, x, _amounts(x, known)) for x in lines]
        found = matching.take(paid, known)
        await self._queue.open(found.breaks, file.sha256, standing)
        told = (f"{b.movement}/{b.transaction}" for b in found.breaks if b.cure in TOLD)
        await self._books.recorded.state([*found.beyond, *told])
        await self._close_named({key for key in found.beyond if not key.startswith("paid/")})
        fee_vnd = sum(fee_of(self._fees, x) for x in paid)
        beside = {f"{day or UNKNOWN}": vnd for day, vnd in found.beside.items()}
        ids = tuple(b.id for b in found.breaks)
        chunk = Chunk(found.lines, found.amount_vnd, ids, fee_vnd, beside)
        await self._books.recorded.chunk(file, place, chunk, lines)
        return chunk

    async def _close_named(self, left: Collection[str]) -> None:
        """Close what a person was to find of other days: this statement names what left."""
        if not left:
            return
        partner, on = self._asked
        found = await self._books.breaks.since(partner, on - LOOK_BACK, on + LOOK_BACK)
        waiting = [s for s in found.values() if s.closed is None and s.opened.day != on]
        unstated = [(s, s.opened) for s in waiting if s.opened.cause == "unstated"]
        named = [s for s, o in unstated if f"{o.movement}/{o.transaction}" in left]
        await self._queue.close(named, "stated")

    async def _known(self, lines: Sequence[Line], held: Mapping[str, Sequence[Held]]) -> Known:
        """Return what is known of these lines; what the day's log has not, the journal may have."""
        money = {key: list(held.get(key, ())) for x in lines for key in x.keys}
        doubtful = [
            x for x in lines if not any(self._agrees(x, h) for key in x.keys for h in money[key])
        ]
        named = sorted({x.reference for x in doubtful if x.reference})
        applications = {*(await self._books.references.find(named)).values()} if named else set()
        applications |= {a for x in doubtful if (a := whose(x.reference))}
        orders: dict[str, Ordered] = {}
        for application, latest in (await latest_of(self._books.journal, applications)).items():
            state = latest.state or Payment()
            orders.update(orders_in(application, state))
            for one in held_in(application, state, self._asked.partner):
                known = money.setdefault(one.key, [])
                if all(one[:5] != other[:5] for other in known):
                    known.append(one)
        return Known(money, orders)

    def _agrees(self, line: Line, held: Held) -> bool:
        return agrees(as_paid(self._fees, line, [held.amount_vnd]), held)

    async def _missing_there(
        self, matching: Matching, checked: Checked, day: Day
    ) -> tuple[Break, ...]:
        """Return the money of the day that neither this statement names nor another day's."""
        found = [*matching.unstated(chain.from_iterable(day.held.values()), checked.keys)]
        keys = [f"{b.movement}/{b.transaction}" for b in found]
        stated = await self._books.recorded.stated(keys)
        own = f"{self._asked.day}"
        pairs = zip(found, keys, strict=True)
        return tuple(b for b, key in pairs if stated.get(key, own) == own)


def _amounts(line: Line, known: Known) -> Iterator[int]:
    """Yield what may have been paid by a line, as far as payment knows it."""
    yield from (held.amount_vnd for held in known.held[line.key])
    if ordered := known.ordered.get(line.reference):
        yield ordered.amount_vnd


def _chunks(lines: Iterable[Line], size: int) -> Iterator[list[Line]]:
    left = iter(lines)
    while some := list(islice(left, size)):
        yield some


def _later_vnd(checked: Checked, day: Day) -> int:
    """Return what came that day after the statement's hours, and is for the next one to name."""
    return sum(
        held.amount_vnd
        for held in chain.from_iterable(day.held.values())
        if held.kind == "paid" and held.kept_as != "mismatched" and held.key not in checked.keys
        if held.at and held.at >= day.until and local_day(held.at) == checked.statement.day
    )


def _report(
    file: File,
    checked: Checked,
    chunks: Sequence[Chunk],
    breaks: Iterable[BreakOpened],
    later_vnd: int,
) -> StatementReconciled:
    count, amount_vnd, beside = Counter[BreakKind](), Counter[BreakKind](), Counter[str]()
    for one in breaks:
        count[one.kind] += 1
        amount_vnd[one.kind] += one.amount_vnd
    for chunk in chunks:
        beside.update(chunk.beside)
    statement = checked.statement
    return StatementReconciled(
        partner=statement.partner,
        day=statement.day,
        sha256=file.sha256,
        correction=file.correction,
        lines=checked.lines,
        opening_vnd=statement.opening_vnd,
        closing_vnd=statement.closing_vnd,
        paid_vnd=checked.paid_vnd,
        left_vnd=checked.left_vnd,
        matched=sum(c.matched for c in chunks),
        matched_vnd=sum(c.matched_vnd for c in chunks),
        breaks=tuple(
            BreakSum(kind=kind, count=count[kind], amount_vnd=amount_vnd[kind])
            for kind in sorted(count)
        ),
        fee_vnd=sum(c.fee_vnd for c in chunks),
        beside=tuple(
            DaySum(day=None if day == UNKNOWN else date.fromisoformat(day), amount_vnd=beside[day])
            for day in sorted(beside)
        ),
        later_vnd=later_vnd,
    )
