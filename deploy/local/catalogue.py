"""`motcua catalogue`: check the reference data, ask it, and see what another edition changes."""

import multiprocessing
import time
from collections import Counter
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, NamedTuple

import msgspec
import psutil
import typer
from rich.console import Console
from rich.table import Table

from deploy.archive.books import open_books
from deploy.local import finding, mongo, open_applications, preview
from deploy.local.refusals import refuse
from deploy.local.settings import Settings
from shared.catalogue import Catalogue, load
from shared.catalogue.difference import Change, Touched, diff, procedures, touched, units
from shared.catalogue.reading import DATA
from shared.catalogue.turning import obstacles
from shared.clock import VIETNAM
from shared.settings import Settings as Shared

MIB = 2**20
SECONDS_LIMIT, BYTES_LIMIT = 1.0, 60 * MIB  # of a start

console = Console(highlight=False)
app = typer.Typer(
    help="Reference data: check it, ask it, compare two editions.", no_args_is_help=True
)
app.command("find")(finding.find)
app.command("preview")(preview.show)

Folder = Annotated[Path, typer.Argument(help="a folder of reference data")]
Known = Annotated[Path | None, typer.Argument(help="a folder; left out, the one in use")]
Day = Annotated[datetime | None, typer.Option("--on", formats=["%Y-%m-%d"], help="left out: today")]
Shown = Annotated[int, typer.Option("--rows", min=0, help="rows shown of each list")]


class Cost(NamedTuple):
    """What a start pays for the catalogue."""

    seconds: float
    bytes: int
    version: str


@app.command()
def check(folder: Known = None) -> None:
    """Read a folder as a service would: its version and sizes, or every row that is refused."""
    catalogue = load(folder or Shared().catalogue)
    console.print(f"[green]✓[/] {catalogue.version}")
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column("rows")
    table.add_column("", justify="right")
    for name, count in _sizes(catalogue).items():
        table.add_row(name, f"{count:,}")
    console.print(table)


@app.command("diff")
def show_difference(
    old: Folder,
    new: Folder,
    applications: Annotated[
        Path | None, typer.Option("--open", help="open applications; `catalogue open` writes it")
    ] = None,
    on: Day = None,
    rows: Shown = 40,
) -> None:
    """List what another edition adds, removes and changes, what that touches, and why a service
    would refuse it on a day.
    """
    before, after = load(old), load(new)
    changes = diff(before, after)
    console.print(f"{before.version} → {after.version}: {len(changes):,} rows differ.")
    _show_counts(changes)
    for change in changes[:rows]:
        console.print(_line(change), soft_wrap=not console.is_terminal)
    _more(len(changes), rows)
    _list("Procedures touched", procedures(changes), rows)
    _list("Units touched", units(changes), rows)
    for reason in obstacles(before, after, _day(on)):
        refuse(console, f"A running service would refuse it: {reason}")
    if applications:
        read = list(open_applications.read(applications))
        _show_touched(list(touched(changes, read, after)), len(read), rows)


@app.command("open")
def list_open(
    to: Annotated[Path, typer.Option("--to", help="the file")] = Path("build/open.jsonl"),
) -> None:
    """Write the facts of every open application, from routing's journal: for `diff --open`."""
    settings = Settings()
    url = settings.mongo_url or mongo.url(settings.mongo_port)
    to.parent.mkdir(parents=True, exist_ok=True)
    count = 0
    with open_books(url, Shared().database) as books, to.open("wb") as file:
        for facts in open_applications.of_journal(books["routing"]):
            file.write(msgspec.json.encode(facts) + b"\n")
            count += 1
    console.print(f"{count:,} open applications in {to}.")


@app.command()
def bench(folder: Known = None) -> None:
    """Measure, in a process of its own, what reading the catalogue takes of a start."""
    cost = measured(folder or Shared().catalogue)
    console.print(
        f"{cost.version}: {cost.seconds * 1_000:.0f} ms, {cost.bytes / MIB:.1f} MiB more"
        f" [dim](to be below {SECONDS_LIMIT * 1_000:,.0f} ms and {BYTES_LIMIT / MIB:.0f} MiB)[/]"
    )


def measured(folder: Path = DATA) -> Cost:
    """Return what a start pays, told by a process that has read nothing yet."""
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=spawn) as pool:
        return pool.submit(measure, folder).result()


def measure(folder: Path = DATA) -> Cost:
    """Return the time and the memory that a catalogue takes, with all that it works out later."""
    process = psutil.Process()
    before, since = process.memory_info().rss, time.perf_counter()
    catalogue = load(folder)
    newest = max(row.valid_from for row in catalogue.policies)
    catalogue.working_calendar(newest)
    catalogue.units_named("", newest)
    seconds = time.perf_counter() - since
    return Cost(seconds, process.memory_info().rss - before, catalogue.version)


def _day(on: datetime | None) -> date:
    return (on or datetime.now(VIETNAM)).date()


def _sizes(catalogue: Catalogue) -> dict[str, int]:
    grouped = {
        "units": catalogue.units,
        "legacy map": catalogue.successors,
        "procedures": catalogue.procedures,
        "identifiers": catalogue.org_codes,
        "workflows": catalogue.workflows,
        "non-boundary lists": catalogue.non_boundary,
        "fee exemptions": catalogue.fee_exemptions,
        "fee resolutions": catalogue.fee_resolutions,
    }
    sizes = {name: sum(map(len, rows.values())) for name, rows in grouped.items()}
    return sizes | {
        "calendar": len(catalogue.calendar_days),
        "policies": len(catalogue.policies),
        "fee waivers": len(catalogue.fee_waivers),
    }


def _show_counts(changes: Iterable[Change]) -> None:
    counts = Counter((change.kind, change.what) for change in changes)
    table = Table(box=None, pad_edge=False, header_style="dim")
    for title in ("", "added", "removed", "changed"):
        table.add_column(title, justify="right" if title else "left")
    for kind in dict.fromkeys(kind for kind, _ in counts):
        row = [counts[kind, "added"], counts[kind, "removed"], counts[kind, "changed"]]
        table.add_row(kind, *(f"{count:,}" for count in row))
    if counts:
        console.print(table)


def _line(change: Change) -> str:
    until = f" until {change.until}" if change.until else ""
    told = ", ".join(
        f"{name} {_brief(getattr(change.before, name))} → {_brief(getattr(change.after, name))}"
        for name in change.fields
    )
    what = f"{change.what} {change.kind} {change.subject}"
    return f"{what} [dim]from {change.since}{until}[/] {told}"


def _brief(value: object) -> str:
    text = "open" if value is None else str(value)
    text = text if len(text) <= 40 else f"{text[:39]}…"
    return text.replace("[", "\\[")


def _list(title: str, codes: list[str], rows: int) -> None:
    if codes:
        console.print(
            f"{title}, {len(codes):,}: {', '.join(codes[:rows])}", soft_wrap=not console.is_terminal
        )
        _more(len(codes), rows)


def _show_touched(found: list[Touched], count: int, rows: int) -> None:
    console.print(f"Open applications touched: {len(found):,} of {count:,}.")
    for one in found[:rows]:
        why = ", ".join(dict.fromkeys(f"{change.kind} {change.subject}" for change in one.by))
        console.print(f"{one.application} [dim]{why}[/]", soft_wrap=not console.is_terminal)
    _more(len(found), rows)


def _more(count: int, rows: int) -> None:
    if count > rows:
        console.print(f"[dim]… and {count - rows:,} more: --rows[/]")
