"""The journey store: every message of the log as a row, found by application.

Three tables, written by batch, none with a second index:

- `journeys`: what a batch brought of one application is one row, its entries packed: a row costs
  more than what is in it.  The first row of an application is `<application>/`, so that only one
  can be; the others are `<application>/<place of the first entry>`.  All of one application is one
  range.  A numbered event that came again as it was is not kept, with other content it is a fork.
  Of what outsiders send of one without end a part is kept.
- `names`: dossier code, payment reference, or a petition's code → application, or petition; and
  `<a partner's transaction, folded>/<partner>/<application>`: two partners may count alike; and
  `@<partner, folded>/<day>/<application>`, for whatever had to do with it on a day; and
  `=<partner>/<day>/<application>/<number>`, for money that moved.
- `aside`: dead letters and parked records, `<dead|parked>/<logged at>/<topic>/<place>`, as they
  came.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from zlib import crc32

import msgspec

from services.operations.domain.entries import Entry, gist
from services.operations.domain.kept import kept
from services.operations.domain.naming import NAMING, folded, names_of
from services.operations.domain.occurrences import (
    ENTRIES_LIMIT,
    KEPT_LIMIT,
    Appended,
    Known,
    bounded,
    by_application,
    followed,
    judge,
    latest,
    missing,
    offset,
)
from services.operations.domain.packing import packed, unpacked
from shared.bus import Record
from shared.dossier_codes import read_code
from shared.errors import DeadLetter, Unknown
from shared.events import numbered_id
from shared.events.kernel import LaneReleased, RecordAnswered
from shared.petition_codes import read_petition_code
from shared.placement import canonical
from shared.store import Row, Table, prefix
from shared.topics import TOPICS

WORD_LIMIT = 256  # characters of an id, a type, a source: a sender may write anything
DIGITS_LIMIT = 9
ID_LENGTH = 36
LOGGED_LIMIT_MS = 4_102_444_800_000  # the year 2100: a sender may write any time, a date cannot
KNOWN_LIMIT = 50_000  # applications of which the last sequences are remembered
PACKED_LIMIT = 64  # entries of a row, each of which has a limit of its own
TRIES = 5
UNREADABLE = "unreadable"
OPENING = "portal.submissions"  # what an application begins with, as a rule

_NUMBERED = {t.name: t.written_by[0] for t in TOPICS.values() if t.kind == "events"}


class Envelope(msgspec.Struct, frozen=True):
    """A CloudEvents envelope read leniently: what operations shows need not be right."""

    id: str = ""
    source: str = ""
    type: str = UNREADABLE
    subject: str = ""
    time: str = ""
    sequence: str = ""
    traceparent: str = ""
    causationid: str = ""
    data: msgspec.Raw = msgspec.Raw(b"null")


_envelope = msgspec.json.Decoder(Envelope)


def read(record: Record) -> Entry:
    """Return a record as an entry, whatever it holds."""
    value = record.value or b""
    try:
        envelope = _envelope.decode(value)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        envelope = Envelope()
    application = _application(envelope.subject) or _application(_text(record.key))
    return Entry(
        record.topic,
        record.partition,
        record.offset,
        min(max(record.timestamp_ms, 0), LOGGED_LIMIT_MS),
        application,
        envelope.type[:WORD_LIMIT],
        _sequence(record.topic, envelope, application),
        envelope.id[:WORD_LIMIT],
        envelope.source[:WORD_LIMIT],
        envelope.traceparent[:WORD_LIMIT],
        envelope.causationid[:WORD_LIMIT],
        crc32(value),
        kept(record.topic, envelope.type, bytes(envelope.data)),
    )


def _sequence(topic: str, envelope: Envelope, application: str) -> int:
    """Return the number of a service's own event, 0 for every other message."""
    digits = envelope.sequence
    if topic not in _NUMBERED or len(digits) > DIGITS_LIMIT or not digits.isdecimal():
        return 0
    sequence = int(digits)
    is_numbered = envelope.id == numbered_id(application, _NUMBERED[topic], sequence)
    return sequence if is_numbered else 0


class Journeys:
    """The three tables.  For its writer it remembers the last sequences of applications."""

    def __init__(self, journeys: Table, names: Table, aside: Table) -> None:
        self._journeys, self._names, self._aside = journeys, names, aside
        self._known = Known(KNOWN_LIMIT)
        self.stood: Mapping[str, Sequence[Entry]] = {}  # found kept, of the last batch's

    def forget(self) -> None:
        """Take no application for known: another process may have written since."""
        self._known.clear()

    async def append(self, entries: Sequence[Entry]) -> Appended:
        """Keep a batch; again is harmless.  Raises `Unknown`."""
        pieces = by_application(entries)
        after = {a: followed(self._known.of(a).sequences, piece) for a, piece in pieces.items()}
        asked = [a for a, p in pieces.items() if after[a] is None or self._is_unclear(a, p)]
        standing = await self._standing(asked)
        judged = {
            a: judge(piece, standing.get(a, ()))
            if after[a] is None or standing.get(a)
            else Appended(piece, [], [])
            for a, piece in pieces.items()
        }
        await self._insert(pieces, judged, standing)
        self.stood = standing
        out = Appended([e for e in entries if not e.application], [], [])
        for verdict in judged.values():
            out.first.extend(verdict.first)
            out.repeats.extend(verdict.repeats)
            out.forks.extend(verdict.forks)
        await self._append_others(out)
        self._remember(pieces, after, standing)
        return out

    def _is_unclear(self, application: str, piece: Sequence[Entry]) -> bool:
        """Tell whether it matters what is kept of it already, which is not known."""
        if application in self._known:
            return self._known.of(application).messages + len(piece) > KEPT_LIMIT
        return piece[0].topic != OPENING or len(piece) > PACKED_LIMIT

    async def _insert(
        self,
        pieces: Mapping[str, Sequence[Entry]],
        judged: dict[str, Appended],
        standing: dict[str, list[Entry]],
    ) -> None:
        """Keep what is not kept yet; `judged` and `standing` follow what turns out to stand."""
        todo: Collection[str] = pieces.keys()
        for _ in range(TRIES):
            rows: list[Row] = []
            for application in todo:
                stood = standing.get(application, ())
                is_first = not stood and application not in self._known
                fresh = bounded(missing(judged[application], stood), stood)
                rows += _rows(application, fresh, is_first)
            refused = await self._journeys.insert_missing(rows) if rows else set()
            todo = {id_.partition("/")[0] for id_ in refused}
            if not todo:
                return
            standing |= await self._standing(todo)
            judged |= {a: judge(pieces[a], standing[a]) for a in todo}
        raise Unknown("somebody else writes the same journeys")

    def _remember(
        self,
        pieces: Mapping[str, Sequence[Entry]],
        after: Mapping[str, Mapping[str, int] | None],
        standing: Mapping[str, Sequence[Entry]],
    ) -> None:
        for application, piece in pieces.items():
            before, last = self._known.of(application), after[application]
            stood = standing.get(application, ())
            if last is None or stood:
                last = latest((*stood, *piece), before.sequences)
            self._known.keep(application, last, (len(stood) or before.messages) + len(piece))

    async def _standing(self, applications: Collection[str]) -> dict[str, list[Entry]]:
        """Return what is kept of these applications, each message once."""
        found: dict[str, dict[tuple[str, int, int], Entry]] = {a: {} for a in applications}
        if found:
            for row in await self._journeys.ranges([prefix(f"{a}/") for a in found]):
                application = row["_id"].partition("/")[0]
                entries = unpacked(application, row["entries"])
                found[application].update((e.place, e) for e in entries)
        return {a: list(entries.values()) for a, entries in found.items()}

    async def _append_others(self, appended: Appended) -> None:
        first = appended.first
        naming = [e for e in reversed(first) if e.type in NAMING]
        names = list({row["_id"]: row for e in naming for row in names_of(e)}.values())
        aside = [_aside(e) for e in first if e.is_aside and e.type != RecordAnswered.TYPE]
        for table, rows in ((self._names, names), (self._aside, aside)):
            if rows:
                await table.insert_missing(rows)

    async def find(self, name: str) -> str | None:
        """Return what has this id, dossier code, petition's code or payment reference."""
        application = _application(name)
        if application:
            return application
        code = read_code(name) or read_petition_code(name) or name
        rows = await self._names.get(_real([code]))
        return str(rows[0]["application"]) if rows else None

    async def named(self, names: Sequence[str]) -> dict[str, str]:
        """Return by name, each as it is kept, the application that has it.  Raises `Unknown`."""
        return {str(r["_id"]): str(r["application"]) for r in await self._names.get(_real(names))}

    async def moved_by(self, number: str, limit: int, partner: str = "") -> list[tuple[str, ...]]:
        """Return partner, transaction and application of what moved under this number, however it
        is spelled; of this partner, where one is named.  Raises `Unknown`.
        """
        spelled, of = folded(number), partner and f"{partner}/"
        rows = await self._names.ranges([prefix(f"{spelled}/{of}")], limit) if spelled else []
        return [(r["partner"], r["transaction"], r["application"]) for r in rows]

    async def of(self, application: str) -> tuple[list[Entry], list[Entry]]:
        """Return the messages of an application, and its forks; both empty for an unknown one."""
        rows = await self._journeys.ranges([prefix(f"{application}/")], ENTRIES_LIMIT)
        return whole(application, rows)

    async def codes(self, event_ids: Iterable[str]) -> dict[str, int]:
        """Return the national code after each of these events of routing."""
        wanted = set(event_ids)
        standing = await self._standing({id_.partition("/")[0] for id_ in wanted})
        entries = [e for some in standing.values() for e in some if e.id in wanted and e.sequence]
        entries.sort(key=offset, reverse=True)  # the first one is put last, and stays
        return {e.id: gist(e.data).national_code for e in entries}

    async def standing(self, applications: Collection[str]) -> dict[str, list[Entry]]:
        """Return what is kept of these applications.  Raises `Unknown`."""
        return await self._standing(applications)

    async def releases(self, applications: Iterable[str]) -> list[Entry]:
        """Return what was released of these applications."""
        standing = await self._standing(set(applications))
        return [e for some in standing.values() for e in some if e.type == LaneReleased.TYPE]

    async def aside(self, kind: str, after: str, limit: int) -> list[tuple[str, Entry]]:
        """Return a page of dead letters or parked records, oldest first, with their keys."""
        low, high = prefix(f"{kind}/")
        rows = await self._aside.ranges([(f"{after}\0" if after else low, high)], limit)
        return [(r["_id"], *unpacked(r["application"], r["entries"])) for r in rows]


def whole(application: str, rows: Iterable[Row]) -> tuple[list[Entry], list[Entry]]:
    """Return the messages in all rows of an application, and its forks; up to the limit."""
    entries: dict[tuple[str, int, int], Entry] = {}
    for row in rows:
        if len(entries) >= ENTRIES_LIMIT:
            break
        entries |= {e.place: e for e in unpacked(application, row["entries"])}
    verdict = judge(list(entries.values())[:ENTRIES_LIMIT], ())
    return verdict.first, verdict.forks


def _rows(application: str, entries: Sequence[Entry], is_first: bool) -> Iterator[Row]:
    for at in range(0, len(entries), PACKED_LIMIT):
        some = entries[at : at + PACKED_LIMIT]
        place = "" if is_first and at == 0 else some[0].stands_at
        yield {"_id": f"{application}/{place}", "entries": packed(application, some)}


def _aside(entry: Entry) -> Row:
    kind = entry.topic.rpartition(".")[2]
    key = f"{kind}/{entry.logged_ms:015d}/{entry.stands_at}"
    entries = packed(entry.application, [entry])
    return {"_id": key, "application": entry.application, "entries": entries}


def _real(names: Iterable[str]) -> list[str]:
    """Return names without those of rows that are none: of days, and of money that moved."""
    return [name for name in names if not name.startswith(("=", "@"))]


def _application(text: str) -> str:
    """Return an application id in its one form, or nothing."""
    try:
        return canonical(text) if len(text) == ID_LENGTH else ""
    except DeadLetter:
        return ""


def _text(key: bytes | None) -> str:
    return (key or b"").decode(errors="replace")
