"""`motcua fault`: what is made to go wrong in the sandbox of a demonstration, from the terminal."""

import asyncio
from collections.abc import Mapping
from typing import Annotated, Literal

import msgspec
import typer
from rich.console import Console
from rich.table import Table

from deploy.local import processes
from deploy.local.settings import Settings
from services.operations.console.sandbox.programs import Programs
from services.operations.console.sandbox.switches import SWITCHES
from shared.errors import Misconfigured, Unknown

NOBODY = "No sandbox answers here: `make demo KEEP=1` leaves one running."


def urls(settings: Settings) -> dict[str, str]:
    """Return where each program of the sandbox that has switches answers."""
    programs = sorted({switch.program for switch in SWITCHES.values()})
    return {name: processes.url(settings, name) for name in programs}


def fault(
    name: Annotated[str, typer.Argument(help="which; without it, how each is turned")] = "",
    turn: Annotated[Literal["on", "off", ""], typer.Argument(help="on or off")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="one line of JSON")] = False,
) -> None:
    """Make something go wrong in the sandbox of a demonstration, or mend it."""
    if name and name not in SWITCHES:
        raise Misconfigured(f"{name} is no switch: name one of {', '.join(SWITCHES)}.")
    if name and not turn:
        raise Misconfigured(f"Say which way: motcua fault {name} on, or off.")
    turned = asyncio.run(_turned(Programs(urls(Settings())), name, turn == "on"))
    if all(is_on is None for is_on in turned.values()):
        raise Misconfigured(NOBODY)
    console = Console(highlight=False)
    if as_json:
        console.print(msgspec.json.encode(turned).decode(), markup=False, soft_wrap=True)
    else:
        console.print(shown(turned))


async def _turned(programs: Programs, name: str, on: bool) -> dict[str, bool | None]:
    """Turn one, if one is named; return how all are turned.  Raises `Misconfigured`."""
    if name:
        try:
            await programs.turn(name, on=on)
        except Unknown as doubt:
            raise Misconfigured(f"{doubt}. {NOBODY}") from doubt
    return await programs.turned()


def shown(turned: Mapping[str, bool | None]) -> Table:
    """Return how each is turned, and where on the board it shows."""
    table = Table(box=None, pad_edge=False, header_style="dim")
    for title in ("fault", "", "shows as", ""):
        table.add_column(title)
    for name, switch in SWITCHES.items():
        state = {True: "[red]on[/]", False: "off", None: "[dim]no answer[/]"}[turned[name]]
        table.add_row(name, state, f"{switch.stage} {switch.cause}", switch.title.en)
    return table
