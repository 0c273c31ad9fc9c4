"""`motcua incidents`: whom something concerns, and what was done about it."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any
from uuid import uuid4

import typer
from rich.console import Console

from deploy.local.refusals import say
from deploy.operating.asking import calling, where
from deploy.operating.command import AsJson, At, Keys, say_json
from deploy.operating.shown import columns
from shared.errors import Misconfigured

VERBS = ("freeze", "note", "close", "round", "broadcast")

console = Console(highlight=False)

Id = Annotated[str, typer.Argument(metavar="[ID]", help="of an incident; left out: all of them")]
Verb = Annotated[str, typer.Argument(help="freeze, note, close, round or broadcast")]
Said = Annotated[str, typer.Argument(help="the words, or the id of a round or a broadcast")]
Title = Annotated[str, typer.Option("--open", help="open one under this title")]
Stage = Annotated[str, typer.Option("--stage", help="it concerns what waits at this stage")]
Cause = Annotated[str, typer.Option("--cause", help="it concerns what waits for this cause")]
Unit = Annotated[str, typer.Option("--unit", help="it concerns what is of this unit")]
Partner = Annotated[str, typer.Option("--partner", help="it concerns what is of this partner")]
Since = Annotated[str, typer.Option("--since", help="what began to wait then, with an offset")]
Until = Annotated[str, typer.Option("--until", help="what began to wait before, with an offset")]
All = Annotated[bool, typer.Option("--all", help="also what waits as it should")]
To = Annotated[Path | None, typer.Option("--to", help="write the frozen applications as JSON")]


def incidents(
    id_: Id = "",
    verb: Verb = "",
    said: Said = "",
    title: Title = "",
    stage: Stage = "",
    cause: Cause = "",
    unit: Unit = "",
    partner: Partner = "",
    since: Since = "",
    until: Until = "",
    everything: All = False,
    to: To = None,
    at: At = "",
    keys: Keys = None,
    as_json: AsJson = False,
) -> None:
    """Show incidents, or one; open one, and say what was done about it."""
    if verb and verb not in VERBS:
        raise Misconfigured(f"{verb!r} is none of {', '.join(VERBS)}.")
    named = {"stage": stage, "cause": cause, "unit": unit, "partner": partner}
    scope = named | {"since": since, "until": until, "which": "all" if everything else ""}
    with calling(*where(at, keys)) as api:
        if title:
            body = {"title": title, "scope": {k: v for k, v in scope.items() if v}}
            found = api.post("/v1/incidents", body, f"cli-{uuid4().hex}")
        elif not id_:
            page = api.get("/v1/incidents")
            say_json(page) if as_json else board(console, page)
            return
        elif verb:
            found = api.post(*_act(f"/v1/incidents/{id_}", verb, said))
        else:
            found = api.get(f"/v1/incidents/{id_}")
        if to:
            kept = api.get(f"/v1/incidents/{found['id']}/applications")["applications"]
            to.write_text(json.dumps({"applications": kept}))
            say(console, f"{len(kept):,} applications: {to}")
    say_json(found) if as_json else one(console, found)


def _act(place: str, verb: str, said: str) -> tuple[str, dict[str, Any]]:
    """Return what is called, and with what."""
    if verb == "freeze":
        return f"{place}/freeze", {}
    if not said:
        raise Misconfigured(f"Say it behind {verb}: words, or the id of what belongs to it.")
    if verb in ("round", "broadcast"):
        return f"{place}/links", {"what": verb, "id": said}
    return f"{place}/{'notes' if verb == 'note' else verb}", {"text": said}


def board(console: Console, found: Mapping[str, Any]) -> None:
    """Show incidents."""
    table = columns("incident", "", "title", ">applications", ">đồng", "opened", "by")
    for each in found["incidents"]:
        kept = each["frozen"]
        table.add_row(
            each["id"],
            each["status"],
            each["title"],
            f"{kept['applications']:,}",
            f"{kept['vnd']:,}",
            each["opened_at"],
            each["opened_by"],
        )
    if found["incidents"]:
        console.print(table)
    else:
        console.print("There was no incident.")


def one(console: Console, found: Mapping[str, Any]) -> None:
    """Show one, with its timeline."""
    scope = ", ".join(f"{name} {value}" for name, value in found["scope"].items())
    say(console, f"[bold]{found['title']}[/]  {found['id']}  {found['status']}")
    say(console, f"  [dim]{scope or 'all that is stuck'}[/]")
    for name, kept in ((f"at {found['frozen_at']}", found["frozen"]), ("now", found["now"])):
        more = "" if kept["is_whole"] else ", and more"
        say(console, f"  {name}: {kept['applications']:,} applications{more}, "
            f"{kept['matters']:,} matters, {kept['vnd']:,} đồng")  # fmt: skip
    for act in found["acts"]:
        words = act.get("text") or act.get("reference") or ""
        say(console, f"  {act['at']}  {act['what']}  [dim]{act['by']}[/]  {words}")
