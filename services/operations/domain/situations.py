"""What open applications wait for, as rows: they follow from the messages alone.  Pure.

`_id` is `<application>/<stage>/<cause>/<about>`.  `vnd` is the money that hangs on it, `of` the
order, refund, allowance or transaction that this is of: who adds rows of several causes counts each
once.  Empty: all that the application has.
"""

from collections.abc import Iterable, Mapping, Sequence
from hashlib import blake2b

import msgspec

from services.operations.domain import breaks
from services.operations.domain.causes import CAUSES, GAP, HELD
from services.operations.domain.dead.letters import group_id, split
from services.operations.domain.entries import Entry, in_order
from services.operations.domain.gaps import gaps
from services.operations.domain.matters import Matter, Summary
from services.operations.domain.occurrences import judge
from services.operations.domain.patience import Patience
from services.operations.domain.status import held_by
from services.operations.domain.summary import followed
from shared.events.kernel import RecordParked
from shared.lanes.step import HELD_BEHIND
from shared.store import Row

NEVER_MS = 4_102_444_800_000  # the year 2100
PLAIN = Patience()


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
    then = summary_of([e for e in found if e.logged_ms <= matter.since_ms])
    return {**_row(application, summary_of(found), matter, stage), "vnd": then.whole_vnd}


def rows_of(
    application: str, entries: Sequence[Entry], patience: Patience = PLAIN
) -> Mapping[str, Row]:
    """Return the rows of an application, from all its messages, by `_id`; not what is held."""
    return rows_of_summary(application, summary_of(entries), patience)


def all_rows_of(
    application: str, entries: Sequence[Entry], patience: Patience = PLAIN
) -> Mapping[str, Row]:
    """Return the rows of an application, from all its messages, by `_id`."""
    held = held_by(in_order(entries))
    holding = held_rows(application, entries) if held else {}
    rows = (holding[service] for service in held)
    return {**rows_of(application, entries, patience), **{row["_id"]: row for row in rows}}


def held_rows(application: str, entries: Sequence[Entry]) -> dict[str, Row]:
    """Return what there would be of each service that has ever held it, by service."""
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


def summary_of(entries: Sequence[Entry]) -> Summary:
    """Return what is known of an application, from all its messages."""
    summary = followed(Summary(), in_order(judge(list(entries), ()).first))
    summary.gaps = gaps(entries)
    return summary


def rows_of_summary(application: str, summary: Summary, patience: Patience) -> Mapping[str, Row]:
    """Return the rows of an application, from what is known of it, by `_id`."""
    return _rows_about(application, summary, summary.waits(), patience)


def changed(
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
    rows = (_row(application, summary, m, _stage(m), patience) for m in matters)
    return {row["_id"]: row for row in rows}


def _stage(matter: Matter) -> str:
    """Return where it waits: an event that is missing, at the service that decided it."""
    of_service, _, _ = matter.about.partition("/")
    return of_service if matter.cause == GAP else CAUSES[matter.cause].stage


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
