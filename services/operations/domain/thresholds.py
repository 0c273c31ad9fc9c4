"""The table of thresholds: which number counts as what, from which day on.  Checked.  Pure."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Annotated, TypeVar

import msgspec
from msgspec import Meta

from services.operations.domain.indicators import (
    INDICATORS,
    WHOLE_PERCENT,
    WHOLE_PERMILLE,
    Judge,
    Rule,
    Source,
    Threshold,
)
from shared.errors import Misconfigured

_Row = TypeVar("_Row", Rule, Threshold)
WINDOW_LIMIT = 92  # days


class Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All rows that ever were: a row is never rewritten, a later one takes its place."""

    rules: Annotated[tuple[Rule, ...], Meta(min_length=1)]
    thresholds: tuple[Threshold, ...]

    @property
    def first(self) -> date:
        """The day from which on there are rules."""
        return min(rule.valid_from for rule in self.rules)

    def judge(self, day: date, sources: Iterable[Source]) -> Judge:
        """Return who judges by what was in force that day; before all rows, by the first ones."""
        thresholds = {name: _in_force(self._of(name), day) for name in INDICATORS}
        return Judge(_in_force(self.rules, day), thresholds, frozenset(sources))

    def _of(self, indicator: str) -> Sequence[Threshold]:
        return [row for row in self.thresholds if row.indicator == indicator]


def read(content: bytes) -> Table:
    """Return a table.  Raises `Misconfigured` with everything that is wrong with it."""
    try:
        table = msgspec.json.decode(content, type=Table)
    except msgspec.DecodeError as error:
        raise Misconfigured(f"The thresholds cannot be read: {error}.") from None
    if wrong := list(_wrong(table)):
        raise Misconfigured("\n".join(["The thresholds are not taken:", *wrong]))
    return table


def _in_force(rows: Sequence[_Row], day: date) -> _Row:
    begun = [row for row in rows if row.valid_from <= day]
    return max(begun, key=_since) if begun else min(rows, key=_since)


def _since(row: Rule | Threshold) -> date:
    return row.valid_from


def _wrong(table: Table) -> Iterator[str]:
    yield from _twice("rules", table.rules)
    for rule in table.rules:
        is_fit = 1 <= rule.window_days <= WINDOW_LIMIT and rule.least >= 0
        if not is_fit or not 1 <= rule.part_percent <= WHOLE_PERCENT or not rule.source:
            yield (
                f"the rule from {rule.valid_from}: 1 to {WINDOW_LIMIT} window_days, no negative"
                f" least, 1 to {WHOLE_PERCENT} part_percent, and a source"
            )
    for name in INDICATORS:
        rows = table._of(name)
        yield from _twice(name, rows)
        if not rows:
            yield f"{name}: has no row"
    for row in table.thresholds:
        if row.indicator not in INDICATORS:
            yield f"{row.indicator}: is no indicator; there are {', '.join(INDICATORS)}"
        elif why := _unfit(row):
            yield f"{row.indicator} from {row.valid_from}: {why}"


def _unfit(row: Threshold) -> str:
    if not (0 <= row.green <= WHOLE_PERMILLE and 0 <= row.red <= WHOLE_PERMILLE) or row.least < 0:
        return "green and red are per mille, least is not negative"
    if not row.source:
        return "has no source: write where it is from, or that it is yours"
    is_more = INDICATORS[row.indicator].better == "more"
    if row.red > row.green if is_more else row.red < row.green:
        return f"red has to be {'below' if is_more else 'above'} green"
    return ""


def _twice(of: str, rows: Sequence[Rule | Threshold]) -> Iterator[str]:
    days = [row.valid_from for row in rows]
    if len(set(days)) < len(days):
        yield f"{of}: two rows begin on one day"
