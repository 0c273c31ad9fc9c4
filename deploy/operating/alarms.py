"""`motcua alarms`: what stands, who has it, and what is to be quiet."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Annotated, Any

import typer
from rich.console import Console

from deploy.local.refusals import say
from deploy.operating.asking import Api, calling, where
from deploy.operating.command import AsJson, At, Keys, say_json
from deploy.operating.shown import age, columns, print_table
from shared.clock import system_clock
from shared.errors import Misconfigured

VERBS = ("own", "silence", "unsilence")
MARKS = {"critical": "[bold red]critical[/]", "warning": "[yellow]warning[/]"}

console = Console(highlight=False)

Id = Annotated[str, typer.Argument(metavar="[ID]", help="of an alarm; left out: all that stand")]
Verb = Annotated[str, typer.Argument(help="own, silence or unsilence")]
Why = Annotated[str, typer.Option("--reason", help="why, for whoever looks next")]
Hours = Annotated[float, typer.Option("--hours", min=0.1, max=720, help="how long it is quiet")]
Of = Annotated[str, typer.Option("--of", help="what is quiet: alarm, rule, partner or unit")]
Every = Annotated[bool, typer.Option("--all", help="also those that have ended")]
Rules = Annotated[bool, typer.Option("--rules", help="what fires at which number, instead")]


def alarms(
    id_: Id = "",
    verb: Verb = "",
    reason: Why = "",
    hours: Hours = 4.0,
    of: Of = "alarm",
    everything: Every = False,
    rules: Rules = False,
    at: At = "",
    keys: Keys = None,
    as_json: AsJson = False,
) -> None:
    """Show which alarms stand, or one; take it over, keep it quiet, or end that.

    Ends with 1 while a critical one stands that nobody owns and that is not quiet.
    """
    if verb and verb not in VERBS:
        raise Misconfigured(f"{verb!r} is none of {', '.join(VERBS)}.")
    now = system_clock()
    with calling(*where(at, keys)) as api:
        if rules:
            found = api.get("/v1/alarms/rules")
            say_json(found) if as_json else all_rules(console, found["rules"])
            return
        if id_:
            found = _one(api, id_, verb, reason, now + timedelta(hours=hours), of)
            say_json(found) if as_json else one(console, found, now)
            return
        found = api.get("/v1/alarms", which="all" if everything else "standing")
    say_json(found) if as_json else board(console, found, now)
    if any(map(is_pressing, found["alarms"])):
        raise typer.Exit(1)


def is_pressing(alarm: Mapping[str, Any]) -> bool:
    """Tell whether somebody has to see to an alarm, and nobody does."""
    is_over = alarm["ended_at"] is not None or alarm["is_silenced"] or alarm["owner"]
    return alarm["severity"] == "critical" and not is_over


def _one(api: Api, id_: str, verb: str, reason: str, until: datetime, of: str) -> Any:
    if not verb:
        return api.get(f"/v1/alarms/{id_}")
    said: dict[str, Any] = {"reason": reason} if reason else {}
    if verb == "silence":
        said |= {"until": until.isoformat(), "of": of}
    if verb != "own" and not reason:
        raise Misconfigured('Say why with --reason "…": whoever looks next reads it.')
    return api.post(f"/v1/alarms/{id_}/{verb}", said)


def board(console: Console, found: Mapping[str, Any], now: datetime) -> None:
    """Show alarms, those that stand first."""
    table = columns("=alarm", "", "", "about", ">seen", ">now", ">for", "owner")
    for alarm in found["alarms"]:
        over = (alarm["ended_at"] and "ended") or (alarm["is_silenced"] and "quiet") or ""
        table.add_row(
            alarm["id"],
            MARKS[alarm["severity"]],
            alarm["title_en"],
            alarm["about"],
            value(alarm["value"], alarm["measure"]),
            "" if alarm["value_now"] is None else value(alarm["value_now"], alarm["measure"]),
            _since(alarm["fired_at"], now),
            over or alarm["owner"],
        )
    if found["alarms"]:
        print_table(console, table)
    else:
        console.print("No alarm stands.")
    for rule in found["unseen"]:
        say(console, f"[yellow]{rule} could not be looked at.[/]")
    for fault in found.get("failing", ()):
        times = f"{fault['times']} times in a row"
        say(console, f"[red]{fault['loop']} fails, {times}:[/] {fault['because']}")
    looked = found["looked_at"]
    say(console, f"[dim]Looked {_since(looked, now)} ago.[/]" if looked else "Nobody looked yet.")


def all_rules(console: Console, rules: Sequence[Mapping[str, Any]]) -> None:
    """Show what is looked at, and at which number it fires and ends."""
    table = columns("=rule", "", ">fires at", ">ends at", ">lasts", "looks at")
    for rule in rules:
        numbers = (value(rule[name], rule["measure"]) for name in ("fires_at", "ends_at"))
        lasts = age(int(rule["lasts_s"]))
        marks = (rule["rule"], MARKS[rule["severity"]])
        table.add_row(*marks, *numbers, lasts, rule["looks_at_en"])
    print_table(console, table)


def one(console: Console, found: Mapping[str, Any], now: datetime) -> None:
    """Show one alarm, with what was done about it."""
    board(console, {"alarms": [found], "unseen": [], "looked_at": now.isoformat()}, now)
    for act in found["acts"]:
        why = f": {act['reason']}" if act.get("reason") else ""
        say(console, f"  {_since(act['at'], now)} ago  {act['what']}  [dim]{act['by']}[/]{why}")
    for application in found["applications"]:
        say(console, f"  {application}")
    for silence in found["silences"]:
        say(console, f"  quiet until {silence['until']}: {silence['reason']}")
    say(console, f"  [dim]docs/runbooks/{found['rule']}.md, or {found['runbook']}[/]")


def value(number: int, measure: str) -> str:
    """Return what was seen, in its measure."""
    if measure == "s":
        return age(number)
    return f"{number:,} d" if measure == "days" else f"{number:,}"


def _since(at: str, now: datetime) -> str:
    return age(max(0, int((now - datetime.fromisoformat(at)).total_seconds())))
