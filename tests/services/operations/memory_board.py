"""The stuck board over rows in memory; it passes the real one's test."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from math import floor, log2
from typing import Any

from services.operations.board import Board, Counted, Place
from services.operations.domain.partner_flow import WIDTHS
from services.operations.journeys import ID_LENGTH
from shared.store import Row


class MemoryBoard(Board):
    """A board whose database is a dict, by `_id`, and nothing of what waits is kept."""

    def __init__(self, rows: Mapping[str, Row]) -> None:
        super().__init__(_Rows(rows), lambda: 0.0)

    async def stuck(self, now_ms: int) -> Counted:
        return await self._count_stuck(now_ms)

    async def waiting(self, now_ms: int) -> Counted:
        return await self._count_waiting(now_ms)


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
        if width := stages[-1]["$group"]["_id"].get("width"):
            now_ms = _now_ms(width)
            return _stuck(found, now_ms) if len(stages) == 4 else _by_age(found, now_ms)
        return [
            {
                "_id": {"stage": stage, "cause": cause},
                "matters": len(rows),
                "since_ms": min(row["since_ms"] for row in rows),
                "vnd": sum(row["vnd"] for row in rows),
            }
            for (stage, cause), rows in _by(found, "stage", "cause").items()
        ]


def fits(row: Row, wanted: Mapping[str, Any]) -> bool:
    """Tell whether a row is what a match of the database wants."""
    either = wanted.get("$or")
    return (either is None or any(fits(row, each) for each in either)) and all(
        _within(row.get(field), limit) for field, limit in wanted.items() if field != "$or"
    )


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
        widths[row["stage"], _width(row, now_ms)].append(row["since_ms"])
    return [
        {"_id": {"stage": stage, "width": width}, "matters": len(some), "since_ms": min(some)}
        for (stage, width), some in widths.items()
    ]


def _width(row: Row, now_ms: int) -> int:
    return floor(WIDTHS * log2(max(1.0, (now_ms - row["since_ms"]) / 1_000)))


def _by(rows: Iterable[Row], *fields: str) -> dict[tuple[Any, ...], list[Row]]:
    found: dict[tuple[Any, ...], list[Row]] = defaultdict(list)
    for row in rows:
        found[tuple(row[field] for field in fields)].append(row)
    return found


def _stuck(rows: Sequence[Row], now_ms: int) -> list[Row]:
    one = [{**row, "application": row["_id"][:ID_LENGTH]} for row in rows]
    each = [
        {
            "stage": stage,
            "cause": cause,
            "matters": len(some),
            "since_ms": min(row["since_ms"] for row in some),
            "vnd": sum(row["vnd"] for row in some),
        }
        for (stage, cause, _), some in _by(one, "stage", "cause", "application").items()
    ]
    of_width = [{**row, "width": _width(row, now_ms)} for row in each]
    return [
        {
            "_id": {"stage": stage, "cause": cause, "width": width},
            "matters": sum(row["matters"] for row in some),
            "applications": len(some),
            "since_ms": min(row["since_ms"] for row in some),
            "vnd": sum(row["vnd"] for row in some),
        }
        for (stage, cause, width), some in _by(of_width, "stage", "cause", "width").items()
    ]
