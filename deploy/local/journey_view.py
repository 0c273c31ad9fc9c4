"""One application in the terminal: its timeline and its waterfall, at most 100 columns wide.

Draws what operations answers at `/v1/journeys/{name}` and `/v1/journeys/{name}/waterfall`.
On a narrower terminal names, texts and bars shrink; numbers, times and services never do.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from deploy.local.fitted import GAP, WIDTH, Fitted, shortened

BAR_CELLS = 36
LABEL_CELLS = 34
SPAN_CELLS = 48
LEAST_BAR_CELLS = 20
LEAST_TEXT_CELLS = 12
INDENT_LIMIT = 8

COLOURS = {
    "us": "#5b9bd5",
    "citizen": "#d9a441",
    "officer": "#a98bc4",
    "bank": "#6fae7e",
    "gateway": "#6ea6a6",
    "held": "#d36b6b",
}
QUIET = "#8a8f98"
FAINT = "#6a7078"
EIGHTHS = " ▏▎▍▌▋▊▉█"

Lines = Sequence[Mapping[str, Any]]


class Scale(NamedTuple):
    """Instants to cells."""

    start_ms: int
    span_ms: int
    cells: int = BAR_CELLS

    def cell(self, at_ms: int) -> float:
        """Return where an instant stands, in cells from the left."""
        return (at_ms - self.start_ms) / max(1, self.span_ms) * self.cells


# ---- the timeline


def timeline(journey: Mapping[str, Any]) -> RenderableType:
    """Return the story of an application: where it stands, then line by line how it came there."""
    story = Fitted(lambda width: _story(journey["timeline"], width - 1))
    return Group(_head(journey), Padding(story, (1, 0, 0, 1)), _findings(journey["findings"]))


def _story(lines: Sequence[Mapping[str, Any]], width: int) -> RenderableType:
    rows = [_line(line, _instant(line["at"]) - _instant(lines[0]["at"])) for line in lines]
    when, who, what = (max((r[n].cell_len for r in rows), default=0) for n in range(3))
    room = width - when - who - 3 * GAP
    what = max(1, min(what, LABEL_CELLS, room - LEAST_TEXT_CELLS))
    table = Table.grid(padding=(0, GAP, 0, 0))
    table.add_column(justify="right", no_wrap=True, min_width=when)
    table.add_column(no_wrap=True, min_width=who)
    table.add_column(width=what)
    table.add_column(no_wrap=True)
    for elapsed, service, label, text in rows:
        table.add_row(elapsed, service, label, shortened(text, room - what))
    return table


def _line(line: Mapping[str, Any], elapsed: timedelta) -> tuple[Text, ...]:
    is_ours = line["is_decided"]
    what = Text(line["type"], style="bold" if is_ours else "")
    repeats = f"  ×{line['repeats'] + 1}" if line["repeats"] else ""
    what.truncate(LABEL_CELLS - len(repeats), overflow="ellipsis")
    what.append(repeats, style=COLOURS["citizen"])
    who = Text("● " if is_ours else "○ ", style=COLOURS["us"] if is_ours else COLOURS["citizen"])
    who.append(line["service"], style=QUIET)
    since = _duration(elapsed // timedelta(milliseconds=1))
    return Text(f"+{since}", style=FAINT), who, what, Text(line["text"], style=QUIET)


def _head(journey: Mapping[str, Any]) -> RenderableType:
    status = journey["status"]
    title = Text()
    title.append(status["dossier_code"] or journey["application"], style="bold")
    title.append(f"   {_state(status)}", style=COLOURS["us"])
    facts = Table.grid(padding=(0, 2, 0, 0))
    facts.add_column(style=FAINT, no_wrap=True)
    facts.add_column(style=QUIET, max_width=WIDTH - 20)
    for name, value in _facts(journey["application"], status):
        if value:
            facts.add_row(name, value)
    return Padding(Group(title, facts), (0, 0, 0, 1))


def _state(status: Mapping[str, Any]) -> str:
    state = status["state"]
    if state:
        return f"{state['code']} · {state['name_en']}"
    return "refused" if status["is_refused"] else "not registered yet"


def _facts(application: str, status: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [
        ("application", application),
        ("procedure", f"{status['procedure']}  at unit {status['receiving_unit']}"),
        ("money", _money(status["money"])),
        ("notices", _notices(status["notices"])),
        ("child of", status.get("parent", "")),
        ("children", _children(status.get("children", ()))),
        ("held by", ", ".join(status["held_by"])),
        ("waiting for", status["waiting_for"] or ""),
    ]


def _children(children: Sequence[Mapping[str, Any]]) -> str:
    told = (f"{c['name']} {c['standing']} {c['dossier_code']}".strip() for c in children)
    return " · ".join(told)


def _notices(notices: Sequence[Mapping[str, Any]]) -> str:
    states = [n["state"] for n in notices]
    told = ", ".join(f"{states.count(state)} {state}" for state in dict.fromkeys(states))
    others = [n["milestone"] for n in notices if n["state"] not in ("sent", "delivered")]
    return f"{told}: {', '.join(others)}" if others else told


def _money(money: Mapping[str, Any]) -> str:
    parts = [
        f"{money[key]:,} {word}"
        for key, word in (
            ("assessed_vnd", "assessed"),
            ("settled_vnd", "settled"),
            ("receipts_vnd", "receipted"),
            ("mismatched_vnd", "mismatched"),
            ("overpaid_vnd", "overpaid"),
        )
        if money[key]
    ]
    return "  ".join(parts) + " VND" if parts else "none"


def _findings(findings: Sequence[Mapping[str, Any]]) -> RenderableType:
    if not findings:
        return Padding(Text("✓ whole and in order, one trace", style=COLOURS["bank"]), (1, 0, 0, 1))
    lines = [
        Text(f"✗ {f['kind']}: {f['id']} {f['detail']}", style=COLOURS["held"]) for f in findings
    ]
    return Padding(Group(*lines), (1, 0, 0, 1))


# ---- the waterfall


def waterfall(drawn: Mapping[str, Any]) -> RenderableType:
    """Return the spans of an application, or those `shown`, and who was waited for, how long."""
    spans: Lines = drawn["spans"]
    if not spans:
        return Text("no span yet", style=QUIET)
    waits: Lines = drawn["waits"]
    return Fitted(
        lambda width: Group(
            Padding(_bars(drawn.get("shown", spans), waits, width - 1), (0, 0, 1, 1)),
            _legend(spans, waits, width),
        )
    )


def _bars(spans: Lines, waits: Lines, width: int) -> RenderableType:
    ended_by = {w["span"]: w for w in waits}
    stretches = [_stretch(s, ended_by.get(s["id"])) for s in spans]
    times = [_duration(end - begin) for _, begin, end in stretches]
    time_cells = max(map(len, times))
    room = width - time_cells - 2 * GAP
    bar_cells = room * BAR_CELLS // (BAR_CELLS + SPAN_CELLS)
    bar_cells = min(BAR_CELLS, max(LEAST_BAR_CELLS, bar_cells))
    span_cells = max(1, min(SPAN_CELLS, room - bar_cells))
    start = min(s["start_ms"] for s in spans)
    scale = Scale(start, max(s["end_ms"] for s in spans) - start, bar_cells)
    depths = _depths(spans)
    table = Table.grid(padding=(0, GAP, 0, 0))
    table.add_column(width=span_cells, no_wrap=True, overflow="ellipsis")
    table.add_column(width=bar_cells, no_wrap=True)
    table.add_column(justify="right", min_width=time_cells, no_wrap=True)
    table.add_row("", _axis(scale), "")
    for span, (who, begin, end), time in zip(spans, stretches, times, strict=True):
        table.add_row(
            _label(span, depths[span["id"]]),
            _bar(scale, begin, end, who, is_wait=span["id"] in ended_by),
            Text(time, style=QUIET if end > begin else FAINT),
        )
    return table


def _stretch(span: Mapping[str, Any], wait: Mapping[str, Any] | None) -> tuple[str, int, int]:
    if wait:
        return wait["who"], wait["start_ms"], wait["end_ms"]
    if span["kind"] == "message":
        return "citizen", span["end_ms"], span["end_ms"]
    return "held" if span["kind"] == "hold" else "us", span["start_ms"], span["end_ms"]


def _label(span: Mapping[str, Any], depth: int) -> Text:
    label = Text(" " * min(depth, INDENT_LIMIT))
    label.append(f"{span['service']} ", style=FAINT)
    first, *more = dict.fromkeys(span["types"])
    label.append(first, style="bold" if span["kind"] == "decision" else "")
    if more:
        label.append(f" + {', '.join(more)}", style=QUIET)
    return label


def _bar(scale: Scale, start_ms: int, end_ms: int, who: str, *, is_wait: bool) -> Text:
    """Return a line for a wait, a block for work; what is too short to see is a tick."""
    begin, end = scale.cell(start_ms), scale.cell(end_ms)
    first = min(int(begin), scale.cells - 1)
    if is_wait:
        cells = max(1, min(round(end), scale.cells) - first)
        return Text(" " * first) + Text("━" * cells, style=COLOURS[who])
    eighths = min(round((end - begin) * 8), (scale.cells - first) * 8)
    whole, rest = divmod(max(1, eighths), 8)
    return Text(" " * first) + Text("█" * whole + EIGHTHS[rest].strip(), style=COLOURS[who])


def _axis(scale: Scale) -> Text:
    marks = ["0", _duration(scale.span_ms // 2), _duration(scale.span_ms)]
    gap = scale.cells - sum(map(len, marks))
    return Text(f"{marks[0]}{' ' * (gap // 2)}{marks[1]}{' ' * (gap - gap // 2)}{marks[2]}", FAINT)


def _legend(spans: Lines, waits: Lines, width: int) -> Text:
    stretches = [(w["who"], w["start_ms"], w["end_ms"]) for w in waits]
    ended_by = {w["span"] for w in waits}
    stretches += [_stretch(s, None) for s in spans if s["id"] not in ended_by]
    parts = []
    for who, colour in COLOURS.items():
        total = _covered([(begin, end) for name, begin, end in stretches if name == who])
        if total:
            mark = Text("█ " if who in ("us", "held") else "━ ", style=colour)
            parts.append(mark + Text(f"{who} ", QUIET) + Text(_duration(total), FAINT))
    if len(parts) > 1:
        parts.append(Text("(overlapping)", style=FAINT))
    legend, used = Text(), 0
    for part in parts:
        is_next_line = used + 4 + part.cell_len > width
        before = " " if not used else "\n " if is_next_line else "    "
        used = len(before.strip("\n")) + part.cell_len + (0 if is_next_line else used)
        legend = legend + Text(before) + part
    return legend


def _covered(stretches: Sequence[tuple[int, int]]) -> int:
    """Return how much time these cover together; what overlaps counts once."""
    total, reached = 0, 0
    for begin, end in sorted(stretches):
        total += max(0, end - max(begin, reached))
        reached = max(reached, end)
    return total


def _depths(spans: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    parents = {s["id"]: s["parent"] for s in spans}
    depths: dict[str, int] = {}
    for id_ in parents:
        chain: list[str] = []
        at = id_
        while at in parents and at not in chain and at not in depths:
            chain.append(at)
            at = parents[at]
        base = depths.get(at, -1)
        for n, link in enumerate(reversed(chain), start=1):
            depths[link] = base + n
    return depths


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _duration(ms: int) -> str:
    """Return a duration in two units at most."""
    if ms < 1_000:
        return f"{ms} ms"
    seconds = ms / 1_000
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, second = divmod(int(seconds), 60)
    if minutes < 60:
        return f"{minutes}m {second:02d}s"
    hours, minute = divmod(minutes, 60)
    if hours < 48:
        return f"{hours}h {minute:02d}m"
    return f"{hours // 24}d {hours % 24}h"
