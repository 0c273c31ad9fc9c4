"""`motcua indicators` and `motcua index`."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer
from rich.console import Console
from rich.table import Table

from deploy.operating.asking import calling, where
from deploy.operating.command import say_json
from deploy.operating.shown import columns, print_table
from services.operations.domain.service_index import Line, Tally, added, lines

STYLES = {"red": "red", "yellow": "yellow", "grey": "dim", "green": "green"}

console = Console(highlight=False)

Unit = Annotated[str, typer.Argument(help="a unit's or a province's code, or nation")]
Day = Annotated[str, typer.Option("--day", help="as of the end of it; left out: yesterday")]
Rows = Annotated[int, typer.Option("--rows", min=0, help="units shown, the worst first")]
Evidence = Annotated[
    str, typer.Option("--evidence", help="on_time/denominator: the applications that it counts")
]
At = Annotated[str, typer.Option("--at", help="operations' address; left out: the local one")]
Keys = Annotated[Path | None, typer.Option("--keys", help="a system's clients.json")]
AsJson = Annotated[bool, typer.Option("--json", help="say it as one line of JSON")]


def indicators(
    unit: Unit = "nation",
    day: Day = "",
    evidence: Evidence = "",
    rows: Rows = 40,
    at: At = "",
    keys: Keys = None,
    as_json: AsJson = False,
) -> None:
    """Show how a unit does, and those below it, the worst first; or what a number counts."""
    asked = {"unit": unit} | ({"day": day} if day else {})
    with calling(*where(at, keys)) as api:
        if evidence:
            indicator, _, part = evidence.partition("/")
            counted = {"indicator": indicator, "part": part or "numerator", "limit": max(1, rows)}
            found = api.get("/v1/indicators/evidence", **asked, **counted)
            say_json(found) if as_json else show_evidence(console, found)
            return
        found = api.get("/v1/indicators", **asked)
    if as_json:
        say_json(found)
    else:
        show(console, found, rows)


def show_evidence(console: Console, found: Mapping[str, Any]) -> None:
    """Show the applications that a number counts."""
    table = columns("unit", "=application", "counted as")
    for item in found["items"]:
        table.add_row(item["unit"], item["application"], item["counted_as"])
    if found["items"]:
        print_table(console, table)
    else:
        console.print("It counts none.")
    if found["next"] is not None:
        console.print("[dim]… and more: --rows, or --json[/]")


def index(
    unit: Unit,
    since: Annotated[str, typer.Argument(metavar="FROM", help="the first day")],
    until: Annotated[str, typer.Argument(metavar="TO", help="the last day, which is over")],
    at: At = "",
    keys: Keys = None,
    as_json: AsJson = False,
) -> None:
    """Show the six-group service index of all dossiers that a unit settled in a period."""
    tallies: list[Tally] = []
    asked = {"unit": unit, "from": since, "to": until}
    with calling(*where(at, keys)) as api, Console(stderr=True).status("Opening dossiers"):
        found, after = api.get("/v1/indicators/index", **asked), ""
        while True:
            tallies.append(msgspec.convert(found["tally"], Tally))
            if not (after := found["next"] or ""):
                break
            found = api.get("/v1/indicators/index", **asked, after=after)
    (in_time,) = [line for line in found["lines"] if line["criterion"] == "in_time"]
    whole = lines(added(tallies), (in_time["numerator"], in_time["denominator"]))
    if as_json:
        told = {**found, "tally": added(tallies), "lines": whole}
        text = msgspec.json.encode(told).decode()
        console.print(text, markup=False, soft_wrap=True)
    else:
        show_index(console, whole)


def show_index(to: Console, whole: Sequence[Line]) -> None:
    """Show a line for each criterion, with why there is no number."""
    table = Table(box=None, pad_edge=False, header_style="dim")
    for name in ("", ""):
        table.add_column(name)
    for name in ("counted", "points", "of"):
        table.add_column(name, justify="right")
    table.add_column("")
    for line in whole:
        is_told = line.numerator is not None
        table.add_row(
            line.group,
            line.en,
            f"{line.numerator:,} / {line.denominator:,}" if is_told else "–",
            "–" if line.points is None else f"{line.points:.2f}",
            f"{line.most}",
            f"[dim]{line.why_en}[/]",
        )
    to.print(table)
    told = [line for line in whole if line.points is not None]
    points, most = sum(line.points or 0.0 for line in told), sum(line.most for line in told)
    to.print(f"{points:.2f} of the {most} points of what can be told; all have 100")


def show(to: Console, found: Mapping[str, Any], rows: int) -> None:
    """Show it as a table: a line for each unit, a column for each indicator."""
    table = Table(box=None, pad_edge=False, header_style="dim")
    names = [cell["indicator"] for cell in found["total"]["cells"]]
    table.add_column("")
    table.add_column("")
    for name in names:
        table.add_column(name.replace("_", " "), justify="right")
    for view in (found["total"], *found["below"][:rows]):
        shares = [_share(cell) for cell in view["cells"]]
        table.add_row(view["name"] or view["unit"] or "no unit yet", _word(view["colour"]), *shares)
    to.print(table)
    if left := len(found["below"][rows:]):
        to.print(f"[dim]… and {left:,} more: --rows[/]")
    to.print(f"[dim]{found['since']} to {found['day']}[/]")


def _share(cell: Mapping[str, Any]) -> str:
    if cell["permille"] is None:
        return "[dim]–[/]"
    style = STYLES[cell["colour"]]
    return f"[{style}]{cell['permille'] / 10:.1f} % {cell['colour'][0]}[/]"


def _word(colour: str) -> str:
    return f"[{STYLES[colour]}]{colour}[/]"
