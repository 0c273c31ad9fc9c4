"""`motcua find` and `motcua journey`: what operations answers of an application, in a terminal."""

import sys
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from deploy.local import journey_view
from deploy.local.refusals import say
from deploy.operating.asking import calling, where
from deploy.operating.command import AsJson, At, Keys, say_json
from deploy.operating.shown import columns, print_table
from services.operations.domain.persons import number_in
from shared.clock import VIETNAM
from shared.errors import Misconfigured

console = Console(highlight=False)

Name = Annotated[
    str, typer.Argument(help="a dossier code, an id, an order, [partner/]transaction, a petition")
]
Sought = Annotated[str, typer.Argument(help="the same; or unit:79, a partner, days, or all three")]
Person = Annotated[
    bool, typer.Option("--person", help="by a personal number, asked for or read from a pipe")
]
Reason = Annotated[str, typer.Option("--reason", help="why a person is looked for: written down")]
After = Annotated[str, typer.Option("--after", help="where the page before says that it goes on")]
Message = Annotated[
    str, typer.Option("--message", metavar="PLACE", help="topic/partition/offset of a message")
]

# how operations calls what a name may be → how people do
KINDS = {
    "application": "an application id",
    "dossier_code": "a dossier code",
    "petition_code": "a petition's code",
    "order": "an order number",
    "transaction": "a bank's transaction",
    "unit": "a unit",
    "partner": "a partner",
    "days": "days",
    "subject": "a person",
}


def find(
    name: Sought = "",
    after: After = "",
    person: Person = False,
    reason: Reason = "",
    at: At = "",
    keys: Keys = None,
    as_json: AsJson = False,
) -> None:
    """Find applications by any of their names, or by unit, partner and days, the newest first.

    Blanks, dashes, marks and case do not matter. A personal number is never typed as an argument.
    """
    if number_in(name):
        raise Misconfigured(
            "A personal number does not belong on a command line, which others see and the shell "
            "keeps: `motcua find --person --reason '…'` asks for it."
        )
    if bool(name) == person:
        raise Misconfigured("Say what to find: a name, or --person; `motcua find --help`.")
    with calling(*where(at, keys)) as api:
        if person:
            found = api.post("/v1/find", {"q": _number(), "reason": reason})
        else:
            found = api.get("/v1/find", q=name, after=after)
    if as_json:
        say_json(found)
    elif found["found"]:
        print_table(console, _listed(found))
    if found["next"] and not as_json:
        console.print(f"… and more: --after '{found['next']}'", style="dim", soft_wrap=True)
    if found["is_cut"] and person and not as_json:
        console.print("… and older ones: only the newest are shown", style="dim")
    if not found["found"] and not found["next"]:
        raise Misconfigured(_nothing(found))


def _number() -> str:
    """Return a personal number, typed unseen or read from a pipe."""
    if sys.stdin.isatty():
        typed = typer.prompt("Personal number (not shown)", hide_input=True)
    else:
        typed = sys.stdin.readline()
    number = number_in(typed)
    if not number:
        raise Misconfigured("This is no personal number: it has 12 digits.")
    return number


def journey(
    name: Name, message: Message = "", at: At = "", keys: Keys = None, as_json: AsJson = False
) -> None:
    """Show one application: where it stands, every event, and where the time went.

    With --message: that one, as it is kept.
    """
    with calling(*where(at, keys)) as api:
        found = api.get("/v1/find", q=name)
        if len(found["found"]) > 1:
            print_table(console, _listed(found))
            raise Misconfigured(f"{name} is of several applications: name one of these ids.")
        if not found["found"]:
            raise Misconfigured(_nothing(found))
        path = f"/v1/journeys/{found['found'][0]['application']}"
        if message:
            told = api.get(f"{path}/messages/{message}")
            say_json(told) if as_json else console.print_json(data=told)
            return
        told, drawn = api.get(path), api.get(f"{path}/waterfall")
    if as_json:
        say_json({**told, "waterfall": drawn})
        return
    for line in _why(told["why"]):
        say(console, line)
    console.print()
    console.print(journey_view.timeline(told))
    for line in _decided(told):
        console.print(line, markup=False)
    console.print()
    console.print(journey_view.waterfall(drawn))


def _listed(found: Mapping[str, Any]) -> Table:
    table = columns("=application", "=code", "state", "procedure", "found as")
    for hit in found["found"]:
        state = hit["state"]
        partner = f"{hit['partner']}/" if hit["partner"] else ""
        table.add_row(
            hit["application"],
            hit["dossier_code"] or hit["petition"],
            f"{state['code']} · {state['name_en']}" if state else "",
            hit["procedure"],
            f"{KINDS[hit['kind']]}, {partner}{_short(hit)}",
        )
    return table


def _short(named: Mapping[str, Any]) -> str:
    """Return a name; of a person, how its hash begins."""
    return f"{named['name'][:12]}…" if named["kind"] == "subject" else str(named["name"])


def _why(found: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Yield why it is here and what happens next, below it what it waits for beside that."""
    for number, why in enumerate(found):
        stuck = "[red]stuck[/] " if why["is_stuck"] else ""
        yield f"{'[dim]also[/] ' if number else ''}{stuck}{escape(why['en'])}"


def _decided(journey: Mapping[str, Any]) -> Iterator[str]:
    """Yield the clocks that have begun, and each choice of units, by its rule."""
    for clock in journey["clocks"]:
        due = f", due {_local(clock['due'])}" if clock["due"] else ""
        late = ", late" if clock["is_late"] else ""
        yield f" clock   {clock['of']} {clock['standing']}{late}{due}"
    for each in journey["routing"]:
        by = f"{each['rule']} {each['rule_version']}".strip() or "a person has to choose"
        among = each["competent_unit"] or ", ".join(each["candidates"])
        because = f" ({each['because']})" if each["because"] else ""
        yield f" routed  {_local(each['at'])}  {by} → {among}{because}"


def _local(instant: str) -> str:
    return f"{datetime.fromisoformat(instant).astimezone(VIETNAM):%Y-%m-%d %H:%M}"


def _nothing(found: Mapping[str, Any]) -> str:
    may_be = " or ".join(
        f"{KINDS[u['kind']]}, {u['partner'] + '/' if u['partner'] else ''}{_short(u)}"
        for u in found["understood"]
    )
    taken = f"it was taken for {may_be}" if may_be else "it is none of the names known here"
    return f"Nothing is found: {taken}. What was submitted or paid just now may need seconds."
