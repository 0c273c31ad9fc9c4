"""What the board asks of the database: stages of its aggregations, over the index alone."""

from collections.abc import Mapping
from typing import Any

from services.operations.domain.causes import KINDS, OF_LANES, over_ms
from services.operations.domain.partner_flow import WIDTHS
from services.operations.journeys import ID_LENGTH

_INDEXED = {"stage": 1, "cause": 1, "since_ms": 1, "vnd": 1}  # the rows are not looked at
_KIND = {"stage": "$stage", "cause": "$cause"}
APART_KINDS = [(stage, cause) for stage, cause in KINDS if cause in OF_LANES]


def stuck_stages(now_ms: int) -> list[Mapping[str, Any]]:
    """Return how to count what is stuck, each group as a histogram of its applications' ages."""
    each = [
        {
            "stage": stage,
            "cause": cause,
            "stuck_ms": {"$lte": now_ms, "$gt": over_ms(cause, now_ms)},
        }
        for stage, cause in KINDS
    ]
    application = {"$substrBytes": ["$_id", 0, ID_LENGTH]}
    of_one = {
        "_id": {**_KIND, "application": application},
        "matters": {"$sum": 1},
        "since_ms": {"$min": "$since_ms"},
        "vnd": {"$sum": "$vnd"},
    }
    of_width = {
        "_id": {**{name: f"$_id.{name}" for name in _KIND}, "width": _width(now_ms)},
        "matters": {"$sum": "$matters"},
        "applications": {"$sum": 1},
        "since_ms": {"$min": "$since_ms"},
        "vnd": {"$sum": "$vnd"},
    }
    only = {"_id": 1, **_INDEXED}
    return [{"$match": {"$or": each}}, {"$project": only}, {"$group": of_one}, {"$group": of_width}]


def waiting_stages(now_ms: int) -> list[Mapping[str, Any]]:
    """Return how to count what waits as it should, by group."""
    each = [{"stage": stage, "cause": cause, "stuck_ms": {"$gt": now_ms}} for stage, cause in KINDS]
    only = {"_id": 0, **_INDEXED}
    of_all = {
        "_id": _KIND,
        "matters": {"$sum": 1},
        "since_ms": {"$min": "$since_ms"},
        "vnd": {"$sum": "$vnd"},
    }
    return [{"$match": {"$or": each}}, {"$project": only}, {"$group": of_all}]


def by_age_stages(now_ms: int) -> list[Mapping[str, Any]]:
    """Return how to count by age, in a histogram: two numbers read off it say enough."""
    each = [
        {"stage": stage, "cause": cause, "stuck_ms": {"$gt": over_ms(cause, now_ms)}}
        for stage, cause in KINDS
    ]
    of_width = {
        "_id": {"stage": "$stage", "width": _width(now_ms)},
        "matters": {"$sum": 1},
        "since_ms": {"$min": "$since_ms"},
    }
    return [{"$match": {"$or": each}}, {"$project": {"_id": 0, **_INDEXED}}, {"$group": of_width}]


def _width(now_ms: int) -> Mapping[str, Any]:
    """Return in which column of a histogram of ages a row is."""
    age_s = {"$divide": [{"$subtract": [now_ms, "$since_ms"]}, 1_000]}
    octaves = {"$log": [{"$max": [1, age_s]}, 2]}
    return {"$toInt": {"$floor": {"$multiply": [WIDTHS, octaves]}}}
