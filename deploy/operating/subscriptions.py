"""`motcua subscribe`, `motcua subscriptions`: forms that are sent for each period that is over."""

from typing import Annotated

import typer
from rich.console import Console

from deploy.local.refusals import say
from deploy.operating.asking import calling, where
from deploy.operating.command import AsJson, At, Keys, say_json
from deploy.operating.shown import columns, print_table
from services.operations.domain.facts import View
from services.operations.domain.subscriptions import Every, SentKind

console = Console(highlight=False)

UnitCode = Annotated[str, typer.Argument(help="a unit's code, a province's, or nation")]
Target = Annotated[str, typer.Option("--to", help="a name of `reports` in the secrets file")]
AnEvery = Annotated[Every, typer.Option("--every", help="how long a period is")]
AKind = Annotated[SentKind, typer.Option("--format", help="of the file")]
AView = Annotated[View, typer.Option("--view", help="count where received, or where decided")]
End = Annotated[str, typer.Option("--end", metavar="ID", help="have no more of this one sent")]


def subscribe(
    unit: UnitCode,
    target: Target,
    every: AnEvery = "monthly",
    kind: AKind = "xlsx",
    view: AView = "receiving",
    at: At = "",
    keys: Keys = None,
    as_json: AsJson = False,
) -> None:
    """Have the national form of a unit sent for each period that is over."""
    wanted = {"unit": unit, "target": target, "every": every, "kind": kind, "view": view}
    with calling(*where(at, keys)) as api:
        made = api.post("/v1/statistics/subscriptions", wanted)
    if as_json:
        say_json(made)
    else:
        say(console, f"[green]✓[/] {made['every']} to {made['target']}, as {made['id']}.")


def subscriptions(end: End = "", at: At = "", keys: Keys = None, as_json: AsJson = False) -> None:
    """Show which forms are sent to whom, and what came of each; or end one."""
    path = "/v1/statistics/subscriptions"
    with calling(*where(at, keys)) as api:
        if end:
            api.post(f"{path}/{end}/end", {})
        found = api.get(path)
    if as_json:
        say_json(found)
        return
    table = columns("=id", "unit", "every", "format", "to", "last period", "came of it")
    for one in found["items"]:
        told, last = one["subscription"], (one["attempts"] or [None])[0]
        came = f"{last['finding']} {last['problem']}".strip() if last else ""
        table.add_row(
            *(told["id"], told["unit"], told["every"], told["kind"], told["target"]),
            last["period"] if last else "",
            "ended" if one["ended"] else came,
        )
    if found["items"]:
        print_table(console, table)
    else:
        names = ", ".join(found["targets"]) or "none: name some under `reports` of the secrets"
        say(console, f"Nothing is sent yet.  [dim]targets: {names}[/]")
