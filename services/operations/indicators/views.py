"""Indicators as everybody is told them: a unit, what is below it, and by which rules."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Literal, NamedTuple, get_args
from urllib.parse import urlencode

import msgspec

from services.operations.domain.indicators import (
    INDICATORS,
    NOTHING,
    WORST_FIRST,
    Cell,
    Colour,
    Judge,
    Rule,
    Threshold,
    Whole,
    together,
)
from services.operations.domain.statistics import Period
from services.operations.form_lines import NATION, NATION_NAME, province_of
from services.operations.indicators.snapshots import Snapshot
from shared.catalogue import Catalogue

Part = Literal["numerator", "denominator"]
PARTS: tuple[Part, ...] = get_args(Part)


class CellView(Cell, frozen=True, kw_only=True):
    """A cell, and where the applications behind its numbers are listed."""

    numerator_at: str | None
    denominator_at: str | None


class UnitView(msgspec.Struct, frozen=True, kw_only=True):
    """A unit; `communes`: how many in it have each colour.  An empty `unit`: what has none yet."""

    unit: str
    name: str
    colour: Colour
    cells: list[CellView]
    communes: dict[Colour, int]


class IndicatorsView(msgspec.Struct, frozen=True, kw_only=True):
    """A unit as of a day, and the units below it, the worst first.

    What is of the form counts the days from `since` to `day`; what waits, as of `board_ms` (null:
    nobody looked at it on that day).
    """

    day: date
    since: date
    counted_ms: int
    board_ms: int | None
    catalogue_version: str
    rule: Rule
    thresholds: list[Threshold]
    total: UnitView
    below: list[UnitView]


class Frame(NamedTuple):
    """What a snapshot is told with; `is_latest`: what waited then can be looked at now."""

    judge: Judge
    period: Period
    catalogue: Catalogue
    is_latest: bool


def told(snapshot: Snapshot, frame: Frame, unit: str) -> IndicatorsView:
    """Return a commune, a province with its units, or all with its provinces."""
    judge, catalogue = frame.judge, frame.catalogue
    leaves = _leaves(snapshot, judge, catalogue)
    provinces = _grouped(leaves, catalogue, snapshot.day)
    if unit == NATION:
        below = {code: together(some.values()) for code, some in provinces.items()}
        total = together(below.values())
    elif unit in provinces:
        below = provinces[unit]
        total = together(below.values())
    else:
        below, total = {}, leaves.get(unit, judge.one(NOTHING.counts))
    return IndicatorsView(
        day=snapshot.day,
        since=frame.period.first,
        counted_ms=snapshot.counted_ms,
        board_ms=snapshot.board_ms or None,
        catalogue_version=catalogue.version,
        rule=judge.rule,
        thresholds=[judge.thresholds[name] for name in INDICATORS],
        total=_view(unit, total, frame),
        below=sorted((_view(code, w, frame) for code, w in below.items()), key=_badness),
    )


def _leaves(snapshot: Snapshot, judge: Judge, catalogue: Catalogue) -> dict[str, Whole]:
    """Return every commune in force, and whatever else was counted, each by itself."""
    communes = (u.code for u in catalogue.units_in_force(snapshot.day) if not u.is_province)
    counted = {code for code, counts in snapshot.counts.items() if any(counts.values())}
    return {
        code: judge.one(snapshot.counts.get(code, NOTHING.counts))
        for code in sorted({*communes, *counted})
    }


def _grouped(
    leaves: Mapping[str, Whole], catalogue: Catalogue, on: date
) -> dict[str, dict[str, Whole]]:
    """Return them by province; the whole country's has all that are in force, also without any."""
    found: dict[str, dict[str, Whole]] = {
        unit.code: {} for unit in catalogue.units_in_force(on) if unit.is_province
    }
    for code, whole in leaves.items():
        found.setdefault(province_of(code, catalogue, on), {})[code] = whole
    return found


def _cell(cell: Cell, unit: str, day: date, *, is_listed: bool) -> CellView:
    told = msgspec.structs.asdict(cell)
    for part in PARTS:
        told[f"{part}_at"] = _at(unit, day, cell, part) if is_listed and told[part] else None
    return CellView(**told)


def _at(unit: str, day: date, cell: Cell, part: Part) -> str:
    asked = {"indicator": cell.indicator, "part": part, "unit": unit, "day": f"{day}"}
    return f"/v1/indicators/evidence?{urlencode(asked)}"


def _view(code: str, whole: Whole, frame: Frame) -> UnitView:
    judge, catalogue, day = frame.judge, frame.catalogue, frame.period.last
    return UnitView(
        unit=code,
        name=NATION_NAME if code == NATION else catalogue.unit_name(code),
        colour=judge.colour(whole),
        cells=[
            _cell(cell, code, day, is_listed=frame.is_latest or _is_of_form(cell))
            for cell in judge.cells(whole.counts)
        ],
        communes={colour: whole.colours.get(colour, 0) for colour in WORST_FIRST},
    )


def _is_of_form(cell: Cell) -> bool:
    return INDICATORS[cell.indicator].source == "form"


def _badness(view: UnitView) -> tuple[int, list[int], list[float], str]:
    """By colour, then by how many indicators are red, yellow …, then by the worst share."""
    counts = [-_number(view.cells, colour) for colour in WORST_FIRST[:2]]
    return WORST_FIRST.index(view.colour), counts, [_shortfall(view.cells)], view.unit


def _number(cells: Iterable[Cell], colour: Colour) -> int:
    return sum(cell.colour == colour for cell in cells)


def _shortfall(cells: Iterable[Cell]) -> float:
    """Return how good the worst share is, 0 to 1; less is worse."""
    shares = [
        c.permille if INDICATORS[c.indicator].better == "more" else 1_000 - c.permille
        for c in cells
        if not c.why and c.permille is not None
    ]
    return min(shares, default=1_000) / 1_000
