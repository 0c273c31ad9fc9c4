"""The catalogue in memory: what is in force on a day, found by code."""

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Literal, NamedTuple

from shared.catalogue.dated import Dated, in_force
from shared.catalogue.fees import FeeExemption, FeeResolution
from shared.catalogue.interlinked import InterlinkedSet
from shared.catalogue.names import folded, spoken, without_kind
from shared.catalogue.rows import (
    CalendarDay,
    FeeWaiver,
    Listing,
    OrgCode,
    Policy,
    Procedure,
    Succession,
    Unit,
    Workflow,
)
from shared.catalogue.workflows import derived, given, taken
from shared.errors import Misconfigured
from shared.working_time import WorkingCalendar, add_working_time

WORKFLOWS_KEPT = 10_000  # procedures × provinces of some days


class Successors(NamedTuple):
    """What became of an old unit: one new unit, several for a person to choose from, or unknown.

    Of several, the first is the default that the source names: a form may propose it, nobody takes
    it without asking.
    """

    kind: Literal["exact", "default_of_split", "unknown"]
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
    successors: Mapping[str, Sequence[Succession]]
    first_day: date
    last_day: date
    calendar_days: Sequence[CalendarDay]
    workflows: Mapping[str, Sequence[Workflow]] = field(default_factory=dict)
    non_boundary: Mapping[str, Sequence[Listing]] = field(default_factory=dict)
    interlinked: Mapping[str, Sequence[InterlinkedSet]] = field(default_factory=dict)
    fee_exemptions: Mapping[str, Sequence[FeeExemption]] = field(default_factory=dict)
    fee_resolutions: Mapping[str, Sequence[FeeResolution]] = field(default_factory=dict)

    def edition(self) -> "Catalogue":
        """Return this edition, for work that waits in between: what it is told stays the same."""
        return self

    def knows_procedure(self, code: str) -> bool:
        """Whether this procedure exists, in force or not."""
        return code in self.procedures

    def procedure(self, code: str, on: date) -> Procedure | None:
        """Return the procedure as published on this day."""
        return in_force(self.procedures.get(code, ()), on)

    def interlinked_set(self, code: str, on: date) -> InterlinkedSet | None:
        """Return the children that applications of this procedure have on this day, if any."""
        return in_force(self.interlinked.get(code, ()), on)

    def unit(self, code: str, on: date) -> Unit | None:
        """Return the commune, ward, special zone or province with this code on this day."""
        return in_force(self.units.get(code, ()), on)

    def unit_name(self, code: str) -> str:
        """Return what a unit is called, or was last; empty, if nobody knows."""
        rows = self.units.get(code)
        return rows[-1].name if rows else ""

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

    def current_units(self, old_code: str, on: date = date.max) -> Successors:
        """Return what has become, by this day, of a unit that is no more; else as last known.

        Codes are re-used: most name an old and a new unit.  Ask this only for a code known to be
        old, or for one that `unit` does not know.
        """
        units = tuple(dict.fromkeys(self._followed(old_code, on)))
        if not units:
            return Successors("unknown", ())
        return Successors("exact" if len(units) == 1 else "default_of_split", units)

    def heirs(self, code: str, on: date) -> tuple[str, ...]:
        """Return what is said to follow the unit that had this code last and ended by this day.

        What followed an older unit of the same code is another's: nothing of it is told here.
        """
        ended = [row.valid_to for row in self.units.get(code, ()) if row.valid_to]
        row = in_force(self.successors.get(code, ()), on)
        return row.units if row and ended and max(ended) <= row.valid_from else ()

    def units_named(self, name: str, on: date, province: str = "") -> tuple[Unit, ...]:
        """Return the units of this name, with or without its kind (`Xã`, `P.`), in a province or in
        all.

        Both ways to place a tone mark are one (hoà, hòa).  Units written with the same marks come
        alone; where there are none, marks do not count, and đ is d.
        """
        wanted, sound = folded(name), spoken(name)
        found = self._called(wanted, on) or self._called(without_kind(wanted), on)
        inside = [u for u in found if not province or u.province == province]
        if sound != wanted:
            sounds = {sound, without_kind(sound)}
            exact = [u for u in inside if without_kind(spoken(u.name)) in sounds]
            return tuple(exact or inside)
        return tuple(inside)

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

    def fee_exemption(self, procedure: str, category: str, on: date) -> FeeExemption | None:
        """Return what the law spares persons of this category in this procedure, if anything."""
        return in_force(self.fee_exemptions.get(f"{procedure} {category}", ()), on)

    def fee_resolution(self, procedure: str, province: str, on: date) -> FeeResolution | None:
        """Return what a province itself has set for this procedure, if it has and we know it."""
        return in_force(self.fee_resolutions.get(f"{procedure} {province}", ()), on)

    def takes_anywhere(self, province: str, procedure: str, on: date) -> bool | None:
        """Whether a province takes this procedure at any of its points; None: it has no list."""
        if in_force(self.non_boundary.get(f"{procedure} {province}", ()), on):
            return True
        since, until = self.lists.get(province, (date.max, date.max))
        return False if since <= on < until else None

    @cached_property
    def lists(self) -> Mapping[str, tuple[date, date]]:
        """The provinces that have a list, from when on and until when."""
        found: dict[str, tuple[date, date]] = {}
        for row in (row for rows in self.non_boundary.values() for row in rows):
            since, until = found.get(row.province, (date.max, date.min))
            end = row.valid_to or date.max
            found[row.province] = min(since, row.valid_from), max(until, end)
        return found

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
        days, calendars = self._calendars
        found = calendars[bisect_right(days, on) - 1] if days and days[0] <= on else None
        if found is None:
            raise Misconfigured(f"no policy is in force on {on}: add one")
        return found

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

    def workflow(self, procedure: Procedure, province: str, on: date) -> Workflow:
        """Return the steps of a procedure: the province's own, else those of all, else derived.

        A template that is in force but made for another time than this procedure has is not used.
        """
        key = procedure.code, procedure.valid_from, province, on
        if (known := self._workflow_of.get(key)) is None:
            if len(self._workflow_of) >= WORKFLOWS_KEPT:
                self._workflow_of.clear()
            known = self._workflow_of[key] = self._workflow(procedure, province, on)
        return known

    @cached_property
    def _workflow_of(self) -> dict[tuple[str, date, str, date], Workflow]:
        """What was worked out already; every acceptance of a day asks for one of these."""
        return {}

    def _workflow(self, procedure: Procedure, province: str, on: date) -> Workflow:
        policy = self.policy(on)
        for subject in (f"{procedure.code} {province}", procedure.code):
            row = in_force(self.workflows.get(subject, ()), on)
            if row and taken(row.steps, procedure, policy) == given(procedure, policy):
                return row
        return derived(procedure, policy)

    @cached_property
    def workflows_by_id(self) -> Mapping[str, Workflow]:
        """Every template by the id that dossiers remember it by."""
        return {row.id: row for rows in self.workflows.values() for row in rows}

    def _followed(self, old_code: str, on: date) -> Iterator[str]:
        """Follow what ended to what is in force; no data with a circle is ever loaded."""
        row = in_force(self.successors.get(old_code, ()), on)
        for code in row.units if row else ():
            if self.unit(code, on):
                yield code
            else:
                yield from self._followed(code, on)

    def _called(self, wanted: str, on: date) -> list[Unit]:
        units = (self.unit(code, on) for code in self._codes_by_name.get(wanted, ()))
        return [u for u in units if u and wanted in _names(u)]

    @cached_property
    def _codes_by_name(self) -> dict[str, tuple[str, ...]]:
        found: dict[str, tuple[str, ...]] = {}
        for code, rows in self.units.items():
            for name in {name for row in rows for name in _names(row)}:
                found[name] = (*found.get(name, ()), code)
        return found

    @cached_property
    def _calendars(self) -> tuple[list[date], list[WorkingCalendar | None]]:
        """What deadlines are counted with, and from which day on each: a calendar for every day on
        which the policy or a row of the calendar changes.
        """
        dated: list[Dated] = [*self.policies, *self.calendar_days]
        days = sorted({d for row in dated for d in (row.valid_from, row.valid_to) if d})
        return days, [self._calendar(day) for day in days]

    def _calendar(self, on: date) -> WorkingCalendar | None:
        policy = in_force(self.policies, on)
        if policy is None:
            return None
        known = [d for d in self.calendar_days if in_force((d,), on)]
        return WorkingCalendar.of(
            self.first_day,
            self.last_day,
            [d.day for d in known if d.kind == "off"],
            [d.day for d in known if d.kind == "working"],
            policy.sessions,
            policy.same_day_cutoff,
        )


def _names(unit: Unit) -> tuple[str, str]:
    name = folded(unit.name)
    return name, without_kind(name)
