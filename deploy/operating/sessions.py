"""`motcua sessions`: who is signed in at the console, and ended sessions."""

from collections.abc import Mapping
from typing import Annotated, Any

import typer
from rich.console import Console

from deploy.local.refusals import say
from deploy.operating.asking import calling, where
from deploy.operating.command import As, AsJson, At, Keys, say_json
from deploy.operating.shown import columns, print_table
from shared.errors import Misconfigured

ADMIN = "admin"  # as a clients.json names who may

console = Console(highlight=False)

Person = Annotated[str, typer.Argument(help="whose, as the list names them")]
Own = Annotated[bool, typer.Option("--own", help="those of the person whose key it is")]
End = Annotated[bool, typer.Option("--end", help="end them, in every process at once")]
Reason = Annotated[str, typer.Option("--reason", help="why, for the record of who did what")]


def sessions(
    person: Person = "",
    own: Own = False,
    end: End = False,
    reason: Reason = "",
    who: As = ADMIN,
    at: At = "",
    keys: Keys = None,
    as_json: AsJson = False,
) -> None:
    """Show who is signed in at the console; or end all sessions of a person, or your own."""
    if end and (bool(person) == own or bool(person) != bool(reason)):
        raise Misconfigured("End those of a person with a --reason, or your --own without.")
    path = "/v1/sessions/own" if own else "/v1/sessions"
    with calling(*where(at, keys), who) as api:
        if end:
            found = api.post(f"{path}/end", {"person": person, "reason": reason} if person else {})
        else:
            found = api.get(path)
    if person and not end:
        found["items"] = [each for each in found["items"] if each["person"] == person]
    if as_json:
        say_json(found)
    elif end:
        say(console, f"[green]✓[/] {found['ended']} of {found['person']} ended.")
    else:
        shown(console, found)


def shown(console: Console, found: Mapping[str, Any]) -> None:
    """Show who is signed in."""
    if not found["items"]:
        console.print("Nobody is signed in.")
        return
    table = columns("=person", "name", "role", "signed in by", "since", "last seen")
    for one in found["items"]:
        seen = one["since"], one["seen"]
        table.add_row(one["person"], one["name"], one["role"], one["way"], *seen)
    print_table(console, table)
    if found["is_cut"]:
        say(console, "[dim]there are older ones[/]")
