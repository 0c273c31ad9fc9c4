"""The question whom a scope concerns over rows in memory; it passes the real one's test."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from shared.store import Row
from tests.services.operations.memory_board import fits


class MemoryWhom:
    """A database of rows by `_id`, as far as this question goes."""

    def __init__(self, rows: Mapping[str, Row]) -> None:
        self._rows = rows

    async def aggregate(self, stages: Sequence[Mapping[str, Any]]) -> list[Row]:
        """Match, group by application, and sum these or return the oldest."""
        either = stages[0]["$match"]["$or"]
        found = [row for row in self._rows.values() if any(fits(row, each) for each in either)]
        of_one: dict[str, list[Row]] = defaultdict(list)
        for row in found[: stages[1]["$limit"]]:
            of_one[row["application"]].append(row)
        each = [_one(application, rows) for application, rows in of_one.items()]
        named = [row for row in each if row["_id"]]
        if "$limit" in stages[-1]:
            named.sort(key=lambda row: (row["since_ms"], row["_id"]))
            return named[: stages[-1]["$limit"]]
        total: Row = {"_id": None, "applications": len(named)}
        summed = {name: sum(row[name] for row in each) for name in ("matters", "vnd")}
        return [total | summed] if each else []


def _one(application: str, rows: Sequence[Row]) -> Row:
    things: dict[str, int] = defaultdict(int)
    for row in rows:
        of = row["of"] if application else row["_id"]
        things[of] = max(things[of], row["vnd"])
    whole = things.pop("", 0)
    return {
        "_id": application,
        "matters": len(rows),
        "vnd": max(sum(things.values()), whole),
        "since_ms": min(row["since_ms"] for row in rows),
        "dossier": rows[0]["dossier"],
        "unit": rows[0]["unit"],
        "partner": max(row["partner"] for row in rows),
    }
