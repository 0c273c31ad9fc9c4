"""What is seen of a run at a terminal, and as one line of JSON."""

from collections.abc import Mapping
from typing import Any

import msgspec
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from deploy.conformance.cases import CASES, Became, Played
from deploy.local.refusals import say

MARKS: Mapping[Became, str] = {
    "passed": "[green]✓ passed[/]",
    "failed": "[red]✗ failed[/]",
    "not_applicable": "[dim]– does not apply[/]",
}
AS: Mapping[str, str] = {"bank": "the bank", "ours": "motcua"}
GOT_LIMIT = 300


def show(console: Console, played: Played) -> None:
    """Show a run: a line for each case, and what was not as expected."""
    table = Table(box=None, pad_edge=False, header_style="dim")
    for title in ("case", "", "s", "rests on"):
        table.add_column(title, justify="right" if title == "s" else "left")
    for outcome in played.outcomes:
        took = f"{outcome.took_s:.2f}" if outcome.exchanges else ""
        table.add_row(CASES[outcome.case].en, MARKS[outcome.became], took, escape(outcome.clause))
    console.print(table)
    for outcome in played.outcomes:
        for wrong in (e for e in outcome.exchanges if not e.is_right):
            say(
                console,
                f"[red]✗[/] [bold]{CASES[outcome.case].en}[/], {escape(wrong.does)}:"
                f" expected {escape(wrong.expected)}; got {escape(wrong.got[:GOT_LIMIT])}",
            )
    say(
        console,
        f"{played.partner} ({played.family}), {AS[played.side]} is played:"
        f" {played.count('passed')} passed, {played.count('failed')} failed,"
        f" {played.count('not_applicable')} do not apply.",
    )


def as_line(played: Played) -> str:
    """Return a run as a line of JSON."""
    outcomes = [
        {**o._asdict(), "exchanges": [e._asdict() for e in o.exchanges]} for o in played.outcomes
    ]
    told: dict[str, Any] = {**played._asdict(), "conforms": played.is_conform, "outcomes": outcomes}
    return msgspec.json.encode(told).decode()
