"""The catalogue in memory: what is in force on a day, found by code."""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import Literal, NamedTuple, Protocol, TypeVar

import msgspec

from shared.catalogue.rows import (
    CalendarDay,
    FeeWaiver,
    OrgCode,
    Policy,
    Procedure,
    Unit,
)
from shared.errors import Misconfigured
from shared.working_time import WorkingCalendar, add_working_time

DATA = Path(__file__).parent / "data"
FILES = ("units", "org_codes", "legacy_map", "procedures", "calendar", "policies")


class _Dated(Protocol):
    @property
    def valid_from(self) -> date: ...
    @property
    def valid_to(self) -> date | None: ...


D = TypeVar("D", bound=_Dated)


class Successors(NamedTuple):
    """What became of an old unit: one new unit, several for a person to choose from, or unknown."""

    kind: Literal["exact", "split", "unknown"]
    units: tuple[str, ...]


@dataclass(frozen=True)
class Catalogue:
    """Reference data.  `on` is a local day; events record the `version` they were decided under."""

    version: str
    units: Mapping[str, Sequence[Unit]]
    org_codes: Mapping[str, Sequence[OrgCode]]
    procedures: Mapping[str, Sequence[Procedure]]
    policies: Sequence[Policy]
    fee_waivers: Sequence[FeeWaiver]
    successors: Mapping[str, str]
    first_day: date
    last_day: date
    calendar_days: Sequence[CalendarDay]

    def knows_procedure(self, code: str) -> bool:
        """Whether this procedure exists, in force or not."""
        return code in self.procedures

    def procedure(self, code: str, on: date) -> Procedure | None:
        """Return the procedure as published on this day."""
        return in_force(self.procedures.get(code, ()), on)

    def unit(self, code: str, on: date) -> Unit | None:
        """Return the commune, ward, special zone or province with this code on this day."""
        return in_force(self.units.get(code, ()), on)

    def procedures_in_force(self, on: date) -> list[Procedure]:
        """Return every procedure published on that day."""
        rows = (in_force(versions, on) for versions in self.procedures.values())
        return [row for row in rows if row]

    def units_in_force(self, on: date) -> list[Unit]:
        """Return every unit, provinces included, as of that day."""
        rows = (in_force(versions, on) for versions in self.units.values())
        return [row for row in rows if row]

    def province_of(self, code: str, on: date) -> Unit | None:
        """Return the province that this unit is in, or is."""
        unit = self.unit(code, on)
        return self.unit(unit.province, on) if unit else None

    def current_units(self, old_code: str) -> Successors:
        """Return what became of a unit of before 1 July 2025.

        Codes are re-used: most name an old and a new unit.  Ask this only for a code known to be
        old, or for one that `unit` does not know.
        """
        units = tuple(self.successors.get(old_code, "").split())
        if not units:
            return Successors("unknown", ())
        return Successors("exact" if len(units) == 1 else "split", units)

    def dossier_prefix(self, unit: Unit, on: date) -> str:
        """Return what this unit's dossier codes begin with (`H26.12`).  Raises `Misconfigured`."""
        org = in_force(self.org_codes.get(unit.province, ()), on)
        if org is None:
            raise Misconfigured(f"no identifier for province {unit.province} on {on}: add it")
        return org.identifier if unit.is_province else f"{org.identifier}.{unit.number}"

    def policy(self, on: date) -> Policy:
        """Return the policy in force on this day.  Raises `Misconfigured`."""
        policy = in_force(self.policies, on)
        if policy is None:
            raise Misconfigured(f"no policy is in force on {on}: add one")
        return policy

    def fee_waiver(self, province: str, channel: str, on: date) -> FeeWaiver | None:
        """Return why nothing is asked in this province on this channel, if so."""
        rows = [w for w in self.fee_waivers if (w.province, w.channel) == (province, channel)]
        return in_force(rows, on)

    def accepted_automatically(self, procedure: Procedure, channel: str, on: date) -> bool:
        """Whether an application is accepted without an officer."""
        policy = self.policy(on)
        return (
            channel == "online"
            and procedure.online_level in policy.automatic_online_levels
            and procedure.payment_moment in policy.automatic_payment_moments
        )

    def working_calendar(self, on: date) -> WorkingCalendar:
        """Return the working days, with the hours of the policy in force on this day."""
        return self._calendars[self.policies.index(self.policy(on))]

    def intake_due(self, submitted_at: datetime, on: date) -> datetime:
        """Return by when an application must have been taken up.  Raises `CalendarEnds`."""
        hours = self.policy(on).intake_sla_hours
        return add_working_time(submitted_at, hours, "working_hour", self.working_calendar(on))

    def statutory_due(self, procedure: Procedure, accepted_at: datetime, on: date) -> datetime:
        """Return by when the result is due.  Raises `CalendarEnds`."""
        given, calendar = procedure.processing_time, self.working_calendar(on)
        if given.unit == "by_plan":
            days = self.policy(on).by_plan_working_days
            return add_working_time(accepted_at, days, "working_day", calendar)
        return add_working_time(accepted_at, given.value, given.unit, calendar)

    @cached_property
    def _calendars(self) -> tuple[WorkingCalendar, ...]:
        off = [d.day for d in self.calendar_days if d.kind == "off"]
        working = [d.day for d in self.calendar_days if d.kind == "working"]
        return tuple(
            WorkingCalendar.of(
                self.first_day, self.last_day, off, working, p.sessions, p.same_day_cutoff
            )
            for p in self.policies
        )


def in_force(rows: Iterable[D], on: date) -> D | None:
    """Return the row that is in force on this day."""
    for row in rows:
        if row.valid_from <= on and (row.valid_to is None or on < row.valid_to):
            return row
    return None


class _Rows(msgspec.Struct):
    as_of: date


class _Units(_Rows):
    rows: list[Unit]


class _OrgCodes(_Rows):
    rows: list[OrgCode]


class _LegacyMap(_Rows):
    successors: dict[str, str]


class _Procedures(_Rows):
    rows: list[Procedure]


class _Calendar(_Rows):
    first_day: date
    last_day: date
    rows: list[CalendarDay]


class _Policies(_Rows):
    policies: list[Policy]
    fee_waivers: list[FeeWaiver]


R = TypeVar("R", bound=_Rows)


def load(data: Path = DATA) -> Catalogue:
    """Read the reference data.  Raises `Misconfigured`, with the file and the place in it."""
    content = {name: _content(data / f"{name}.json") for name in FILES}

    def read(name: str, kind: type[R]) -> R:
        try:
            return msgspec.json.decode(content[name], type=kind)
        except msgspec.MsgspecError as e:
            raise Misconfigured(f"reference data {name}.json: {e}") from e

    units, org_codes = read("units", _Units), read("org_codes", _OrgCodes)
    legacy_map, procedures = read("legacy_map", _LegacyMap), read("procedures", _Procedures)
    calendar, policies = read("calendar", _Calendar), read("policies", _Policies)
    read_rows = (units, org_codes, legacy_map, procedures, calendar, policies)
    newest = max(rows.as_of for rows in read_rows)
    digest = hashlib.sha256(b"".join(content.values())).hexdigest()
    return Catalogue(
        version=f"{newest}+{digest[:8]}",
        units=_grouped(units.rows, lambda u: u.code),
        org_codes=_grouped(org_codes.rows, lambda o: o.province),
        procedures=_grouped(procedures.rows, lambda p: p.code),
        policies=tuple(policies.policies),
        fee_waivers=tuple(policies.fee_waivers),
        successors=legacy_map.successors,
        first_day=calendar.first_day,
        last_day=calendar.last_day,
        calendar_days=tuple(calendar.rows),
    )


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as e:
        raise Misconfigured(f"reference data {path.name} cannot be read: {e}") from e


def _grouped(rows: Iterable[D], key: Callable[[D], str]) -> dict[str, tuple[D, ...]]:
    groups: dict[str, tuple[D, ...]] = {}
    for row in rows:
        groups[key(row)] = (*groups.get(key(row), ()), row)
    return groups
