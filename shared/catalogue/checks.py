"""What is wrong with reference data: each problem with its file, its row and the reason.

A look-up assumes all of this: no two rows of a code at once, no time without one, every unit in a
province, every old unit led to units that stand.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from shared.catalogue import interlinked, reductions, workflows
from shared.catalogue.dated import Dated, in_force
from shared.catalogue.rows import FeeWaiver, Listing, Succession, Tables, Unit

# file (and what in it), what tells one row's subject from another's, whether a gap is one
_SUBJECTS: tuple[tuple[str, str, Callable[[Any], str], bool], ...] = (
    ("units", "units", lambda u: u.code, True),
    ("org_codes", "org_codes", lambda o: o.province, True),
    ("legacy_map", "legacy_map", lambda s: s.old, False),
    ("procedures", "procedures", lambda p: p.code, False),
    ("calendar", "calendar", lambda d: d.day.isoformat(), False),
    ("policies", "policies", lambda _: "policy", True),
    ("policies", "fee_waivers", lambda w: f"{w.province} {w.channel}", False),
    ("workflows", "workflows", lambda w: w.subject, False),
    ("non_boundary", "non_boundary", lambda listing: listing.subject, False),
    ("interlinked", "interlinked", lambda s: s.code, False),
    ("fees", "fee_exemptions", lambda e: e.subject, False),
    ("fees", "fee_resolutions", lambda r: r.subject, False),
)
_PROVINCES = ("province", "city")
_SATURDAY = 5


def problems(tables: Tables) -> list[str]:
    """Return everything that is wrong, none if nothing is."""
    found: list[str] = []
    for file, name, subject, is_continuous in _SUBJECTS:
        rows = getattr(tables, name)
        found += _said(file, _periods(rows, subject, is_continuous))
    units: dict[str, list[Unit]] = {}
    for unit in tables.units:
        units.setdefault(unit.code, []).append(unit)
    found += _said("units", _units(tables.units, units))
    found += _said("units", _unidentified(tables))
    found += _said("org_codes", _org_codes(tables, units))
    found += _said("calendar", _calendar(tables))
    found += _said("policies", _waivers(tables.fee_waivers, units))
    steps = workflows.problems(tables.workflows, tables.procedures, tables.policies, units)
    found += _said("workflows", steps)
    found += _said("non_boundary", _lists(tables.non_boundary, units))
    codes = {p.code for p in tables.procedures}
    found += _said("interlinked", interlinked.problems(tables.interlinked, codes))
    found += _said("fees", reductions.exemption_problems(tables))
    found += _said("fees", reductions.resolution_problems(tables, units))
    if not tables.policies or tables.policies[-1].valid_to:
        found.append("policies.json: the last policy ends and none follows: leave it open")
    if found:
        return found  # successions are only followed among units that are right
    return [*_said("legacy_map", _successions(tables)), *_said("units", _left(tables, units))]


Problem = tuple[int, str, str]  # which row, what it is about, why not


def _said(file: str, found: Iterable[Problem]) -> list[str]:
    return [f"{file}.json row {n + 1} ({subject}): {why}" for n, subject, why in found]


def _periods(
    rows: Sequence[Dated], subject: Callable[[Any], str], is_continuous: bool
) -> Iterator[Problem]:
    last: dict[str, Dated] = {}
    for n, row in enumerate(rows):
        name = subject(row)
        if row.valid_to is not None and row.valid_to <= row.valid_from:
            yield n, name, f"it ends on {row.valid_to} before it begins on {row.valid_from}"
        before = last.get(name)
        last[name] = row
        if before is None:
            continue
        if before.valid_to is None or row.valid_from < before.valid_to:
            until = before.valid_to or "further notice"
            yield n, name, f"from {row.valid_from}, overlaps the row before, valid until {until}"
        elif is_continuous and before.valid_to < row.valid_from:
            yield n, name, f"a gap: nothing is in force from {before.valid_to} to {row.valid_from}"


def _units(rows: Sequence[Unit], units: Mapping[str, Sequence[Unit]]) -> Iterator[Problem]:
    numbers: dict[tuple[str, int], str] = {}
    for n, unit in enumerate(rows):
        if unit.is_province != (unit.kind in _PROVINCES):
            yield n, unit.code, f"a {unit.kind} cannot have the number {unit.number}"
        elif unit.is_province:
            if unit.province != unit.code:
                yield n, unit.code, f"a province is in itself, not in {unit.province}: a circle"
        elif not any(row.is_province for row in units.get(unit.province, ())):
            yield n, unit.code, f"its province {unit.province} is unknown"
        elif not _covers(units[unit.province], unit):
            yield n, unit.code, f"its province {unit.province} is not in force all that time"
        elif numbers.setdefault((unit.province, unit.number), unit.code) != unit.code:
            other = numbers[unit.province, unit.number]
            yield n, unit.code, f"the number {unit.number} is that of {other}: take the next free"


def _org_codes(tables: Tables, units: Mapping[str, Sequence[Unit]]) -> Iterator[Problem]:
    owners: dict[str, str] = {}
    for n, org in enumerate(tables.org_codes):
        if not any(row.is_province for row in units.get(org.province, ())):
            yield n, org.province, "no such province"
        if owners.setdefault(org.identifier, org.province) != org.province:
            owner = owners[org.identifier]
            yield n, org.province, f"{org.identifier} is the identifier of province {owner}"


def _unidentified(tables: Tables) -> Iterator[Problem]:
    for n, unit in enumerate(tables.units):
        own = [o for o in tables.org_codes if o.province == unit.code] if unit.is_province else []
        if unit.is_province and not _covers(own, unit):
            yield n, unit.code, "org_codes.json has no identifier for all that time"


def _calendar(tables: Tables) -> Iterator[Problem]:
    for n, row in enumerate(tables.calendar):
        if not tables.first_day <= row.day <= tables.last_day:
            why = f"not between first_day {tables.first_day} and last_day {tables.last_day}"
            yield n, str(row.day), why
        if (row.kind == "working") != (row.day.weekday() >= _SATURDAY):
            yield n, str(row.day), f"a {row.day:%A} is that already, without a row: {row.kind}"


def _waivers(rows: Sequence[FeeWaiver], units: Mapping[str, Sequence[Unit]]) -> Iterator[Problem]:
    for n, waiver in enumerate(rows):
        if waiver.province not in units:
            yield n, f"{waiver.province} {waiver.channel}", "no such province"


def _lists(rows: Sequence[Listing], units: Mapping[str, Sequence[Unit]]) -> Iterator[Problem]:
    for n, listing in enumerate(rows):
        if not any(unit.is_province for unit in units.get(listing.province, ())):
            yield n, listing.subject, "no such province"


def _covers(rows: Sequence[Dated], wanted: Dated) -> bool:
    """Tell whether rows without a gap are in force for as long as another is."""
    if not rows or rows[0].valid_from > wanted.valid_from:
        return False
    end = rows[-1].valid_to
    return end is None or (wanted.valid_to is not None and wanted.valid_to <= end)


def _successions(tables: Tables) -> Iterator[Problem]:
    """On each day on which one begins or ends, or a unit ends, follow every old unit to its end."""
    following = _following(tables)
    days = {d for r in tables.legacy_map for d in (r.valid_from, r.valid_to)}
    days |= {u.valid_to for u in tables.units}
    told = set[int]()
    for day in sorted(d for d in days if d):
        standing = {u.code for u in tables.units if in_force((u,), day)}
        for n, row in enumerate(tables.legacy_map):
            if row.units and standing.issuperset(row.units):
                continue
            if n in told or not in_force((row,), day):
                continue
            if why := _dead_end(row, day, standing, following, (row.old,)):
                told.add(n)
                yield n, row.old, why


def _dead_end(
    row: Succession,
    day: date,
    standing: set[str],
    following: Mapping[str, Sequence[Succession]],
    path: tuple[str, ...],
) -> str:
    if not row.units:
        return f"{' → '.join(path)} leads to no unit"
    for unit in row.units:
        if unit in standing:
            continue
        further = in_force(following.get(unit, ()), day)
        if further is None:
            return f"{unit} is no unit on {day}, and no row says what became of it"
        if unit == path[-1]:  # a code that was used again: the row is of who had it first
            return f"{unit} ends by {day} and leads nowhere: end this row then, say what follows"
        if unit in path:
            return f"a circle on {day}: {' → '.join((*path, unit))}"
        if why := _dead_end(further, day, standing, following, (*path, unit)):
            return why
    return ""


def _left(tables: Tables, units: Mapping[str, Sequence[Unit]]) -> Iterator[Problem]:
    """A commune that ended for good must lead somewhere."""
    following = _following(tables)
    for n, unit in enumerate(tables.units):
        ended = units[unit.code][-1].valid_to if unit is units[unit.code][-1] else None
        if ended and not unit.is_province and not in_force(following.get(unit.code, ()), ended):
            yield n, unit.code, f"ends on {ended}: legacy_map.json must say what became of it"


def _following(tables: Tables) -> dict[str, list[Succession]]:
    following: dict[str, list[Succession]] = {}
    for row in tables.legacy_map:
        following.setdefault(row.old, []).append(row)
    return following
