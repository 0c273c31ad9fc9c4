"""Reads a folder of reference data: whole and without contradictions, or not at all."""

import hashlib
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path
from typing import TypeVar

import msgspec

from shared.catalogue.checks import problems
from shared.catalogue.dated import D
from shared.catalogue.fees import FeeExemption, FeeResolution
from shared.catalogue.interlinked import InterlinkedSet
from shared.catalogue.lookups import Catalogue
from shared.catalogue.rows import (
    CalendarDay,
    FeeWaiver,
    Listing,
    OrgCode,
    Policy,
    Procedure,
    Succession,
    Tables,
    Unit,
    Workflow,
)
from shared.errors import Misconfigured

DATA = Path(__file__).parent / "data"
OPTIONAL = ("workflows", "non_boundary", "interlinked", "fees")  # younger than some folders
FILES = ("units", "org_codes", "legacy_map", "procedures", "calendar", "policies", *OPTIONAL)
NO_ROWS = b'{"as_of":"0001-01-01","rows":[],"fee_exemptions":[],"fee_resolutions":[]}'
TOLD_LIMIT = 20  # problems said at once


class _Rows(msgspec.Struct):
    as_of: date


class _Units(_Rows):
    rows: list[Unit]


class _OrgCodes(_Rows):
    rows: list[OrgCode]


class _LegacyMap(_Rows):
    rows: list[Succession]


class _Procedures(_Rows):
    rows: list[Procedure]


class _Calendar(_Rows):
    first_day: date
    last_day: date
    rows: list[CalendarDay]


class _Policies(_Rows):
    policies: list[Policy]
    fee_waivers: list[FeeWaiver]


class _Workflows(_Rows):
    rows: list[Workflow]


class _NonBoundary(_Rows):
    rows: list[Listing]


class _Interlinked(_Rows):
    rows: list[InterlinkedSet]


class _Fees(_Rows):
    fee_exemptions: list[FeeExemption]
    fee_resolutions: list[FeeResolution]


R = TypeVar("R", bound=_Rows)


def load(data: Path = DATA) -> Catalogue:
    """Read the reference data.  Raises `Misconfigured`, with the file, the row and the reason."""
    if not data.is_dir():
        raise Misconfigured(
            f"{data} is no folder of reference data: name one with units.json and what goes with it"
        )
    content = {name: _content(data / f"{name}.json") for name in FILES}

    def read(name: str, kind: type[R]) -> R:
        try:
            return msgspec.json.decode(content[name], type=kind)
        except msgspec.MsgspecError as e:
            raise Misconfigured(f"reference data {name}.json: {e}") from e

    units, org_codes = read("units", _Units), read("org_codes", _OrgCodes)
    legacy_map, procedures = read("legacy_map", _LegacyMap), read("procedures", _Procedures)
    calendar, policies = read("calendar", _Calendar), read("policies", _Policies)
    workflows, lists = read("workflows", _Workflows), read("non_boundary", _NonBoundary)
    sets, fees = read("interlinked", _Interlinked), read("fees", _Fees)
    files = (units, org_codes, legacy_map, procedures, calendar, policies, workflows, lists, sets)
    newest = max(file.as_of for file in (*files, fees))
    digest = hashlib.sha256(b"".join(content.values())).hexdigest()
    tables = Tables(
        units.rows,
        org_codes.rows,
        legacy_map.rows,
        procedures.rows,
        calendar.rows,
        policies.policies,
        policies.fee_waivers,
        workflows.rows,
        lists.rows,
        sets.rows,
        fees.fee_exemptions,
        fees.fee_resolutions,
        calendar.first_day,
        calendar.last_day,
    )
    _refuse(problems(tables))
    return _catalogue(tables, f"{newest}+{digest[:8]}")


def _catalogue(tables: Tables, version: str) -> Catalogue:
    return Catalogue(
        version=version,
        units=_grouped(tables.units, lambda u: u.code),
        org_codes=_grouped(tables.org_codes, lambda o: o.province),
        procedures=_grouped(tables.procedures, lambda p: p.code),
        policies=tuple(tables.policies),
        fee_waivers=tuple(tables.fee_waivers),
        successors=_grouped(tables.legacy_map, lambda s: s.old),
        first_day=tables.first_day,
        last_day=tables.last_day,
        calendar_days=tuple(tables.calendar),
        workflows=_grouped(tables.workflows, lambda w: w.subject),
        non_boundary=_grouped(tables.non_boundary, lambda listing: listing.subject),
        interlinked=_grouped(tables.interlinked, lambda s: s.code),
        fee_exemptions=_grouped(tables.fee_exemptions, lambda e: e.subject),
        fee_resolutions=_grouped(tables.fee_resolutions, lambda r: r.subject),
    )


def _refuse(found: list[str]) -> None:
    if found:
        more = f"; and {len(found) - TOLD_LIMIT} more" if len(found) > TOLD_LIMIT else ""
        told = "; ".join(found[:TOLD_LIMIT])
        raise Misconfigured(f"reference data is refused: {told}{more}")


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as e:
        if isinstance(e, FileNotFoundError) and path.stem in OPTIONAL:
            return NO_ROWS
        raise Misconfigured(f"reference data {path.name} cannot be read: {e}") from e


def _grouped(rows: Iterable[D], key: Callable[[D], str]) -> dict[str, tuple[D, ...]]:
    groups: dict[str, tuple[D, ...]] = {}
    for row in rows:
        groups[key(row)] = (*groups.get(key(row), ()), row)
    return groups
