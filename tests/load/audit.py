"""The invariants after a large load: the log read once, judged slice by slice.

A slice is the applications that were due in a span of time; the log is spilled to a file for each,
so that memory stays small and two processes can judge.  What must be unique over all slices is
compared at the end.  Personal data are searched for in the first slice: the people repeat.
"""

import asyncio
import multiprocessing
from bisect import bisect
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import IO, Any, NamedTuple

import msgspec

from deploy.audit.evidence import JOURNALED, SEALS, Evidence, Heard, Payment
from deploy.audit.invariants import SHOWN, Finding, audit
from deploy.log.reading import decoded
from deploy.sandbox.portal import Application, personal_values
from shared import topics
from shared.bus import Record
from shared.changes import unfold
from shared.events.payment import Requested, Settled
from shared.events.portal import Submitted
from shared.kafka.records import record
from shared.mongo import connect
from shared.settings import Settings
from shared.store import Row
from tests.load.generator import people

DATABASE = str(Settings.model_fields["database"].default)
SLICE_APPLICATIONS = 4_000  # some 0.5 GiB while it is judged
WORKERS = 2
FIRST, LAST = "", "\U0010ffff"
MONEY = 2  # the number of the invariant about money

_encode = msgspec.msgpack.Encoder().encode
_records = msgspec.msgpack.Decoder(list[Record])


class Books(NamedTuple):
    """What partners say: money moved, notices handed over by key."""

    paid: Sequence[Payment]
    handed: Mapping[str, int]


class Slice(NamedTuple):
    """The applications with ids from `low` up to but without `high`."""

    spilled: Path
    low: str
    high: str
    mongo_url: str
    books: Books
    is_first: bool
    beyond: str  # from this id on nothing is an application's


class Judged(NamedTuple):
    """What came of a slice: findings, and what is compared over all of them."""

    findings: list[Finding]
    transactions: list[str]
    references: list[str]


class Spill:
    """Files of records, one for each slice."""

    def __init__(self, folder: Path, began: float, ended: float, applications: int) -> None:
        folder.mkdir(parents=True)
        count = -(-applications // SLICE_APPLICATIONS)
        starts = [began + n * (ended - began) / count for n in range(1, count)]
        self.bounds = [FIRST, *(_first_id(s) for s in starts), LAST]
        self._beyond = _first_id(ended + 1)
        self._inner = [bound.encode() for bound in self.bounds[1:-1]]
        self.paths = [folder / f"{n}.records" for n in range(count)]
        self._files: list[IO[bytes]] = [path.open("wb") for path in self.paths]

    def take(self, messages: Iterable[Any]) -> None:
        """Spill aiokafka's records."""
        by_slice: dict[int, list[Record]] = {}
        for m in messages:
            by_slice.setdefault(bisect(self._inner, m.key or b""), []).append(record(m))
        for number, records in by_slice.items():
            packed = _encode(records)
            self._files[number].write(len(packed).to_bytes(4) + packed)

    def close(self) -> None:
        """Write all of it."""
        for file in self._files:
            file.close()

    def slices(self, mongo_url: str, books: Books) -> list[Slice]:
        """Return the slices, each with what partners say of it."""
        handed: list[dict[str, int]] = [{} for _ in self.paths]
        for key, times in books.handed.items():
            handed[bisect(self._inner, key.encode())][key] = times
        return [
            Slice(path, low, high, mongo_url, Books(books.paid, own), n == 0, self._beyond)
            for n, (path, low, high, own) in enumerate(
                zip(self.paths, self.bounds, self.bounds[1:], handed, strict=False)
            )
        ]


def _first_id(at: float) -> str:
    """Return where the ids of an instant begin."""
    digits = f"{int(at * 1000):012x}"
    return f"{digits[:8]}-{digits[8:]}"


def judge(slices: Sequence[Slice], books: Books) -> list[Finding]:
    """Return the eight findings over all slices; takes minutes when there are many."""
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(min(WORKERS, len(slices)), mp_context=spawn) as pool:
        return merged(list(pool.map(judge_slice, slices)), books)


def merged(judged: Sequence[Judged], books: Books) -> list[Finding]:
    """Return one finding for each invariant."""
    out = []
    for own in zip(*(j.findings for j in judged), strict=True):
        wrong = [w for finding in own for w in finding.wrong]
        if own[0].number == MONEY:
            wrong += _over_all(judged, books)
        counted = sum(finding.counted for finding in own)
        out.append(Finding(own[0].number, own[0].sentence, counted, tuple(wrong[:SHOWN])))
    return out


def _over_all(judged: Sequence[Judged], books: Books) -> list[str]:
    times = Counter(t for j in judged for t in j.transactions)
    wrong = [f"transaction {t} counted {n} times" for t, n in times.items() if n > 1]
    known = {r for j in judged for r in j.references}
    return wrong + [
        f"the bank moved money for {p.reference}, no order has that"
        for p in books.paid
        if p.reference not in known
    ]


def judge_slice(own: Slice) -> Judged:
    """Return what came of a slice; runs in a process of its own."""
    log: dict[str, list[Heard]] = {name: [] for name in topics.all_names()}
    for each in read_spilled(own.spilled):
        log[each.topic].append(Heard(each, decoded(each.value)))
    rows = asyncio.run(_rows(own))
    journals = {service: list(unfold(rows.pop(f"{service}.journal", []))) for service in JOURNALED}
    found = Evidence(log, journals, handed=own.books.handed, collections=rows)
    orders = {h.data()["reference"] for h in _of_type(found, Requested.TYPE)}
    personal = _personal() if own.is_first else []
    evidence = Evidence(
        log,
        journals,
        acknowledged={h.event.subject for h in log["portal.submissions"] if h.event},
        paid=[p for p in own.books.paid if p.reference in orders],
        handed=own.books.handed,
        personal=personal,
        collections=rows if personal else {},
    )
    settled = [h.data()["transaction"] for h in _of_type(found, Settled.TYPE)]
    return Judged(audit(evidence), settled, sorted(orders))


def _of_type(evidence: Evidence, type_: str) -> list[Heard]:
    return [h for h in evidence.events_of("payment") if h.event and h.event.type == type_]


def read_spilled(path: Path) -> Iterable[Record]:
    """Yield the records of a slice."""
    with path.open("rb") as file:
        while size := file.read(4):
            yield from _records.decode(file.read(int.from_bytes(size)))


async def _rows(own: Slice) -> dict[str, list[Row]]:
    """Return the journals' rows; in the first slice also those of all collections but the vault's,
    and there of ids that name no application.
    """
    opened = connect(own.mongo_url, DATABASE)
    bounds: dict[str, Any] = {"_id": {"$gte": own.low, "$lt": own.high}}
    if own.is_first:
        bounds = {"$or": [bounds, {"_id": {"$gte": own.beyond}}]}
    try:
        return {
            name: await opened[name].find(bounds, sort=[("_id", 1)]).to_list(None)
            for name in await opened.list_collection_names()
            if not name.startswith((SEALS, "system."))
            and (own.is_first or name.endswith(".journal"))
        }
    finally:
        opened.client.close()


def _personal() -> list[str]:
    fields = Submitted(procedure="", receiving_unit="", residence_unit="", personal="")
    return [v for person in people() for v in personal_values(Application("", fields, person))]
