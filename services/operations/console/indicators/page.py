"""Indicators as pages: tiles of a map, rows of units, the rules.  Pure."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from services.operations.console.facts import same, unit
from services.operations.console.labels import LABELS
from services.operations.console.spoken import instant, moment
from services.operations.domain.causes import CAUSES
from services.operations.domain.citizen.units import Units
from services.operations.domain.citizen.words import Words
from services.operations.domain.indicators import INDICATORS, WORST_FIRST, Colour, Threshold
from services.operations.form_lines import NATION
from services.operations.indicators.evidence import Item
from services.operations.indicators.views import CellView, IndicatorsView, UnitView

KINDS = ("Thành phố ", "Tỉnh ")
SIGNS: Mapping[Colour, str] = {"red": "✕", "yellow": "!", "grey": "–", "green": "✓"}
TITLES = {name: Words(each.vi, each.en) for name, each in INDICATORS.items()}
NO_NUMBER = same("–")


class Share(NamedTuple):
    """A cell: how much, what is thought of it, and its `parts`, each with where it is listed."""

    title: Words
    colour: Colour
    sign: str
    share: Words
    parts: Sequence[tuple[Words, str]]
    why: str


class Row(NamedTuple):
    """A unit."""

    code: str
    name: Words
    address: str
    colour: Colour
    sign: str
    shares: Sequence[Share]


class Tile(NamedTuple):
    """A province on the map."""

    code: str
    name: str
    address: str
    colour: Colour
    sign: str


class Line(NamedTuple):
    """A threshold."""

    title: Words
    green: Words
    red: Words
    source: Words


class Counted(NamedTuple):
    """An application of a list."""

    application: str
    unit: Words
    counted_as: Words


class Page(NamedTuple):
    """A unit, and those below it."""

    of: Row
    rows: Sequence[Row]
    tiles: Sequence[Tile]
    titles: Sequence[Words]
    communes: Sequence[tuple[Colour, str, int]]
    rule: Words
    lines: Sequence[Line]
    days: Words
    board: Words
    day: date
    query: str
    is_nation: bool


def page(view: IndicatorsView, asked: date | None) -> Page:
    """Return the page; links keep the day that was asked for."""
    query = f"?day={asked}" if asked else ""
    is_nation = view.total.unit == NATION
    rows = [_row(each, query) for each in view.below]
    return Page(
        of=_row(view.total, query),
        rows=rows,
        tiles=_tiles(rows) if is_nation else (),
        titles=list(TITLES.values()),
        communes=[(c, SIGNS[c], view.total.communes[c]) for c in WORST_FIRST],
        rule=_rule(view),
        lines=[_line(each) for each in view.thresholds],
        days=LABELS["indicators_days"].told(
            since=view.since, day=view.day, at=moment(instant(view.counted_ms))
        ),
        board=_board(view),
        day=view.day,
        query=query,
        is_nation=is_nation,
    )


def counted(items: Iterable[Item], units: Units) -> list[Counted]:
    """Return a list behind a number."""
    return [
        Counted(
            item.application,
            unit(item.unit, units) if item.unit else LABELS["indicators_nowhere"],
            called(item.counted_as),
        )
        for item in items
    ]


def called(name: str) -> Words:
    """Return what a count is called: a column of the form, or a cause and whether it is stuck."""
    first, _, last = name.partition("/")
    if first in CAUSES:
        kind = LABELS[f"evidence_{last}"]
        return Words(f"{CAUSES[first].vi}: {kind.vi}", f"{CAUSES[first].en}: {kind.en}")
    return LABELS[f"column_{last}"]


def percent(permille: int) -> Words:
    """Return a share as it is read."""
    whole, tenth = divmod(permille, 10)
    return Words(f"{whole},{tenth} %", f"{whole}.{tenth} %")


def number(count: int) -> Words:
    """Return a count as it is read."""
    return Words(f"{count:,}".replace(",", "."), f"{count:,}")


def _row(view: UnitView, query: str) -> Row:
    return Row(
        code=view.unit,
        name=same(view.name or view.unit) if view.unit else LABELS["indicators_nowhere"],
        address=f"indicators/{view.unit}{query}" if view.unit else "",
        colour=view.colour,
        sign=SIGNS[view.colour],
        shares=[_share(cell, view.unit, query) for cell in view.cells],
    )


def _share(cell: CellView, unit: str, query: str) -> Share:
    at = f"indicators/{unit}/{cell.indicator}"
    parts = [
        (count, f"{at}/{part}{query}" if api_at else "")
        for part, count, api_at in (
            ("numerator", cell.numerator, cell.numerator_at),
            ("denominator", cell.denominator, cell.denominator_at),
        )
        if count is not None
    ]
    return Share(
        title=TITLES[cell.indicator],
        colour=cell.colour,
        sign=SIGNS[cell.colour],
        share=NO_NUMBER if cell.permille is None else percent(cell.permille),
        parts=[(number(count), address) for count, address in parts],
        why=cell.why,
    )


def _tiles(rows: Iterable[Row]) -> list[Tile]:
    """Return the provinces by code: where each lies on the map, the style says."""
    found = [
        Tile(row.code, row.name.vi.removeprefix(KINDS[0]).removeprefix(KINDS[1]), *row[2:5])
        for row in rows
        if row.code
    ]
    return sorted(found)


def _rule(view: IndicatorsView) -> Words:
    rule = view.rule
    return LABELS["indicators_rule"].told(
        since=rule.valid_from,
        days=f"{rule.window_days}",
        least=f"{rule.least}",
        part=f"{rule.part_percent}",
    )


def _line(row: Threshold) -> Line:
    is_more = INDICATORS[row.indicator].better == "more"
    green, red = (
        ("threshold_more", "threshold_less") if is_more else ("threshold_most", "threshold_over")
    )
    return Line(
        title=TITLES[row.indicator],
        green=LABELS[green].told(limit=percent(row.green)),
        red=LABELS[red].told(limit=percent(row.red)),
        source=Words(row.source_vi or row.source, row.source),
    )


def _board(view: IndicatorsView) -> Words:
    if view.board_ms is None:
        return LABELS["indicators_board_not"]
    return LABELS["indicators_board_at"].told(at=moment(instant(view.board_ms)))
