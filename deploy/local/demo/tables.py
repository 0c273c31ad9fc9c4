"""The summary as tables: where all stand, the money, the notices, how long it took, what was wrong.

At most 100 columns wide.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from deploy.audit.invariants import Finding
from deploy.local.demo.board import Stuck
from deploy.local.demo.devices import Arrived, Device
from deploy.local.demo.figures import OUTCOMES, Latency, Money, Notices
from deploy.local.demo.paths import Path
from deploy.local.demo.status import Status
from deploy.local.demo.verdict import Verdict
from deploy.local.demo.wrongs import Answer
from deploy.local.journey_view import COLOURS, FAINT, QUIET

GOOD, BAD = COLOURS["bank"], COLOURS["held"]
STUCK_SHOWN = 12
WRONG_SHOWN = 3
PARTS = " · "

WAYS = {"sms": "SMS", "email": "e-mail"}

# what our side answers to a callback of VNPAY's (RspCode), in short
ANSWERS = {
    "00": "confirmed",
    "01": "unknown",
    "02": "again",
    "04": "amount",
    "97": "not genuine",
    "99": "call again",
}


def titled(title: str, *content: RenderableType) -> RenderableType:
    """Return content under a title."""
    below = (Padding(c, (0, 0, 0, 1), expand=False) for c in content)
    return Padding(Group(Text(title, style="bold"), *below), (1, 0, 0, 1), expand=False)


def states(
    counts: Mapping[str, Any], refused: int, registered: int, interlinked: int, children: int
) -> RenderableType:
    """Return where all applications stand, by national code; `registered`: by themselves."""
    table = _table(("", "right"), ("", "left"), ("", "left"), ("", "right"))
    for state in counts["states"]:
        style = "" if state["count"] else FAINT
        number = f"{state['count']}" if state["count"] else "–"
        table.add_row(
            f"{state['code']}", state["name_vi"], state["name_en"], number, style=style or None
        )
    table.add_row("", "Không hợp lệ, trả lại ngay", "refused at the door", f"{refused}")
    sum_ = f"{registered + interlinked} registered"
    if interlinked:
        sum_ += f" − {interlinked} interlinked + {children} children of these"
        sum_ += f" = {registered + children} dossiers"
    return titled("Where all stand", table, Text(sum_, style=QUIET))


def paths(found: Sequence[Path]) -> RenderableType:
    """Return which ways were taken, how often, and one dossier of each to look up."""
    table = _table(("way", "left"), ("times", "right"), ("for example", "left"))
    for row in found:
        times = f"{row.times}" if row.times else "–"
        table.add_row(row.name, times, row.example, style=None if row.times else BAD)
    return titled("Paths", table)


def money(found: Money, answers: Mapping[str, int]) -> RenderableType:
    """Return what was asked for, what came, and whether it meets."""
    table = _table(("", "left"), ("", "right"), ("", "right"), ("", "left"))
    rows: list[tuple[str, str, str, str]] = [
        ("orders opened", f"{found.orders}", "", _parts({"declined": found.failed,
                                                         "expired": found.expired})),
        ("settled", f"{found.settlements}", _vnd(found.settled_vnd), ""),
        ("receipts", "", _vnd(found.receipts_vnd), _kinds(found.receipts)),
        ("to be refunded", f"{found.overpaid}", _vnd(found.overpaid_vnd), "double or late"),
        ("another amount", f"{found.mismatched}", _vnd(found.mismatched_vnd), "kept for a person"),
        ("came too early", f"{found.early}", "", "kept aside, then placed when called again"),
        ("asked partners", f"{sum(found.queries.values())}", "",
         f"{found.found_by_query} payments found by asking"),
        ("their statements", f"{found.moved}", _vnd(found.moved_vnd),
         f"of {found.partners} partners: {found.matched} of {found.moved} matched to the đồng"),
    ]  # fmt: skip
    for row in rows:
        table.add_row(*row)
    named = {f"{code} {ANSWERS[code]}": n for code, n in answers.items() if code in ANSWERS}
    named["in other protocols' words"] = sum(answers.values()) - sum(named.values())
    said = PARTS.join(f"{name} {n}" for name, n in sorted(named.items()) if n)
    return titled("Money", table, Text(f"callbacks answered   {said}", style=QUIET))


def notices(found: Sequence[Notices], ways: Mapping[str, int]) -> RenderableType:
    """Return how notices ended, by milestone, and by which ways they went."""
    outcomes = [o for o in OUTCOMES if any(n.outcomes.get(o) for n in found)]
    table = _table(("milestone", "left"), *((o, "right") for o in outcomes))
    for row in found:
        numbers = [f"{row.outcomes[o]}" if row.outcomes.get(o) else "–" for o in outcomes]
        table.add_row(row.milestone.replace("_", " "), *numbers)
    by = PARTS.join(f"{WAYS.get(way, way)} {n:,}" for way, n in sorted(ways.items()))
    return titled("Notices", table, Text(f"by {by}", style=QUIET))


def arrived(found: Arrived, devices: int) -> RenderableType:
    """Return whether everything came once; what did not, a line each."""
    lines = [Text(f"✗ {sentence}", style=BAD) for sentence in found.wrong]
    said = f"{found.messages} messages at {devices} devices, of {found.notices} notices"
    if not lines:
        lines.append(Text(f"✓ {said}: none came twice, none is missing", style=GOOD))
    for slot, reason in found.dropped.items():
        lines.append(Text(f"  {slot} was dropped, no longer so: {reason}", style=QUIET))
    return Padding(Group(*lines), (1, 0, 0, 2), expand=False)


def pages(folder: str, devices: Sequence[Device], status: Status | None) -> list[tuple[str, str]]:
    """Return where all this is to be seen in a browser: what, and where."""
    rows = [("as pages", f"{folder}: {', '.join(f'{d.way}.html' for d in devices)}")]
    if status:
        rows += [
            ("status", f"{folder}/status.html"),
            ("", status.link),
            ("", f"or the dossier code, and {status.code}"),
        ]
    return rows


def latencies(found: Sequence[Latency]) -> RenderableType:
    """Return how long each stretch took."""
    table = _table(("", "left"), ("p50", "right"), ("p95", "right"), ("of", "right"))
    for row in found:
        style = QUIET if row.waits_for else ""
        who = f"  ({row.waits_for})" if row.waits_for not in ("", "all") else ""
        table.add_row(
            f"{row.name}{who}", _seconds(row.p50_s), _seconds(row.p95_s), f"{row.measured}",
            style=style or None,
        )  # fmt: skip
    return titled("How long it took", table)


def door(answers: Sequence[Answer]) -> RenderableType:
    """Return what was wrong on purpose, and how it was answered."""
    table = _table(("", "left"), ("", "left"), ("", "left"))
    for answer in answers:
        table.add_row(_mark(answer.is_right), answer.sent, answer.found)
    return titled("Wrong on purpose", table)


def invariants(findings: Sequence[Finding]) -> RenderableType:
    """Return what must always hold, what was counted, and the first violations."""
    table = _table(("", "left"), ("", "left"), ("", "right"))
    for finding in findings:
        count = f"{finding.counted:,}" if finding.counted else "nothing to count"
        table.add_row(_mark(finding.holds), finding.sentence, count)
        for wrong in finding.wrong[:WRONG_SHOWN]:
            table.add_row("", Text(wrong, style=BAD), "")
        if more := len(finding.wrong) - WRONG_SHOWN:
            table.add_row("", Text(f"… and {more} more", style=BAD), "") if more > 0 else None
    return titled("What must always hold", table)


def stuck(found: Sequence[Stuck]) -> RenderableType:
    """Return what is not over, and where to look."""
    table = _table(("application", "left"), ("service", "left"), ("", "left"))
    for row in found[:STUCK_SHOWN]:
        table.add_row(*row)
    rest = len(found) - STUCK_SHOWN
    more = [Text(f"… and {rest} more", style=BAD)] if rest > 0 else []
    return titled("Not over in time", table, *more)


def verdict(found: Verdict, elapsed_s: float, peak_bytes: int, logs: str) -> RenderableType:
    """Return the last line; before it, what is wrong and where to look, if anything is."""
    line = Text(style="bold")
    if found.holds:
        line.append("✓ Everything holds", style=GOOD)
    else:
        line.append("✗ Not everything holds", style=BAD)
    line.append(f"{PARTS}{elapsed_s:.0f} s", style=QUIET)
    if peak_bytes:
        line.append(f"{PARTS}at most {peak_bytes / 2**30:.1f} GiB of memory in all", style=QUIET)
    lines = [Text(f"✗ {sentence}", style=BAD) for sentence in found.wrong]
    if lines:
        lines.append(Text(f"{logs} may say why; make demo KEEP=1 leaves it running.", style=QUIET))
    return Padding(Group(*lines, line), (1, 0, 0, 1), expand=False)


def _table(*columns: tuple[str, Any]) -> Table:
    has_header = any(name for name, _ in columns)
    table = Table(
        box=None, show_header=has_header, header_style=FAINT, pad_edge=False, padding=(0, 3, 0, 0)
    )
    for name, justify in columns:
        table.add_column(name, justify=justify, overflow="fold")
    return table


def _mark(is_right: bool) -> Text:
    return Text("✓", style=GOOD) if is_right else Text("✗", style=BAD)


def _vnd(amount: int) -> str:
    return f"{amount:,} đồng"


def _seconds(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms" if seconds < 1 else f"{seconds:.1f} s"


def _parts(counts: Mapping[str, int]) -> str:
    return PARTS.join(f"{n} {what}" for what, n in counts.items() if n)


def _kinds(receipts: Mapping[str, int]) -> str:
    names = {"fee": "phí", "charge": "lệ phí", "tax": "thuế"}
    return PARTS.join(f"{names[kind]} {n:,}" for kind, n in sorted(receipts.items()))
