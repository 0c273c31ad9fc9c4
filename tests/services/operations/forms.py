"""The statistics form counted plainly, from random lives, and as the database counts, from rows."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import msgspec

from services.operations.domain.facts import OPEN, VIEWS, View
from services.operations.domain.statistics import Change, Form, Period, form, then
from tests.services.operations.lives import Life, State


def plainly(found: Sequence[Life], unit: str, period: Period, view: View) -> dict[str, int]:
    """The form as its definition says, from what each application is on each day."""
    n: Counter[str] = Counter()
    for life in found:
        states = life.states[view]
        before = at_end_of(states, period.first - timedelta(days=1))
        after = at_end_of(states, period.last)
        if before and before.unit == unit and not before.timing:
            n["carried_over"] += 1
        if states and states[0].unit == unit and inside(states[0], period):
            n[life.channel] += 1
        if after and after.unit == unit:
            n.update(columns(after, period))
        for one, two in pairwise(states):
            if inside(two, period):
                n["moved"] += (one.unit != two.unit) * ((two.unit == unit) - (one.unit == unit))
                is_reopened = one.timing and not two.timing and one.day < period.first
                n["reopened"] += bool(is_reopened) and one.unit == unit
    return {name: number for name, number in n.items() if number}


def columns(state: State, period: Period) -> list[str]:
    if state.timing:
        name = "not_accepted" if state.column == "not_accepted" else f"settled_{state.timing}"
        return [name] if inside(state, period) else []
    is_suspended = state.column == "suspended"
    is_over = state.is_late if is_suspended else state.due <= period.last
    return [f"{state.column}_{'overdue' if is_over else 'within'}"]


def inside(state: State, period: Period) -> bool:
    return period.first <= state.day <= period.last


def at_end_of(states: Sequence[State], day: date) -> State | None:
    reached = [state for state in states if state.day <= day]
    return reached[-1] if reached else None


def told(found: Form) -> dict[str, int]:
    sums = ("received", "in_period", "settled", "in_process", "suspended")
    return {k: v for k, v in msgspec.structs.asdict(found).items() if v and k not in sums}


# ---- what the database does


def from_rows(rows: Iterable[dict[str, Any]], unit: str, period: Period, view: View) -> Form:
    """The form from rows, as the database counts them."""
    stock: Counter[tuple[str, str]] = Counter()
    changes: Counter[Change] = Counter()
    for row in rows:
        if row["unit"] != unit or row["views"] not in (VIEWS[view], "b"):
            continue
        was, was_day = row.get("was", ""), row.get("was_day", "")
        now, now_day = row.get("now", ""), row.get("now_day", "")
        if row["day"][:7] < period.month:
            if was and was in OPEN:
                stock[was, was_day] -= 1
            if now and now in OPEN:
                stock[now, now_day] += 1
        elif row["day"] <= period.last.isoformat():
            change = Change(
                row["day"] < period.first.isoformat(),
                was,
                then(was, was_day, period),
                now,
                then(now, now_day, period),
                row.get("channel", ""),
            )
            changes[change] += 1
    return form(stock, changes, period)
