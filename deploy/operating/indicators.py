"""`motcua indicators`."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from deploy.operating.asking import calling, where

STYLES = {"red": "red", "yellow": "yellow", "grey": "dim", "green": "green"}

console = Console(highlight=False)

Unit = Annotated[str, typer.Argument(help="a unit's or a province's code, or nation")]
Day = Annotated[str, typer.Option("--day", help="as of the end of it; left out: yesterday")]
Rows = Annotated[int, typer.Option("--rows", min=0, help="units shown, the worst first")]
At = Annotated[str, typer.Option("--at", help="operations' address; left out: the local one")]
Keys = Annotated[Path | None, typer.Option("--keys", help="a system's clients.json")]
AsJson = Annotated[bool, typer.Option("--json", help="say it as one line of JSON")]


def indicators(
    unit: Unit = "nation",
    day: Day = "",
    rows: Rows = 40,
    at: At = "",
    keys: Keys = None,
    as_json: AsJson = False,
) -> None:
    """Show how a unit does, and those below it, the worst first."""
    with calling(*where(at, keys)) as api:
        found = api.get("/v1/indicators", unit=unit, **({"day": day} if day else {}))
    if as_json:
        console.print(json.dumps(found, ensure_ascii=False), markup=False, soft_wrap=True)
    else:
        show(console, found, rows)


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
