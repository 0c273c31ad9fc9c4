"""What a person sees of a report: each equation, what is waited for, and each exception by name."""

from collections.abc import Mapping, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from deploy.local.refusals import say
from deploy.proving.report import Report
from services.operations.domain.proof.equations import Equation
from services.operations.domain.proof.tally import Item
from shared.clock import VIETNAM

SECTIONS: Mapping[str, str] = {
    "submissions": "submissions",
    "children": "children",
    "petitions": "petitions",
    "sequences": "numbered events",
    "money": "đồng received",
    "receipts": "đồng settled",
    "refunds": "đồng given back",
    "notices": "notices",
    "at_the_end": "received, at the end",
    "now": "received, now",
}
KINDS: Mapping[str, str] = {
    "unread": "operations has not read the log to its end",
    "unanswered": "submitted, and neither registered nor refused",
    "answered_twice": "answered more than once",
    "never_submitted": "answered, and never submitted",
    "refused_without_reason": "refused, and no problem is named",
    "gap": "a number is missing",
    "misorder": "a later number stands earlier",
    "fork": "came again with other content",
    "orphan": "what led to it is not in the log",
    "truncated": "has more messages than are looked at",
    "unbooked": "a partner told of money, and nobody has it",
    "untold": "booked, and no partner told of it",
    "counted_twice": "a transaction counts more than once",
    "settled_twice": "settled more than once",
    "never_due": "settled by an amount that was never due",
    "receipts_differ": "its receipts are not of what settled",
    "refunded_twice": "given back more than once",
    "refunded_unreleased": "given back, and not let go",
    "released_above": "more was let go than came",
    "notice_without_end": "asked for, and nobody says what became of it",
    "notice_twice": "told more than once",
    "never_routed": "received, and routing never took it",
    "never_received": "has a state, and was never received",
    "nowhere": "stands at a code that is none",
    "name_taken": "a name that stands for another application",
}
WAITS: Mapping[str, str] = {
    "being_read": "submissions that wait for their answer",
    "held": "submissions that a service holds, to be released",
    "set_aside": "submissions that nobody can read",
    "unrouted": "received, and not routed yet",
    "money": "money that waits for its order, or is held",
    "receipt": "settled, its receipts are on their way",
    "notice": "notices that are under way",
}


def show(console: Console, report: Report, rows: int) -> None:
    """Show the whole of a report."""
    ends = report.since, report.until
    since, until = (f"{at.astimezone(VIETNAM):%Y-%m-%d %H:%M}" for at in ends)
    proof = report.proof
    say(console, f"{since} – {until} (UTC+7): {proof.applications:,} applications")
    table = Table(box=None, pad_edge=False, show_header=False)
    for justify in ("left", "left", "right", "left"):
        table.add_column(justify=justify)
    for one in report.equations:
        table.add_row(*_cells(one))
    console.print(table)
    _show_kinds(console, "waited for", proof.waiting, WAITS, proof.named, rows)
    _show_kinds(console, "excepted", proof.excepted, KINDS, proof.exceptions, rows)
    if report.holds:
        say(console, "[green]✓[/] Everything holds.")
    else:
        say(console, "[red]✗[/] It does not hold: see the exceptions, by name.")


def _cells(one: Equation) -> tuple[Text, Text, Text, Text]:
    mark = Text("✓", "green") if one.holds else Text("✗", "red")
    name = f"  {one.of}" if one.of else SECTIONS[one.name]
    sums = [f"{what.replace('_', ' ')} {n:,}" for what, n in one.right.items() if n]
    right = f"{one.relation} {' + '.join(sums) or '0'}"
    return mark, Text(name), Text(f"{one.left:,}"), Text(right)


def _show_kinds(
    console: Console,
    title: str,
    counts: Mapping[str, int],
    means: Mapping[str, str],
    items: Sequence[Item],
    rows: int,
) -> None:
    for kind, count in sorted(counts.items(), key=lambda pair: -pair[1]):
        say(console, f"{title}: {count:,} {kind}  [dim]{means[kind]}[/]")
        own = [item for item in items if item.kind == kind]
        for item in own[:rows]:
            text = f"  {item.name}  {item.application}  {item.detail}"
            console.print(text, markup=False, soft_wrap=not console.is_terminal)
        if count > min(rows, len(own)):
            console.print(f"  [dim]… and {count - min(rows, len(own)):,} more[/]")
