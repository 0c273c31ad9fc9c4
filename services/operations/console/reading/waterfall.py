"""The waterfall of an application, worked out: what was done when, who was waited for, and gaps.

Places are thousandths of the whole, so that a picture of any width has them.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal, NamedTuple

from services.operations.console.spoken import stretch
from services.operations.console.types import called
from services.operations.domain.citizen.words import Words
from services.operations.domain.spans import Span
from services.operations.domain.waits import Wait

WHOLE = 1_000
LEAST = 3  # thousandths: what is shorter can still be seen
ROWS_LIMIT = 300
DEPTH_LIMIT = 6

Who = Literal["citizen", "officer", "bank", "gateway", "us", "outside", "held", "gap"]
WHO: Mapping[Who, Words] = {
    "citizen": Words("Chờ người dân", "Waiting for the citizen"),
    "officer": Words("Chờ cán bộ", "Waiting for an officer"),
    "bank": Words("Chờ ngân hàng", "Waiting for a bank"),
    "gateway": Words("Chờ nơi gửi tin", "Waiting for a gateway"),
    "us": Words("Hệ thống xử lý", "Our own work"),
    "outside": Words("Từ bên ngoài đến", "From outside"),
    "held": Words("Bị giữ lại", "Held"),
    "gap": Words("Khoảng trống", "Gap: nothing was written"),
}
# on top of each other: what is painted later hides what was painted before
_PAINTED: tuple[Who, ...] = ("outside", "gateway", "citizen", "officer", "bank", "held", "us")


class Bar(NamedTuple):
    """A stretch of the picture."""

    who: Who
    x: int
    width: int


class Row(NamedTuple):
    """A step, or a wait for what it brought; `after`: since the beginning."""

    name: Words
    types: str
    service: str
    depth: int
    bar: Bar
    who: Words
    is_wait: bool
    after: Words
    took: Words


class Total(NamedTuple):
    """How long somebody had it in all; what overlaps counts once."""

    who: Who
    name: Words
    took: Words


class Waterfall(NamedTuple):
    """`strip`: all of it in one bar; `is_cut`: there are more steps than rows."""

    strip: tuple[Bar, ...]
    rows: tuple[Row, ...]
    totals: tuple[Total, ...]
    whole: Words
    is_cut: bool


class _Step(NamedTuple):
    span: Span
    who: Who
    start_ms: int
    end_ms: int
    is_wait: bool


def waterfall(
    spans: Sequence[Span], waits: Sequence[Wait], waits_now: Who | None, now_ms: int
) -> Waterfall | None:
    """Return the picture; None: nothing has happened.  `waits_now`: who is to act since the last
    step, until now.
    """
    if not spans:
        return None
    start, reached = min(s.start_ms for s in spans), max(s.end_ms for s in spans)
    end = max(now_ms, reached) if waits_now else reached
    steps = _steps(spans, waits)
    stretches = [(s.who, s.start_ms, s.end_ms) for s in steps]
    if waits_now:
        stretches.append((waits_now, reached, end))
    span_ms = max(1, end - start)

    def bar(who: Who, begin: int, until: int) -> Bar:
        x = min(round((begin - start) * WHOLE / span_ms), WHOLE - LEAST)
        width = max(LEAST, round((until - begin) * WHOLE / span_ms))
        return Bar(who, x, width)

    depths = _depths(spans)
    rows = tuple(
        Row(
            name=called(s.span.types[0]),
            types=" + ".join(dict.fromkeys(s.span.types)),
            service=s.span.service,
            depth=min(depths[s.span.id], DEPTH_LIMIT),
            bar=bar(s.who, s.start_ms, s.end_ms),
            who=WHO[s.who],
            is_wait=s.is_wait,
            after=stretch(s.start_ms - start),
            took=stretch(s.end_ms - s.start_ms),
        )
        for s in steps[:ROWS_LIMIT]
    )
    strip = tuple(bar(*s) for who in _PAINTED for s in stretches if s[0] == who)
    totals = _totals(stretches, end - start)
    return Waterfall(strip, rows, totals, stretch(end - start), len(steps) > ROWS_LIMIT)


def _steps(spans: Sequence[Span], waits: Sequence[Wait]) -> list[_Step]:
    """Return each span as what it tells: the wait that it ended, or the work that it was."""
    waited = {wait.ended_by: wait for wait in waits}
    out = []
    for span in spans:
        wait = next((waited[id_] for id_ in span.ids if id_ in waited), None)
        if wait:
            out.append(_Step(span, wait.who, wait.start_ms, wait.end_ms, is_wait=True))
        elif span.kind == "message":  # it came of its own accord: nobody was waited for
            out.append(_Step(span, "outside", span.end_ms, span.end_ms, is_wait=False))
        else:
            who: Who = "held" if span.kind == "hold" else "us"
            out.append(_Step(span, who, span.start_ms, span.end_ms, is_wait=False))
    return out


def _totals(stretches: Sequence[tuple[Who, int, int]], whole_ms: int) -> tuple[Total, ...]:
    met = {who for who, _, _ in stretches}
    sums = {w: covered((b, e) for who, b, e in stretches if who == w) for w in WHO if w in met}
    if gap := whole_ms - covered((begin, end) for _, begin, end in stretches):
        sums["gap"] = gap
    return tuple(Total(who, WHO[who], stretch(ms)) for who, ms in sums.items())


def covered(stretches: Iterable[tuple[int, int]]) -> int:
    """Return how much time these cover together; what overlaps counts once."""
    total, reached = 0, 0
    for begin, end in sorted(stretches):
        total += max(0, end - max(begin, reached))
        reached = max(reached, end)
    return total


def _depths(spans: Sequence[Span]) -> dict[str, int]:
    """Return how many steps led to each; a circle ends where it began."""
    parents = {s.id: s.parent for s in spans}
    depths: dict[str, int] = {}
    for id_ in parents:
        chain: list[str] = []
        at = id_
        while at in parents and at not in chain and at not in depths:
            chain.append(at)
            at = parents[at]
        base = depths.get(at, -1)
        depths |= {link: base + n for n, link in enumerate(reversed(chain), start=1)}
    return depths
