"""A journey in which many notices make few lines: of one stretch one for each step of theirs.

Whoever has three devices is told everything three times, and every time takes five messages.
"""

from collections.abc import Mapping, Sequence
from typing import Any

TELLER = "notify"
BETWEEN = " · "  # what is told, and by which way

Line = Mapping[str, Any]


def folded(journey: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the same journey; what other services said begins another stretch."""
    kept: list[list[Line]] = []
    stretch: dict[str, list[Line]] = {}
    for line in journey["timeline"]:
        if line["service"] != TELLER:
            stretch = {}
            kept.append([line])
        elif line["type"] in stretch:
            stretch[line["type"]].append(line)
        else:
            stretch[line["type"]] = [line]
            kept.append(stretch[line["type"]])
    return {**journey, "timeline": [_one(lines) for lines in kept]}


def _one(lines: Sequence[Line]) -> Line:
    if len(lines) == 1:
        return lines[0]
    told: dict[str, list[str]] = {}
    for line in lines:
        what, _, way = line["text"].partition(BETWEEN)
        told.setdefault(what, []).append(way)
    parts = (_many(what, ways) for what, ways in told.items())
    return {**lines[0], "text": "; ".join(parts), "repeats": sum(n["repeats"] for n in lines)}


def _many(what: str, ways: Sequence[str]) -> str:
    if any(ways):
        return f"{what}{BETWEEN}{', '.join(ways)}"
    return f"{what} ×{len(ways)}".strip() if len(ways) > 1 else what


def with_fewer_bars(drawn: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the same waterfall, of steps alike the one drawn that ended last."""
    groups: dict[Any, list[Line]] = {}
    name: dict[str, Any] = {}  # of a span: its parent's name and what it is, or itself
    for span in drawn["spans"]:
        above = name.get(span["parent"], span["parent"])
        is_step = span["service"] == TELLER
        name[span["id"]] = (above, *span["types"]) if is_step else span["id"]
        groups.setdefault(name[span["id"]], []).append(span)
    last = {of: max(spans, key=lambda span: span["end_ms"]) for of, spans in groups.items()}

    def bar(span: Line, count: int) -> Line:
        above = last.get(name.get(span["parent"]))
        types = [_many(type_, [""] * count) for type_ in span["types"]]
        return {**span, "parent": above["id"] if above else span["parent"], "types": types}

    return {**drawn, "shown": [bar(last[of], len(spans)) for of, spans in groups.items()]}
