"""`motcua readiness` and `motcua sync`: whether a centre is ready, and what portals sent it."""

from collections.abc import Mapping
from typing import Annotated, Any

import typer
from rich.console import Console

from deploy.local.refusals import say
from deploy.operating.asking import Api, calling, where
from deploy.operating.command import AsJson, At, Keys, say_json
from deploy.operating.shown import columns, print_table
from services.operations.domain.sync import KINDS
from shared.errors import Misconfigured

PART = 2_000  # applications asked for at a time: as many as there may be
WORDS = {"met": True, "not-met": False}
STATES = {"met": "[green]met[/]", "unmet": "[red]not met[/]", "unknown": "[dim]not known[/]"}

console = Console(highlight=False)

Unit = Annotated[str, typer.Argument(help="a unit's code")]
Below = Annotated[str, typer.Argument(help="a unit's code, a province's, or nation")]
Point = Annotated[str, typer.Argument(help="of those that a person looks at")]
Word = Annotated[str, typer.Argument(help="met or not-met, with --note")]
Note = Annotated[str, typer.Option("--note", help="what was seen, for whoever looks next")]
Day = Annotated[str, typer.Option("--day", help="left out: today")]
Rows = Annotated[int, typer.Option("--rows", min=0, help="differences shown")]


def readiness(
    unit: Unit,
    point: Point = "",
    word: Word = "",
    note: Note = "",
    at: At = "",
    keys: Keys = None,
    as_json: AsJson = False,
) -> None:
    """Show whether a service centre is ready, point by point; or say of a point whether it is met.

    Ends with 1 where it is not ready.
    """
    if point and (word not in WORDS or not note):
        raise Misconfigured(f"Say met or not-met of {point}, and --note what was seen.")
    with calling(*where(at, keys)) as api:
        if point:
            said = {"is_met": WORDS[word], "note": note}
            found = api.post(f"/v1/readiness/{unit}/{point}", said)
        else:
            found = api.get(f"/v1/readiness/{unit}")
    say_json(found) if as_json else show_points(console, found)
    raise typer.Exit(0 if found["is_ready"] else 1)


def show_points(console: Console, found: Mapping[str, Any]) -> None:
    """Show the points of a unit, with what each rests on."""
    verdict = "[green]ready[/]" if found["is_ready"] else "[bold]not ready[/]"
    of = f"{found['met']} of {len(found['points'])} points are met"
    say(console, f"{found['unit']} {found['name']} is {verdict}: {of}.")
    table = columns("point", "", "", "rests on")
    for point in found["points"]:
        said = (point["title_en"], point["evidence_en"])
        table.add_row(point["point"], STATES[point["state"]], *said)
    console.print(table)


def sync(
    unit: Below = "nation",
    day: Day = "",
    rows: Rows = 20,
    at: At = "",
    keys: Keys = None,
    as_json: AsJson = False,
) -> None:
    """Show what portals sent on a day against what stands with us, with each difference.

    Ends with 1 where something differs.
    """
    with calling(*where(at, keys)) as api:
        found = _whole(api, {"unit": unit} | ({"day": day} if day else {}))
    say_json(found) if as_json else show_sync(console, found, rows)
    raise typer.Exit(1 if found["differences"] else 0)


def _whole(api: Api, asked: Mapping[str, Any]) -> dict[str, Any]:
    """Return all pages of a day as one; numbers of a unit are added up."""
    asked = {**asked, "limit": PART}
    found: dict[str, Any] = api.get("/v1/sync", **asked)
    units = {line["unit"]: line for line in found["units"]}
    while found["next"]:
        more = api.get("/v1/sync", **asked, after=found["next"])
        for line in more["units"]:
            units[line["unit"]] = _plus(units.get(line["unit"]), line)
        found |= {"differences": found["differences"] + more["differences"], "next": more["next"]}
    return found | {"units": [units[code] for code in sorted(units)]}


def _plus(before: Mapping[str, Any] | None, line: Mapping[str, Any]) -> dict[str, Any]:
    if before is None:
        return dict(line)
    return {
        name: before[name] + value if isinstance(value, int) else value
        for name, value in line.items()
    }


def show_sync(console: Console, found: Mapping[str, Any], rows: int) -> None:
    """Show the ledger of each unit, and what differs."""
    names = [n for n, v in (found["units"] or [{}])[0].items() if isinstance(v, int)]
    table = columns("unit", "", *(f">{name.replace('_', ' ')}" for name in names))
    for line in found["units"]:
        table.add_row(line["unit"], line["name"], *(f"{line[name]:,}" for name in names))
    if found["units"]:
        console.print(table)
    else:
        say(console, f"Portals sent nothing on {found['day']}.")
    if not found["differences"]:
        say(console, "[green]Nothing differs.[/]")
        return
    listed = columns("=application", "unit", "differs", "theirs", "ours")
    for one in found["differences"][:rows]:
        said = (KINDS[one["kind"]].en, one["theirs"], one["ours"])
        listed.add_row(one["application"], one["unit"], *said)
    say(console, f"[bold red]{len(found['differences']):,} differ:[/]")
    print_table(console, listed)
