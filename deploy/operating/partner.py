"""`motcua partner`: what a bank partner is answered of its own."""

from typing import Annotated

import typer
from rich.console import Console

from deploy.operating.asking import calling, where
from deploy.operating.command import AsJson, At, Keys, say_json
from shared.errors import Misconfigured

console = Console(highlight=False)

Name = Annotated[str, typer.Argument(help="whose key of the clients.json is shown: sen-vang")]
Breaks = Annotated[bool, typer.Option("--breaks", help="its breaks")]
Day = Annotated[str, typer.Option("--day", help="what became of its statements of a day")]
Calls = Annotated[str, typer.Option("--calls", metavar="ORDER", help="what was said of an order")]
Settled = Annotated[
    str, typer.Option("--settlement", metavar="PERIOD", help="of a month, 2026-11, or a day")
]
Refused = Annotated[bool, typer.Option("--refused", help="its calls that we could not take")]


def partner(
    name: Name,
    breaks: Breaks = False,
    day: Day = "",
    calls: Calls = "",
    refused: Refused = False,
    settlement: Settled = "",
    at: At = "",
    keys: Keys = None,
    as_json: AsJson = False,
) -> None:
    """Show what a partner sees of its own: all in short, or one part of it."""
    parts = {
        "/breaks": breaks,
        f"/days/{day}": day,
        "/calls": calls,
        "/refused": refused,
        "/settlements": settlement,
    }
    wanted = [part for part, is_wanted in parts.items() if is_wanted]
    if len(wanted) > 1:
        raise Misconfigured(
            "Ask for one thing: --breaks, --day, --calls, --refused or --settlement."
        )
    asked = {"of": calls, "period": settlement}
    with calling(*where(at, keys), f"partner:{name}") as api:
        found = api.get(f"/v1/partner{''.join(wanted)}", **{k: v for k, v in asked.items() if v})
    say_json(found) if as_json else console.print_json(data=found)
