"""What an operator sees of a run: how far it is, what matched, what did not, what is done of it."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime

from rich.console import Console
from rich.table import Table

from deploy.local.refusals import say
from deploy.reconciling.run import Outcome
from services.payment.breaks import Standing
from shared.events.reconciliation import BreakKind, Cure

MEANS: Mapping[BreakKind, str] = {
    "missing_here": "the partner has it, payment has not",
    "missing_there": "payment has it, the partner names it nowhere",
    "amount": "another amount than asked for, or than payment has",
    "duplicate": "named twice, or it stands with another order",
    "late": "it came when the order was over",
    "unknown": "it names no order of ours with this partner",
}
CURES: Mapping[Cure, str] = {
    "settle": "told to the application: it settles",
    "refund": "told to the application: to be refunded",
    "ask": "the partner is asked",
    "person": "a person decides",
}


def show(console: Console, found: Outcome, now: datetime, rows: int) -> None:
    """Show the whole of a run."""
    report = found.report
    table = _table("", "lines", "đồng")
    table.add_row("in the file", f"{report.lines:,}", f"{report.paid_vnd + report.left_vnd:,}")
    table.add_row("matched", f"{report.matched:,}", f"{report.matched_vnd:,}")
    for one in report.breaks:
        name = f"{one.kind}  [dim]{MEANS[one.kind]}[/]"
        table.add_row(name, f"{one.count:,}", f"{one.amount_vnd:,}")
    if found.fee_vnd:
        table.add_row(
            "the partner's fee  [dim]as agreed, of what was paid[/]", "", f"{found.fee_vnd:,}"
        )
    console.print(table)
    balance = f"{report.opening_vnd:,} + {report.paid_vnd:,} − {report.left_vnd:,}"
    say(console, f"[dim]opening + in − out = closing: {balance} = {report.closing_vnd:,}[/]")
    if found.again:
        say(console, "This file was reconciled before: nothing new is opened.")
    if report.correction:
        say(
            console,
            f"It corrects {report.correction} before it: {found.added:,} lines are new or changed,"
            f" {found.removed:,} are gone.",
        )
    done = ", ".join(f"{n:,} {because}" for because, n in found.closed.items() if n)
    say(console, f"{found.opened:,} breaks opened; closed: {done or 'none'}.")
    _show_open(console, found.open_now, now, rows)


def _show_open(console: Console, found: Iterable[Standing], now: datetime, rows: int) -> None:
    standing = sorted(found, key=lambda s: (s.opened.cure != "person", -s.opened.amount_vnd))
    if not standing:
        say(console, "[green]✓[/] No break of this day is open.")
        return
    counted = Counter((s.opened.kind, s.opened.cure) for s in standing)
    table = _table("open", "breaks", "đồng", "oldest", "cure")
    for (kind, cure), count in counted.most_common():
        some = [s.opened for s in standing if (s.opened.kind, s.opened.cure) == (kind, cure)]
        oldest = now - min(o.booked_at for o in some)
        amount_vnd = sum(o.amount_vnd for o in some)
        age = f"{max(0, int(oldest.total_seconds() // 3600)):,} h"
        table.add_row(kind, f"{count:,}", f"{amount_vnd:,}", age, CURES[cure])
    console.print(table)
    for one in standing[:rows]:
        opened = one.opened
        where = f"line {opened.line}" if opened.line else opened.application
        text = (
            f"{opened.kind} {opened.cause}: {opened.amount_vnd:,} đồng, {opened.transaction}"
            f" {opened.reference} ({where})"
        )
        console.print(text, markup=False, soft_wrap=not console.is_terminal)
    if len(standing) > rows:
        console.print(f"[dim]… and {len(standing) - rows:,} more: --rows[/]")


def _table(*titles: str) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim")
    for title in titles:
        is_number = title in ("lines", "đồng", "breaks", "oldest")
        table.add_column(title, justify="right" if is_number else "left")
    return table
