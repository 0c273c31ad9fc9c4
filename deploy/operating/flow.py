"""`motcua flow`: what flows now, who is behind, and how old what waits is."""

import time
from collections.abc import Mapping
from typing import Annotated, Any

import typer
from rich.console import Console, Group
from rich.live import Live
from rich.text import Text

from deploy.operating.asking import calling, where
from deploy.operating.command import AsJson, At, Keys, say_json
from deploy.operating.shown import age, columns

LOOK_S = 2.0
STANDINGS = {
    "live": "[green]live[/]: the newest number is {behind} old",
    "quiet": "[green]quiet[/]: all that was logged is read, the last of it {behind} ago",
    "still": "[bold red]still[/]: something is logged and not counted",
    "unseen": "[yellow]unseen[/]: Kafka does not answer, nobody knows whether it stands still",
}

console = Console(highlight=False)

Watch = Annotated[bool, typer.Option("--watch", help="look again every two seconds")]


def flow(watch: Watch = False, at: At = "", keys: Keys = None, as_json: AsJson = False) -> None:
    """Show what flows in and out of each service, live, with how fresh that is.

    Ends with 1 where the live numbers stand still.
    """
    with calling(*where(at, keys)) as api:
        found = api.get("/v1/flow")
        if not watch:
            say_json(found) if as_json else console.print(drawn(found))
            raise typer.Exit(1 if found["standing"] == "still" else 0)
        if as_json:
            while True:
                say_json(found)
                time.sleep(LOOK_S)
                found = api.get("/v1/flow")
        with Live(drawn(found), console=console, auto_refresh=False) as shown:
            while True:
                time.sleep(LOOK_S)
                shown.update(drawn(api.get("/v1/flow")), refresh=True)


def drawn(found: Mapping[str, Any]) -> Group:
    """Return what a terminal shows of it."""
    behind = "never" if found["behind_s"] is None else age(int(found["behind_s"]))
    said = STANDINGS[found["standing"]].format(behind=behind)
    passing = columns("service", ">in/s", ">out/s", ">out in 2 h")
    gave: dict[str, int] = {}
    for each in found["passed"]:
        gave[each["stage"]] = gave.get(each["stage"], 0) + each["gave"]
    for rate in found["rates"]:
        numbers = (_rate(rate["in_per_s"]), _rate(rate["out_per_s"]))
        passing.add_row(rate["stage"], *numbers, f"{gave.get(rate['stage'], 0):,}")
    ages = columns("what waits at", ">how many", ">median", ">95 %", ">oldest")
    for each in found["ages"]:
        told = (age(each[name]) for name in ("median_s", "p95_s", "oldest_s"))
        ages.add_row(each["stage"], f"{each['matters']:,}", *told)
    lags = columns("reader", ">messages left")
    for lag in found["lags"]:
        lags.add_row(lag["reader"], f"{lag['behind']:,}")
    unreadable = (
        f"  {found['unreadable']:,} counts could not be read" if found["unreadable"] else ""
    )
    return Group(
        *(Text.from_markup(f"{said}{unreadable}"), passing),
        *(Text(f"\nages, counted {_ago(found, 'ages')}", "dim"), ages),
        *(Text(f"\nreaders, looked {_ago(found, 'lags')}", "dim"), lags),
    )


def _rate(rate: float | None) -> str:
    return "–" if rate is None else f"{rate:,.1f}"


def _ago(found: Mapping[str, Any], what: str) -> str:
    at_ms = found[f"{what}_as_of_ms"]
    return "never" if at_ms is None else f"{age((found['as_of_ms'] - at_ms) // 1_000)} ago"
