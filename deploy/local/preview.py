"""`motcua catalogue preview`: where open dossiers would go by another edition or other rules."""

from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Annotated, BinaryIO

import msgspec
import typer
from rich.console import Console
from rich.table import Table

from deploy.archive.books import Book, open_books
from deploy.local import mongo, open_applications
from deploy.local.settings import Settings
from services.routing.domain.preview import Change, Proposal, Units, preview
from services.routing.domain.rules import load_rules
from services.routing.settings import RoutingSettings
from shared.catalogue import load
from shared.clock import VIETNAM
from shared.settings import Settings as Shared
from shared.settings import told

GAPS_SHOWN = 5

console = Console(highlight=False)

Folder = Annotated[Path | None, typer.Argument(help="a folder; left out, the one in use")]
RulesFile = Annotated[Path | None, typer.Option("--rules", help="left out: the ones in use")]
Day = Annotated[datetime | None, typer.Option("--on", formats=["%Y-%m-%d"], help="left out: today")]
To = Annotated[Path | None, typer.Option("--to", help="a file for all of it, one JSON a line")]
Shown = Annotated[int, typer.Option("--rows", min=0, help="changes shown")]


def show(
    folder: Folder = None,
    rules: RulesFile = None,
    on: Day = None,
    to: To = None,
    rows: Shown = 20,
) -> None:
    """Tell which open dossiers another edition or other rules would move; nothing is changed."""
    catalogue = load(folder or Shared().catalogue)
    proposal = Proposal(
        catalogue,
        load_rules(rules or told(RoutingSettings).rules, catalogue),
        (on or datetime.now(VIETNAM)).date(),
    )
    settings = Settings()
    url = settings.mongo_url or mongo.url(settings.mongo_port)
    with open_books(url, Shared().database) as books:
        tell(changes(books["routing"], proposal), proposal, rows, to)


def tell(found: Iterable[Change], proposal: Proposal, rows: int, to: Path | None) -> None:
    """Print the first changes and how many there are of each kind; write all of them to a file,
    each as it comes.
    """
    console.print(f"{proposal.catalogue.version}, rules {proposal.rules.version}, {proposal.on}")
    counted, first = Counter[tuple[str, str]](), list[Change]()
    with _opened(to) as file:
        for change in found:
            counted[change.outcome, change.command or "a person"] += 1
            if len(first) < rows:
                first.append(change)
            if file:
                file.write(msgspec.json.encode(change) + b"\n")
    _show(counted, first)
    _show_gaps(proposal)
    if to:
        console.print(f"All {counted.total():,} in {to}.")


def _opened(to: Path | None) -> AbstractContextManager[BinaryIO | None]:
    if to is None:
        return nullcontext()
    to.parent.mkdir(parents=True, exist_ok=True)
    return to.open("wb")


def changes(routing: Book, proposal: Proposal) -> Iterator[Change]:
    """Give what a proposal would do to each open dossier of a journal that it would touch."""
    for application, version, dossier in open_applications.dossiers(routing):
        if change := preview(application, version, dossier, proposal):
            yield change


def _show(counted: Counter[tuple[str, str]], first: list[Change]) -> None:
    if not counted:
        console.print("No open dossier would move.")
        return
    total = counted.total()
    console.print(f"Open dossiers that would be decided otherwise: {total:,}.")
    table = Table(box=None, pad_edge=False, header_style="dim")
    for title in ("outcome", "sent by", "dossiers"):
        table.add_column(title, justify="right" if title == "dossiers" else "left")
    for (outcome, command), count in counted.most_common():
        table.add_row(outcome, command, f"{count:,}")
    console.print(table)
    for change in first:
        where = f"{_units(change.before)} → {_units(change.after, change.candidates)}"
        console.print(
            f"{change.application}  {where}  [dim]{change.why_en}[/]",
            soft_wrap=not console.is_terminal,
        )
    if total > len(first):
        console.print(f"[dim]… and {total - len(first):,} more: --rows, --to[/]")


def _units(units: Units, candidates: Iterable[str] = ()) -> str:
    """Return the unit that decides, and in brackets who hands out, if that is another."""
    competent = units.competent or f"one of {' '.join(candidates) or 'any'}"
    returning = units.returning not in ("", units.competent)
    return f"{competent} ({units.returning})" if returning else competent


def _show_gaps(proposal: Proposal) -> None:
    gaps = list(islice(proposal.rules.gaps(proposal.on), GAPS_SHOWN))
    if not gaps:
        return
    console.print("The rules leave cases to a person, the first ones:")
    for case, verdict in gaps:
        names = ", ".join(rule.id for rule in verdict.conflicting)
        said = " ".join(f"{name}={value}" for name, value in case._asdict().items() if value)
        console.print(f"  {said}  [dim]{f'conflict: {names}' if names else 'no rule'}[/]")
