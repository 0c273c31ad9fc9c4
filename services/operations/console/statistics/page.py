"""The statistics form as a page: what may be chosen, and a table of what was.  Pure."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple
from unicodedata import normalize
from urllib.parse import urlencode

import msgspec

from services.operations.console.facts import same
from services.operations.console.spoken import grouped
from services.operations.console.statistics.labels import STATISTICS
from services.operations.domain.citizen.words import Words
from services.operations.domain.facts import View
from services.operations.domain.statistics import Form, Period, reconciles
from services.operations.form_files import COUNTED, Line, Statistics, numbers
from services.operations.form_lines import NATION, NATION_NAME, is_of, province_of
from shared.catalogue import Catalogue
from shared.papers.said import Said

MONTHS = 6  # that are offered, the last one first
MONTH_NAMES = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)


class Choice(NamedTuple):
    """A unit that may be chosen."""

    code: str
    name: Words


class Choices(NamedTuple):
    """What may be chosen by somebody, and what is; without `unit` all of the province is."""

    provinces: Sequence[Choice]
    province: str
    units: Sequence[Choice]
    unit: str


class Ask(NamedTuple):
    """What is asked for."""

    unit: str
    period: Period
    view: View

    def address(self, **more: str) -> str:
        """Return what stands behind the question mark of an address."""
        period = {"from": self.period.first.isoformat(), "to": self.period.last.isoformat()}
        return urlencode({"unit": self.unit, **period, "view": self.view, **more})


class Link(NamedTuple):
    """A period that is offered, or a file."""

    name: Words
    address: str
    is_chosen: bool = False


class Row(NamedTuple):
    """A line of the form; with an address there is a form of its own behind it."""

    name: str
    address: str
    cells: Sequence[Words]


class Page(NamedTuple):
    """The form; `left_out` lines have nothing but zeros."""

    name: str
    view: Said
    period: Words
    rows: Sequence[Row]
    total: Sequence[Words]
    left_out: int
    sum: Words
    is_whole: bool


def choices(
    catalogue: Catalogue, mine: Sequence[str], province: str, unit: str, on: date
) -> Choices:
    """Return what somebody of these units (none: of all) may choose, and what these two mean.

    A unit of another province than the one beside it was left over when that was chosen.
    """
    known = [
        (u, province_of(u.code, catalogue, on))
        for u in catalogue.units_in_force(on)
        if is_of(u.code, mine, catalogue, on)
    ]
    homes = {home for _, home in known}
    offered = [Choice(home, same(catalogue.unit_name(home))) for home in sorted(homes)]
    if not mine:
        offered.insert(0, Choice(NATION, Words(NATION_NAME, "All of the country")))
    home = province_of(unit, catalogue, on)
    if not unit or province not in ("", home):
        unit, home = "", province or next((choice.code for choice in offered), "")
    here = [u for u, its in known if its == home]
    below = sorted((u for u in here if not u.is_province), key=lambda u: _plain(u.name))
    listed = [Choice(u.code, same(f"{u.name} ({u.code})")) for u in below]
    if len(here) > len(below) or home == NATION:
        listed.insert(0, Choice("", STATISTICS["statistics_whole"]))
    if unit == home:
        unit = ""
    elif not unit:
        unit = next((choice.code for choice in listed), "")
    elif unit not in {choice.code for choice in listed}:  # it has ended, or is not theirs
        listed.append(Choice(unit, same(catalogue.unit_name(unit) or unit)))
    return Choices(offered, home, listed, unit)


def periods(ask: Ask, today: date) -> list[Link]:
    """Return the periods that are offered: months, this year."""
    yesterday = today - timedelta(days=1)
    found = []
    first = yesterday.replace(day=1)
    if yesterday != _end(first):
        words = STATISTICS["statistics_so_far"].told(month=_month(first))
        found.append((words, Period(first, yesterday)))
        first = _before(first)
    for _ in range(MONTHS):
        found.append((_month(first), Period(first, _end(first))))
        first = _before(first)
    year = STATISTICS["statistics_year"].told(year=str(yesterday.year))
    found.append((year, Period(yesterday.replace(month=1, day=1), yesterday)))
    return [Link(name, ask._replace(period=p).address(), p == ask.period) for name, p in found]


def last_month(today: date) -> Period:
    """Return the last month that is over."""
    last = today.replace(day=1) - timedelta(days=1)
    return Period(last.replace(day=1), last)


def form_page(found: Statistics, ask: Ask, *, with_all: bool) -> Page:
    """Return the form as a table; `with_all`: also the lines that have nothing but zeros."""
    lines = [line for line in found.lines if with_all or _says(line.form)]
    differing = [line.name for line in found.lines if not reconciles(line.form)]
    if not reconciles(found.total):
        differing.append(STATISTICS["statistics_total"].vi)
    return Page(
        name=found.name,
        view=COUNTED[found.view],
        period=STATISTICS["statistics_of"].told(first=found.first, last=found.last),
        rows=[_row(line, ask) for line in lines],
        total=[grouped(n) for n in numbers(found.total)],
        left_out=len(found.lines) - len(lines),
        sum=_differs(differing) if differing else _adds_up(found),
        is_whole=not differing,
    )


def _says(form: Form) -> bool:
    return any(msgspec.structs.astuple(form))


def _row(line: Line, ask: Ask) -> Row:
    address = "" if line.unit == ask.unit else ask._replace(unit=line.unit).address()
    return Row(line.name or line.unit, address, [grouped(n) for n in numbers(line.form)])


def _adds_up(found: Statistics) -> Words:
    names = ("received", "settled", "in_process", "suspended", "not_accepted")
    sums = {name: grouped(getattr(found.total, name)) for name in names}
    return STATISTICS["statistics_adds_up"].told(lines=grouped(len(found.lines)), **sums)


def _differs(names: Sequence[str]) -> Words:
    return STATISTICS["statistics_differs"].told(names=", ".join(names))


def _month(first: date) -> Words:
    name = MONTH_NAMES[first.month - 1]
    return Words(f"Tháng {first.month}/{first.year}", f"{name} {first.year}")


def _end(first: date) -> date:
    return (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def _before(first: date) -> date:
    return (first - timedelta(days=1)).replace(day=1)


def _plain(name: str) -> str:
    """Return a name as it is sorted: Đ after D, marks after none."""
    return normalize("NFD", name.replace("Đ", "Dz").replace("đ", "dz")).casefold()
