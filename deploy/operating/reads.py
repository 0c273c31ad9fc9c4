"""`motcua reads`: who was shown an application, or what somebody was shown."""

from collections.abc import Mapping
from typing import Annotated, Any

import typer
from rich.console import Console

from deploy.local.refusals import say
from deploy.operating.asking import calling, where
from deploy.operating.command import PAGE, As, AsJson, At, Keys, say_json
from deploy.operating.shown import columns
from shared.errors import Misconfigured

AUDITOR = "checker"  # as a clients.json names who may ask

console = Console(highlight=False)

Name = Annotated[str, typer.Argument(help="an application id, a dossier code or an order number")]
By = Annotated[str, typer.Option("--by", help="what this person was shown")]
Rows = Annotated[int, typer.Option("--rows", min=1, max=PAGE, help="how many")]
First = Annotated[str, typer.Option("--from", help="not before this day: 2026-11-20")]
Last = Annotated[str, typer.Option("--to", help="nor after this one")]
After = Annotated[str, typer.Option("--after", help="`next` of the page before")]


def reads(
    name: Name = "",
    by: By = "",
    first: First = "",
    last: Last = "",
    rows: Rows = 50,
    after: After = "",
    who: As = AUDITOR,
    at: At = "",
    keys: Keys = None,
    as_json: AsJson = False,
) -> None:
    """Show who was shown an application, or what somebody was shown; or all, the newest first."""
    if name and by:
        raise Misconfigured("Ask for an application, or for a person: not both.")
    with calling(*where(at, keys), who) as api:
        days = {"from": first, "to": last}
        found = api.get("/v1/reads", name=name, by=by, **days, after=after, limit=rows)
    say_json(found) if as_json else page(console, found)


def page(console: Console, found: Mapping[str, Any]) -> None:
    """Show a page of reads."""
    if not found["items"]:
        console.print("Nobody was.")
        return
    table = columns("at", "who", "role", "from", ">named", "what was asked")
    for each in found["items"]:
        who = each["by"] or "nobody"
        count = f"{each['count']:,}"
        table.add_row(each["at"], who, each["role"], each["address"], count, each["asked"])
    console.print(table)
    if found["next"]:
        say(console, f"[dim]more: --after {found['next']}[/]")
