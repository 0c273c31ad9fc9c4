"""What a person sees of a report: each equation, what is waited for, and each exception by name."""

from collections.abc import Mapping, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from deploy.local.refusals import say
from services.operations.domain.citizen.words import Words
from services.operations.domain.proof.equations import Equation
from services.operations.domain.proof.tally import Item
from services.operations.domain.proof.words import KINDS, SECTIONS, WAITS, part, waited
from services.operations.proofs.report import Report
from shared.clock import VIETNAM


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
    if waits := waited(proof):
        say(console, f"[yellow]…[/] {waits.en}.")


def _cells(one: Equation) -> tuple[Text, Text, Text, Text]:
    mark = Text("✓", "green") if one.holds else Text("✗", "red")
    name = f"  {one.of}" if one.of else SECTIONS[one.name].en
    sums = [f"{part(one.name, what).en} {n:,}" for what, n in one.right.items() if n]
    right = f"{one.relation} {' + '.join(sums) or '0'}"
    return mark, Text(name), Text(f"{one.left:,}"), Text(right)


def _show_kinds(
    console: Console,
    title: str,
    counts: Mapping[str, int],
    means: Mapping[str, Words],
    items: Sequence[Item],
    rows: int,
) -> None:
    for kind, count in sorted(counts.items(), key=lambda pair: -pair[1]):
        say(console, f"{title}: {count:,} {kind}  [dim]{means[kind].en}[/]")
        own = [item for item in items if item.kind == kind]
        for item in own[:rows]:
            text = f"  {item.name}  {item.application}  {item.detail}"
            console.print(text, markup=False, soft_wrap=not console.is_terminal)
        if count > min(rows, len(own)):
            console.print(f"  [dim]… and {count - min(rows, len(own)):,} more[/]")
