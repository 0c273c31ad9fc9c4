"""The stuck board over rows in memory; it passes the real one's test."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from math import floor, log2
from typing import Any

from services.operations.board import Board, Place
from services.operations.domain.partner_flow import WIDTHS
from services.operations.journeys import ID_LENGTH
from shared.store import Row


class MemoryBoard(Board):
    """A board whose database is a dict, by `_id`, and nothing of what waits is kept."""

    def __init__(self, rows: Mapping[str, Row]) -> None:
        super().__init__(_Rows(rows), iter(range(0, 10**9, 10**3)).__next__)


class _Rows:
    def __init__(self, rows: Mapping[str, Row]) -> None:
        self._rows = rows

    async def aggregate(self, stages: Sequence[Mapping[str, Any]]) -> list[Row]:
        """Do what the questions of the board ask of a database."""
        match = stages[0]["$match"]["$or"]
        found = [row for row in self._rows.values() if any(fits(row, each) for each in match)]
        if "$sort" in stages[1]:
            found.sort(key=lambda row: Place(row["stuck_ms"], row["_id"]))
            return found[: stages[2]["$limit"]]
        if width := stages[2]["$group"]["_id"].get("width"):
            return _by_age(found, _now_ms(width))
        is_stuck = len(stages) == 4
        kinds: dict[tuple[str, str], list[Row]] = defaultdict(list)
        for row in found:
            kinds[row["stage"], row["cause"]].append(row)
        return [_group(kind, rows, is_stuck=is_stuck) for kind, rows in kinds.items()]


def fits(row: Row, wanted: Mapping[str, Any]) -> bool:
    """Tell whether a row is what a match of the database wants."""
    return all(_within(row[field], limit) for field, limit in wanted.items())


def _within(value: Any, limit: Any) -> bool:
    if not isinstance(limit, dict):
        return bool(value == limit)
    tests: Mapping[str, Callable[[Any], bool]] = {
        "$gt": lambda edge: value > edge,
        "$gte": lambda edge: value >= edge,
        "$lt": lambda edge: value < edge,
        "$lte": lambda edge: value <= edge,
        "$in": lambda some: value in some,
    }
    return all(tests[name](edge) for name, edge in limit.items())


def _now_ms(width: Any) -> int:
    """Return the instant that ages are counted from."""
    _, octaves = width["$toInt"]["$floor"]["$multiply"]
    _, age_s = octaves["$log"][0]["$max"]
    return int(age_s["$divide"][0]["$subtract"][0])


def _by_age(rows: Sequence[Row], now_ms: int) -> list[Row]:
    widths: dict[tuple[str, int], list[int]] = defaultdict(list)
    for row in rows:
        age_s = max(1.0, (now_ms - row["since_ms"]) / 1_000)
        widths[row["stage"], floor(WIDTHS * log2(age_s))].append(row["since_ms"])
    return [
        {"_id": {"stage": stage, "width": width}, "matters": len(some), "since_ms": min(some)}
        for (stage, width), some in widths.items()
    ]


def _group(kind: tuple[str, str], rows: Sequence[Row], *, is_stuck: bool) -> Row:
    oldest: dict[str, int] = {}
    for row in rows:
        application = row["_id"][:ID_LENGTH]
        oldest[application] = min(row["since_ms"], oldest.get(application, row["since_ms"]))
    return {
        "_id": {"stage": kind[0], "cause": kind[1]},
        "matters": len(rows),
        "since_ms": list(oldest.values()) if is_stuck else min(oldest.values()),
        "vnd": sum(row["vnd"] for row in rows),
    }
