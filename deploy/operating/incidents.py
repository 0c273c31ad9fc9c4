"""`motcua incidents`: whom something concerns, and what was done about it."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Any
from uuid import uuid4

import typer
from rich.console import Console

from deploy.local.refusals import say
from deploy.operating.asking import Api, calling, where
from deploy.operating.command import AsJson, At, Keys, say_json
from deploy.operating.shown import columns, print_table
from shared.errors import Misconfigured

VERBS = ("own", "freeze", "note", "close", "round", "broadcast", "offers")

console = Console(highlight=False)

Id = Annotated[str, typer.Argument(metavar="[ID]", help="of an incident; left out: those open")]
Verb = Annotated[str, typer.Argument(help="own, freeze, note, close, round, broadcast or offers")]
Said = Annotated[str, typer.Argument(help="the words, or the id of a round or a broadcast")]
Closed = Annotated[bool, typer.Option("--closed", help="also those that are closed")]
OfAlarm = Annotated[str, typer.Option("--alarm", help="the one that this alarm is part of")]
Preview = Annotated[bool, typer.Option("--preview", help="how many it would concern")]
Title = Annotated[str, typer.Option("--open", help="open one under this title")]
Stage = Annotated[str, typer.Option("--stage", help="it concerns what waits at this stage")]
Cause = Annotated[str, typer.Option("--cause", help="it concerns what waits for this cause")]
Unit = Annotated[str, typer.Option("--unit", help="it concerns what is of this unit")]
Partner = Annotated[str, typer.Option("--partner", help="it concerns what is of this partner")]
Since = Annotated[str, typer.Option("--since", help="what began to wait then, with an offset")]
Until = Annotated[str, typer.Option("--until", help="what began to wait before, with an offset")]
All = Annotated[bool, typer.Option("--all", help="also what waits as it should")]
Export = Annotated[Path | None, typer.Option("--export", help="write all of it as JSON")]
To = Annotated[Path | None, typer.Option("--to", help="write the frozen applications as JSON")]


def incidents(
    id_: Id = "",
    verb: Verb = "",
    said: Said = "",
    title: Title = "",
    preview: Preview = False,
    stage: Stage = "",
    cause: Cause = "",
    unit: Unit = "",
    partner: Partner = "",
    since: Since = "",
    until: Until = "",
    everything: All = False,
    alarm: OfAlarm = "",
    closed: Closed = False,
    to: To = None,
    export: Export = None,
    at: At = "",
    keys: Keys = None,
    as_json: AsJson = False,
) -> None:
    """Show the incidents that are open, or one; open one, and say what was done about it."""
    if verb and verb not in VERBS:
        raise Misconfigured(f"{verb!r} is none of {', '.join(VERBS)}.")
    named = {"stage": stage, "cause": cause, "unit": unit, "partner": partner}
    scope = named | {"since": since, "until": until, "which": "all" if everything else ""}
    asked = {k: v for k, v in scope.items() if v}
    draw: Callable[[Console, Any], None] = one
    with calling(*where(at, keys)) as api:
        place = f"/v1/incidents/{id_}"
        if preview:
            found, draw = api.post("/v1/incidents/preview", {"scope": asked}), previewed
        elif title:
            body = {"title": title, "scope": asked}
            found = api.post("/v1/incidents", body, f"cli-{uuid4().hex}")
        elif not id_:
            which = {"alarm": alarm} if alarm else {"which": "all" if closed else "open"}
            found, draw = api.get("/v1/incidents", **which), board
        elif verb == "offers":
            found, draw = api.get(f"{place}/offers"), offers
        else:
            found = api.post(*_act(place, verb, said)) if verb else api.get(place)
        if draw is one:
            _write(api, found["id"], to, export, quiet=as_json)
    say_json(found) if as_json else draw(console, found)


def _write(api: Api, id_: str, to: Path | None, export: Path | None, *, quiet: bool) -> None:
    """Write what is asked for of one; say so, unless all that is said is JSON."""
    place, told = f"/v1/incidents/{id_}", Console(quiet=quiet, highlight=False)
    if to:
        kept = api.get(f"{place}/applications")["applications"]
        to.write_text(json.dumps({"applications": kept}))
        say(told, f"{len(kept):,} applications: {to}")
    if export:
        found = api.get(f"{place}/export")
        export.write_text(json.dumps(found, ensure_ascii=False, indent=1))
        say(told, f"the incident with {len(found['items']):,} applications: {export}")


def _act(place: str, verb: str, said: str) -> tuple[str, dict[str, Any]]:
    """Return what is called, and with what."""
    if verb == "freeze":
        return f"{place}/freeze", {}
    if verb == "own":
        return f"{place}/own", {"text": said} if said else {}
    if not said:
        raise Misconfigured(f"Say it behind {verb}: words, or the id of what belongs to it.")
    if verb in ("round", "broadcast"):
        return f"{place}/links", {"what": verb, "id": said}
    return f"{place}/{'notes' if verb == 'note' else verb}", {"text": said}


def board(console: Console, found: Mapping[str, Any]) -> None:
    """Show incidents."""
    table = columns("=incident", "", "title", ">then", ">now", ">đồng", "opened", "owner")
    for each in found["incidents"]:
        kept, now = each["frozen"], each["now"]
        table.add_row(
            each["id"],
            each["status"],
            each["title"],
            f"{kept['applications']:,}",
            f"{now['applications']:,}" if now else "",
            f"{(now or kept)['vnd']:,}",
            f"{each['opened_at'][:16]}Z",
            each["owner"] or "nobody",
        )
    if found["incidents"]:
        print_table(console, table)
    else:
        console.print("There is no such incident.")


def previewed(console: Console, found: Mapping[str, Any]) -> None:
    """Show whom a scope concerns."""
    say(console, f"  {_scope(found)}")
    say(console, f"  now: {_whom(found['now'])}")


def offers(console: Console, found: Mapping[str, Any]) -> None:
    """Show what may belong to an incident."""
    table = columns("", "=id", "", "at", "by")
    for each in found["rounds"]:
        about = f"{each['action']} · {each['stage']}/{each['cause']} · {each['status']}"
        table.add_row("round", each["id"], about, each["at"], each["by"])
    for each in found["broadcasts"]:
        told = f"told {each['told']} of {found['looked_at']}"
        table.add_row("broadcast", each["id"], each["en"] or each["vi"], each["at"], told)
    if found["rounds"] or found["broadcasts"]:
        print_table(console, table)
    else:
        console.print("No round and no broadcast touches it that is not linked.")


def one(console: Console, found: Mapping[str, Any]) -> None:
    """Show one, with its timeline."""
    say(console, f"[bold]{found['title']}[/]  {found['id']}  {found['status']}")
    say(console, f"  [dim]{_scope(found)}[/]  owner: {found['owner'] or 'nobody'}")
    for name, kept in ((f"at {found['frozen_at']}", found["frozen"]), ("now", found["now"])):
        say(console, f"  {name}: {_whom(kept)}")
    for act in found["acts"]:
        words = act.get("text") or act.get("reference") or ""
        say(console, f"  {act['at']}  {act['what']}  [dim]{act['by']}[/]  {words}")


def _scope(found: Mapping[str, Any]) -> str:
    named = ", ".join(f"{name} {value}" for name, value in found["scope"].items())
    return named or "all that is stuck"


def _whom(kept: Mapping[str, Any]) -> str:
    more = "" if kept["is_whole"] else ", and more"
    return (
        f"{kept['applications']:,} applications{more}, {kept['matters']:,} matters,"
        f" {kept['vnd']:,} đồng"
    )
