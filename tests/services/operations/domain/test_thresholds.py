"""The table of thresholds: a row counts from its day on, and a table that cannot be is refused."""

from datetime import date, timedelta
from typing import Any

import msgspec
import pytest

from services.operations.domain.indicators import INDICATORS
from services.operations.domain.thresholds import Table, read
from services.operations.settings import OperationsSettings
from shared.errors import Misconfigured

LATER = date(2027, 3, 1)


@pytest.fixture
def rows() -> Any:
    return msgspec.json.decode(OperationsSettings().thresholds.read_bytes())


def made(rows: Any) -> Table:
    return read(msgspec.json.encode(rows))


def test_the_shipped_table_has_every_indicator_from_the_first_day_and_says_where_from(
    rows: Any,
) -> None:
    table = made(rows)
    assert {row.indicator for row in table.thresholds} == set(INDICATORS)
    assert {row.valid_from for row in table.thresholds} == {table.first}
    assert all(row.source and row.source_vi for row in (*table.thresholds, *table.rules))


def test_a_later_row_counts_from_its_day_on(rows: Any) -> None:
    later = rows["thresholds"][0] | {"valid_from": f"{LATER}", "green": 990}
    rows["thresholds"].insert(0, later)
    rows["rules"].append(rows["rules"][0] | {"valid_from": f"{LATER}", "window_days": 7})
    table = made(rows)
    for day, green, window in ((LATER - timedelta(days=1), 950, 30), (LATER, 990, 7)):
        judge = table.judge(day, ())
        assert (judge.thresholds["on_time"].green, judge.rule.window_days) == (green, window)


@pytest.mark.parametrize(
    ("where", "wrong", "said"),
    [
        ("thresholds", {"green": 800}, "red has to be below green"),
        ("thresholds", {"green": 1_001}, "per mille"),
        ("thresholds", {"least": -1}, "per mille"),
        ("thresholds", {"source": ""}, "has no source"),
        ("thresholds", {"indicator": "luck"}, "luck: is no indicator"),
        ("thresholds", {"gren": 1}, "cannot be read"),
        ("rules", {"window_days": 0}, "window_days"),
        ("rules", {"window_days": 93}, "window_days"),
        ("rules", {"part_percent": 0}, "part_percent"),
        ("rules", {"source": ""}, "a source"),
    ],
)
def test_what_cannot_be_is_refused_with_the_row(
    rows: Any, where: str, wrong: dict[str, Any], said: str
) -> None:
    rows[where][0] |= wrong
    with pytest.raises(Misconfigured, match=said):
        made(rows)


def test_red_is_above_green_where_fewer_are_better(rows: Any) -> None:
    rows["thresholds"][1]["red"] = 10
    with pytest.raises(Misconfigured, match="overdue from 2025-07-01: red has to be above green"):
        made(rows)


def test_an_indicator_without_a_row_and_a_day_with_two_are_named_together(rows: Any) -> None:
    rows["thresholds"][0] = rows["thresholds"][1]
    with pytest.raises(Misconfigured, match="on_time: has no row\noverdue: two rows"):
        made(rows)


def test_no_rule_at_all_and_no_json_are_refused(rows: Any) -> None:
    for content in (msgspec.json.encode(rows | {"rules": []}), b"{", b"\xff"):
        with pytest.raises(Misconfigured):
            read(content)
