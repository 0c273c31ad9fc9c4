"""Workflow templates: the steps of a procedure in a province, and the time that each has.

Durations add up to the statutory time: nobody's share can be longer without another's being
shorter.  Of a procedure that is done the same day there are the hours from the cut-off to the close
of business, which also the last one received has.  Where no template is written, one is derived
from the procedure's time.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, time
from itertools import pairwise
from typing import NamedTuple

import msgspec

from shared.catalogue.rows import Policy, Procedure, Step, Unit, Workflow

HOUR = 60  # minutes


class Time(NamedTuple):
    """So many calendar days, or so many minutes worked."""

    calendar_days: int
    minutes: int

    def __str__(self) -> str:
        """Say it as a person would."""
        if self.calendar_days:
            return f"{self.calendar_days} calendar days"
        hours, minutes = divmod(self.minutes, HOUR)
        return f"{hours} working hours" + (f" {minutes} minutes" if minutes else "")


def given(procedure: Procedure, policy: Policy) -> Time:
    """Return the time that steps of a procedure share."""
    statutory = procedure.processing_time
    day = sum(_minutes(start, end) for start, end in policy.sessions)
    match statutory.unit:
        case "calendar_day" if statutory.value:
            return Time(statutory.value, 0)
        case "working_hour":
            return Time(0, statutory.value * HOUR)
        case "by_plan":
            return Time(0, policy.by_plan_working_days * day)
        case "working_day" if statutory.value:
            return Time(0, statutory.value * day)
    close = policy.sessions[-1][1]
    return Time(0, _minutes(policy.same_day_cutoff, close))


def taken(steps: Sequence[Step], procedure: Procedure, policy: Policy) -> Time:
    """Return the time that steps take together."""
    days = sum(step.days for step in steps)
    minutes = sum(step.hours * HOUR + step.minutes for step in steps)
    if given(procedure, policy).calendar_days:
        return Time(days, minutes)
    day = sum(_minutes(start, end) for start, end in policy.sessions)
    return Time(0, days * day + minutes)


def derived(procedure: Procedure, policy: Policy) -> Workflow:
    """Return a template made of the procedure's time: an eighth each to receive, sign and hand
    over, the rest to examine.
    """
    time = given(procedure, policy)
    whole = time.calendar_days or time.minutes
    eighth = whole // 8
    unit = "days" if time.calendar_days else "minutes"
    shares = (eighth, whole - 3 * eighth, eighth, eighth)
    return Workflow(
        procedure=procedure.code,
        province="",
        confidence="low",
        steps=tuple(
            msgspec.structs.replace(step, **{unit: share})
            for step, share in zip(_DERIVED, shares, strict=True)
        ),
        valid_from=procedure.valid_from,
        valid_to=procedure.valid_to,
        is_derived=True,
    )


def problems(
    rows: Sequence[Workflow],
    procedures: Sequence[Procedure],
    policies: Sequence[Policy],
    units: Mapping[str, Sequence[Unit]],
) -> Iterator[tuple[int, str, str]]:
    """Give each row that is wrong: its place, what it is about, why not and what to do."""
    by_code: dict[str, list[Procedure]] = {}
    for procedure in procedures:
        by_code.setdefault(procedure.code, []).append(procedure)
    for n, row in enumerate(rows):
        if row.procedure not in by_code:
            yield n, row.subject, "no such procedure: correct the code, or take the row away"
        if row.province and not any(unit.is_province for unit in units.get(row.province, ())):
            yield n, row.subject, "no such province: give its two digits, or nothing for all"
        if row.is_derived:
            yield n, row.subject, "a written template is not derived: leave `is_derived` out"
        codes = sorted(step.code for step in row.steps)
        for code in {one for one, other in pairwise(codes) if one == other}:
            yield n, row.subject, f"two steps have the code {code}: give each its own"
        for procedure in by_code.get(row.procedure, ()):
            yield from ((n, row.subject, why) for why in _sums(row, procedure, policies))


def _sums(row: Workflow, procedure: Procedure, policies: Sequence[Policy]) -> Iterator[str]:
    """Tell where the steps do not add up to the time of a procedure that is in force with them."""
    for policy in policies:
        since = max(row.valid_from, procedure.valid_from, policy.valid_from)
        ends = (row.valid_to, procedure.valid_to, policy.valid_to)
        if since >= min(end or date.max for end in ends):
            continue
        wanted, found = given(procedure, policy), taken(row.steps, procedure, policy)
        if wanted.calendar_days and found.minutes:
            yield (
                "its procedure's time is in calendar days, which have no hours: give each step"
                " whole `days`"
            )
        elif wanted != found:
            yield (
                f"its steps add up to {found}, and the procedure's time from {since} is {wanted}:"
                " change durations until they add up, or end this row that day and begin another"
            )


def _minutes(start: time, end: time) -> int:
    return (end.hour - start.hour) * HOUR + end.minute - start.minute


_DERIVED = (
    Step(code="receive", name_vi="Tiếp nhận, chuyển xử lý", name_en="Receive", role="one_stop"),
    Step(code="examine", name_vi="Thẩm định, dự thảo", name_en="Examine", role="specialist"),
    Step(code="sign", name_vi="Ký kết quả", name_en="Sign", role="leader"),
    Step(code="hand_over", name_vi="Vào sổ, trả kết quả", name_en="Hand over", role="clerk"),
)
