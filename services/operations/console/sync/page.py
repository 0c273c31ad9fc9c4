"""The sync ledger as a page.  Pure."""

from collections.abc import Sequence
from typing import NamedTuple

from services.operations.console.facts import same, unit
from services.operations.console.indicators.page import number
from services.operations.console.labels import LABELS
from services.operations.console.spoken import moment
from services.operations.domain.citizen.units import Units
from services.operations.domain.citizen.words import Words
from services.operations.domain.sync import KINDS, Difference, Ledger
from services.operations.form_lines import NATION, NATION_NAME
from services.operations.sync_api import SyncView, UnitLedger

COLUMNS = tuple(Ledger.__struct_fields__)


class Line(NamedTuple):
    """A unit's numbers."""

    name: Words
    numbers: Sequence[tuple[str, Words]]


class Wrong(NamedTuple):
    """A difference."""

    application: str
    kind: Words
    unit: Words
    theirs: str
    ours: str


class Page(NamedTuple):
    """A part of a day."""

    lead: Words
    wrong: Sequence[Wrong]
    lines: Sequence[Line]


def sync_page(view: SyncView, units: Units) -> Page:
    """Return the page."""
    name = same(NATION_NAME) if view.unit == NATION else units.name(view.unit)
    return Page(
        lead=LABELS["sync_is"].told(day=view.day, unit=name, at=moment(view.as_of)),
        wrong=[_wrong(each, units) for each in view.differences],
        lines=[_line(each, units) for each in view.units],
    )


def _wrong(each: Difference, units: Units) -> Wrong:
    return Wrong(
        each.application, KINDS[each.kind], _named(each.unit, units), each.theirs, each.ours
    )


def _line(each: UnitLedger, units: Units) -> Line:
    return Line(_named(each.unit, units), [(name, number(getattr(each, name))) for name in COLUMNS])


def _named(code: str, units: Units) -> Words:
    return unit(code, units) if code else LABELS["sync_unknown_unit"]
