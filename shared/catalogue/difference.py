"""What another edition changes: rows, and the open applications that these touch."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import chain
from typing import Any, Literal, NamedTuple

import msgspec

from shared.catalogue.lookups import Catalogue

Kind = Literal[
    "units",
    "org_codes",
    "legacy_map",
    "procedures",
    "calendar",
    "policies",
    "fee_waivers",
    "workflows",
    "non_boundary",
    "interlinked",
    "fee_exemptions",
    "fee_resolutions",
]
_NAMED = ("units", "org_codes", "legacy_map", "procedures")  # told by what an application names
_OF_PROCEDURES = (
    *("procedures", "workflows", "non_boundary", "interlinked"),
    *("fee_exemptions", "fee_resolutions"),
)
_Rows = dict[tuple[str, date], Any]


class Change(NamedTuple):
    """A row that came, went or changed; answers differ from `since` up to but without `until`."""

    kind: Kind
    subject: str
    what: Literal["added", "removed", "changed"]
    since: date
    until: date | None
    before: Any = None
    after: Any = None

    @property
    def fields(self) -> tuple[str, ...]:
        """What of a changed row is another."""
        if self.what != "changed":
            return ()
        names: tuple[str, ...] = self.before.__struct_fields__
        return tuple(n for n in names if getattr(self.before, n) != getattr(self.after, n))

    def speaks_of(self, day: date) -> bool:
        """Whether answers for this day differ."""
        return self.since <= day and not self.is_over(day)

    def is_over(self, day: date) -> bool:
        """Whether answers differ only for days before this one."""
        return self.until is not None and self.until <= day


class Open(msgspec.Struct, frozen=True, kw_only=True):
    """The facts of an open application that an edition may touch."""

    application: str
    procedure: str
    received: date
    receiving_unit: str
    competent_unit: str = ""
    residence_unit: str = ""
    object_unit: str = ""
    channel: str = ""
    due: date | None = None
    accepted: date | None = None


class Touched(NamedTuple):
    """An open application, and every change that touches it."""

    application: str
    by: tuple[Change, ...]


def diff(old: Catalogue, new: Catalogue) -> tuple[Change, ...]:
    """Return every row that differs, by kind and code."""
    before, after = _tables(old), _tables(new)
    return tuple(chain.from_iterable(_changes(kind, before[kind], after[kind]) for kind in before))


def procedures(changes: Iterable[Change]) -> list[str]:
    """Return the procedures that changes touch."""
    return sorted({c.subject.split()[0] for c in changes if c.kind in _OF_PROCEDURES})


def units(changes: Iterable[Change]) -> list[str]:
    """Return the units that changes touch: themselves, their old code, or as a successor."""
    found = set[str]()
    for change in changes:
        if change.kind in ("units", "legacy_map"):
            found.add(change.subject)
            rows = (change.before, change.after) if change.kind == "legacy_map" else ()
            found |= {unit for row in rows if row for unit in row.units}
    return sorted(found)


def touched(
    changes: Sequence[Change], applications: Iterable[Open], new: Catalogue
) -> Iterator[Touched]:
    """Give the open applications that changes touch.

    A procedure, what makes its fee another, and a province's list count as of the day an
    application was received, a workflow as of the day it was accepted; a unit, the calendar and the
    policy as long as it is open; an identifier not at all, its code is given.
    """
    by_subject: dict[tuple[str, str], list[Change]] = {}
    for change in changes:
        by_subject.setdefault((change.kind, change.subject), []).append(change)
    general = [c for c in changes if c.kind not in _NAMED]
    for one in applications:
        found = (*_named(one, by_subject), *(c for c in general if _concerns(c, one, new)))
        if found:
            yield Touched(one.application, found)


def _named(one: Open, by_subject: Mapping[tuple[str, str], list[Change]]) -> Iterator[Change]:
    for change in by_subject.get(("procedures", one.procedure), ()):
        if change.speaks_of(one.received):
            yield change
    named = (one.receiving_unit, one.competent_unit, one.residence_unit, one.object_unit)
    for unit in dict.fromkeys(named):
        for kind in ("units", "legacy_map"):
            found = by_subject.get((kind, unit), ())
            yield from (change for change in found if not change.is_over(one.received))


def _concerns(change: Change, one: Open, new: Catalogue) -> bool:
    row = change.after or change.before
    match change.kind:
        case "calendar":
            is_ahead = one.received <= row.day and (one.due is None or row.day <= one.due)
            return is_ahead and not change.is_over(one.received)
        case "fee_waivers":
            is_there = _is_in(one.receiving_unit, row.province, new)
            return is_there and row.channel == one.channel and change.speaks_of(one.received)
        case "fee_exemptions":
            return row.procedure == one.procedure and change.speaks_of(one.received)
        case "fee_resolutions":
            is_there = _is_in(one.receiving_unit, row.province, new)
            is_its = row.procedure == one.procedure
            return is_its and is_there and change.speaks_of(one.received)
        case "workflows":
            unit = one.competent_unit or one.receiving_unit
            is_its = row.procedure == one.procedure and _is_in(unit, row.province, new)
            is_then = one.accepted is None or change.speaks_of(one.accepted)
            return is_its and is_then and not change.is_over(one.received)
        case "non_boundary":
            is_there = _is_in(one.receiving_unit, row.province, new)
            since, _ = new.lists.get(row.province, (change.since, None))
            is_first = change.since == since  # what a first list does not name is touched too
            is_its = row.procedure == one.procedure or is_first
            return is_there and is_its and change.speaks_of(one.received)
        case "interlinked":
            return False  # the rules of the day of submission hold to the end
        case _:
            return not change.is_over(one.received)


def _is_in(unit: str, province: str, catalogue: Catalogue) -> bool:
    """Whether a unit may be in a province (empty: in any)."""
    rows = catalogue.units.get(unit, ())
    return not province or not rows or rows[-1].province == province


def _changes(kind: Kind, before: _Rows, after: _Rows) -> Iterator[Change]:
    for key in sorted(before.keys() | after.keys()):
        old, new = before.get(key), after.get(key)
        if old == new:
            continue
        what: Literal["added", "removed", "changed"] = (
            "added" if old is None else "removed" if new is None else "changed"
        )
        since, until = _differing(old, new)
        yield Change(kind, key[0], what, since, until, old, new)


def _differing(old: Any, new: Any) -> tuple[date, date | None]:
    """Return the days on which answers differ."""
    rows = [row for row in (old, new) if row is not None]
    ends = sorted(row.valid_to or date.max for row in rows)
    only_the_end = len(rows) == 2 and msgspec.structs.replace(old, valid_to=new.valid_to) == new
    until = None if ends[-1] == date.max else ends[-1]
    return (ends[0] if only_the_end else rows[0].valid_from), until


def _tables(catalogue: Catalogue) -> dict[Kind, _Rows]:
    grouped: dict[Kind, Mapping[str, Sequence[Any]]] = {
        "units": catalogue.units,
        "org_codes": catalogue.org_codes,
        "legacy_map": catalogue.successors,
        "procedures": catalogue.procedures,
        "workflows": catalogue.workflows,
        "non_boundary": catalogue.non_boundary,
        "interlinked": catalogue.interlinked,
        "fee_exemptions": catalogue.fee_exemptions,
        "fee_resolutions": catalogue.fee_resolutions,
    }
    tables: dict[Kind, _Rows] = {
        kind: {(code, row.valid_from): row for code, rows in groups.items() for row in rows}
        for kind, groups in grouped.items()
    }
    tables["calendar"] = {(str(d.day), d.valid_from): d for d in catalogue.calendar_days}
    tables["policies"] = {("policy", p.valid_from): p for p in catalogue.policies}
    waivers = catalogue.fee_waivers
    tables["fee_waivers"] = {(f"{w.province} {w.channel}", w.valid_from): w for w in waivers}
    return tables
