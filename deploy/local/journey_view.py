"""One application in the terminal: its timeline and its waterfall, at most 100 columns wide.

Draws what operations answers at `/v1/journeys/{name}` and `/v1/journeys/{name}/waterfall`.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

WIDTH = 100
BAR_CELLS = 36
LABEL_CELLS = 34
SPAN_CELLS = 48
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


class Scale(NamedTuple):
    """Instants to cells."""

    start_ms: int
    span_ms: int

    def cell(self, at_ms: int) -> float:
        """Return where an instant stands, in cells from the left."""
        return (at_ms - self.start_ms) / max(1, self.span_ms) * BAR_CELLS


# ---- the timeline


def timeline(journey: Mapping[str, Any]) -> RenderableType:
    """Return the story of an application: where it stands, then line by line how it came there."""
    lines: Sequence[Mapping[str, Any]] = journey["timeline"]
    table = Table.grid(padding=(0, 2, 0, 0))
    for justify in ("right", "left", "left", "left"):
        table.add_column(justify=justify, no_wrap=True, overflow="ellipsis")
    began = _instant(lines[0]["at"]) if lines else None
    rows = []
    for line in lines:
        assert began is not None
        elapsed = int((_instant(line["at"]) - began).total_seconds() * 1_000)
        rows.append(_line(line, elapsed))
    room = WIDTH - 1 - sum(max((r[n].cell_len for r in rows), default=0) + 2 for n in range(3))
    for *columns, text in rows:
        text.truncate(room, overflow="ellipsis")
        table.add_row(*columns, text)
    return Group(_head(journey), Padding(table, (1, 0, 0, 1)), _findings(journey["findings"]))


def _line(line: Mapping[str, Any], elapsed_ms: int) -> tuple[Text, ...]:
    is_ours = line["is_decided"]
    what = Text(line["type"], style="bold" if is_ours else "")
    if line["repeats"]:
        what.append(f"  ×{line['repeats'] + 1}", style=COLOURS["citizen"])
    what.truncate(LABEL_CELLS, overflow="ellipsis")
    text = Text(line["text"], style=QUIET)
    who = Text("● " if is_ours else "○ ", style=COLOURS["us"] if is_ours else COLOURS["citizen"])
    who.append(line["service"], style=QUIET)
    return Text(f"+{_duration(elapsed_ms)}", style=FAINT), who, what, text


def _head(journey: Mapping[str, Any]) -> RenderableType:
    status = journey["status"]
    title = Text()
    title.append(status["dossier_code"] or journey["application"], style="bold")
    title.append(f"   {_state(status)}", style=COLOURS["us"])
    facts = Table.grid(padding=(0, 2, 0, 0))
    facts.add_column(style=FAINT, no_wrap=True)
    facts.add_column(style=QUIET, no_wrap=True, overflow="ellipsis", max_width=WIDTH - 20)
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
    notices = [f"{n['milestone']} {n['state']}" for n in status["notices"]]
    return [
        ("application", application),
        ("procedure", f"{status['procedure']}  at unit {status['receiving_unit']}"),
        ("money", _money(status["money"])),
        ("notices", ", ".join(notices)),
        ("held by", ", ".join(status["held_by"])),
        ("waiting for", status["waiting_for"] or ""),
    ]


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
    """Return the spans of an application, scaled in time, and who was waited for, and how long."""
    spans: Sequence[Mapping[str, Any]] = drawn["spans"]
    if not spans:
        return Text("no span yet", style=QUIET)
    waits: Sequence[Mapping[str, Any]] = drawn["waits"]
    start = min(s["start_ms"] for s in spans)
    scale = Scale(start, max(s["end_ms"] for s in spans) - start)
    ended_by = {w["span"]: w for w in waits}
    depths = _depths(spans)
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(width=SPAN_CELLS, no_wrap=True, overflow="ellipsis")
    table.add_column(width=BAR_CELLS, no_wrap=True)
    table.add_column(justify="right", width=9, no_wrap=True)
    table.add_row("", _axis(scale), "")
    for span in spans:
        wait = ended_by.get(span["id"])
        who, begin, end = _stretch(span, wait)
        table.add_row(
            _label(span, depths[span["id"]]),
            _bar(scale, begin, end, who, is_wait=wait is not None),
            Text(_duration(end - begin), style=QUIET if end > begin else FAINT),
        )
    return Group(Padding(table, (0, 0, 1, 1)), _legend(spans, waits))


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
    label.truncate(SPAN_CELLS, overflow="ellipsis")
    return label


def _bar(scale: Scale, start_ms: int, end_ms: int, who: str, *, is_wait: bool) -> Text:
    """Return a line for a wait, a block for work; what is too short to see is a tick."""
    begin, end = scale.cell(start_ms), scale.cell(end_ms)
    first = min(int(begin), BAR_CELLS - 1)
    if is_wait:
        cells = max(1, min(round(end), BAR_CELLS) - first)
        return Text(" " * first) + Text("━" * cells, style=COLOURS[who])
    eighths = min(round((end - begin) * 8), (BAR_CELLS - first) * 8)
    whole, rest = divmod(max(1, eighths), 8)
    return Text(" " * first) + Text("█" * whole + EIGHTHS[rest].strip(), style=COLOURS[who])


def _axis(scale: Scale) -> Text:
    marks = ["0", _duration(scale.span_ms // 2), _duration(scale.span_ms)]
    gap = BAR_CELLS - sum(map(len, marks))
    return Text(f"{marks[0]}{' ' * (gap // 2)}{marks[1]}{' ' * (gap - gap // 2)}{marks[2]}", FAINT)


def _legend(spans: Sequence[Mapping[str, Any]], waits: Sequence[Mapping[str, Any]]) -> Text:
    stretches = [(w["who"], w["start_ms"], w["end_ms"]) for w in waits]
    ended_by = {w["span"] for w in waits}
    stretches += [_stretch(s, None) for s in spans if s["id"] not in ended_by]
    legend = Text(" ")
    for who, colour in COLOURS.items():
        total = _covered([(begin, end) for name, begin, end in stretches if name == who])
        if total:
            legend.append("█ " if who in ("us", "held") else "━ ", style=colour)
            legend.append(f"{who} ", style=QUIET)
            legend.append(f"{_duration(total)}    ", style=FAINT)
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
