"""The national form of a unit with a line for each that is below it, as everybody is told it."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from services.operations.domain.facts import View
from services.operations.domain.statistics import Form, Period, added
from services.operations.form_files import Line, Statistics
from services.operations.statistics import Counting, Scope, scope
from shared.catalogue import Catalogue
from shared.events.data import Problem

NATION, NATION_NAME = "nation", "Toàn quốc"
DAYS_LIMIT = 366


async def told(
    counting: Counting, catalogue: Catalogue, unit: str, period: Period, view: View
) -> Statistics:
    """Return the form of a unit, a province with its units, or all with its provinces.

    Raises `Unknown`.
    """
    wanted = below(unit, catalogue, period.last)
    of = Scope() if unit == NATION else scope(wanted, catalogue.units)
    forms = await counting.forms(of, period, view)
    if unit == NATION:
        forms = _by_province(forms, catalogue, period.last)
    shown = {code for code in wanted if code == unit or catalogue.unit(code, period.last)}
    lines = [
        Line(unit=code, name=catalogue.unit_name(code), form=forms.get(code) or added(()))
        for code in sorted({*forms, *shown})
    ]
    return Statistics(
        unit=unit,
        name=NATION_NAME if unit == NATION else catalogue.unit_name(unit),
        view=view,
        first=period.first,
        last=period.last,
        lines=lines,
        total=added(line.form for line in lines),
    )


def no_period(first: date, last: date, today: date) -> Problem | None:
    """Say why these days are none that can be asked for: too many, or not over."""
    latest = today - timedelta(days=1)
    if last > latest:
        return Problem(
            field="/query/to",
            code="period-not-over",
            remedy_vi=f"Kỳ thống kê phải đã kết thúc: ngày cuối muộn nhất là {latest}.",
            remedy_en=f"The period is not over: its last day can be {latest} at most.",
        )
    if not 0 <= (last - first).days < DAYS_LIMIT:
        return Problem(
            field="/query/from",
            code="not-a-period",
            remedy_vi=f"Ngày cuối không trước ngày đầu, và kỳ không quá {DAYS_LIMIT} ngày.",
            remedy_en=f"It ends no earlier than it begins, and has {DAYS_LIMIT} days at most.",
        )
    return None


def no_unit(unit: str, catalogue: Catalogue) -> Problem | None:
    """Say that there is no such unit."""
    if unit == NATION or unit in catalogue.units:
        return None
    return Problem(
        field="/query/unit",
        code="unknown-unit",
        remedy_vi="Không có đơn vị nào mang mã này: hãy dùng mã trong danh mục, hoặc `nation`.",
        remedy_en="No unit has this code: give one of the catalogue, or `nation`.",
    )


def province_of(code: str, catalogue: Catalogue, on: date) -> str:
    """Return the province that a unit is in, or was last; of an unknown one itself."""
    current, rows = catalogue.province_of(code, on), catalogue.units.get(code)
    if current:
        return current.code
    return rows[-1].province if rows else code


def is_of(unit: str, mine: Sequence[str], catalogue: Catalogue, on: date) -> bool:
    """Tell whether a unit is one of these, or in a province of these; none: all are."""
    return not mine or unit in mine or province_of(unit, catalogue, on) in mine


def below(unit: str, catalogue: Catalogue, on: date) -> list[str]:
    """Return a unit, or all of a province, what has ended included; of the nation its provinces."""
    if unit == NATION:
        return [u.code for u in catalogue.units_in_force(on) if u.is_province]
    if not any(row.is_province for row in catalogue.units.get(unit, ())):
        return [unit]
    return [code for code in catalogue.units if province_of(code, catalogue, on) == unit]


def _by_province(forms: Mapping[str, Form], catalogue: Catalogue, on: date) -> dict[str, Form]:
    found: dict[str, list[Form]] = {}
    for code, form in forms.items():
        found.setdefault(province_of(code, catalogue, on), []).append(form)
    return {province: added(some) for province, some in found.items()}
