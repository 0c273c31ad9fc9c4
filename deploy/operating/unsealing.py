"""`motcua unseal`: what is sealed of one application, for who says why."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any
from uuid import uuid4

import typer
from rich.console import Console

from deploy.local.refusals import say
from deploy.operating.asking import calling, where
from deploy.operating.command import As, AsJson, At, Keys, Why, say_json
from deploy.operating.shown import columns

UNSEALER = "admin"  # as a clients.json names who may

console = Console(highlight=False)

Name = Annotated[str, typer.Argument(help="an application id, a dossier code or an order number")]


def unseal(
    name: Name,
    reason: Why,
    who: As = UNSEALER,
    at: At = "",
    keys: Keys = None,
    as_json: AsJson = False,
) -> None:
    """Open what is sealed of an application, once; who, when and why stands in its timeline."""
    with calling(*where(at, keys), who) as api:
        body = {"reason": reason}
        found = api.post(f"/v1/journeys/{name}/unsealing", body, f"cli-{uuid4().hex}")
    say_json(found) if as_json else shown(console, found)


def shown(console: Console, found: Mapping[str, Any]) -> None:
    """Show what was sealed, each value with where it stood."""
    said = f"opened by {found['by']} at {found['at']}: {found['reason']}"
    say(console, f"{found['application']}  [dim]{said}[/]")
    table = columns("message", "at", "field", "")
    for field in found["fields"]:
        for path, value in _values(field["path"], field["value"]):
            table.add_row(field["type"], field["at"], path, value)
    console.print(table)
    if not found["is_whole"]:
        console.print("Older messages have more sealed fields.")


def _values(path: str, value: object) -> Iterator[tuple[str, str]]:
    match value:
        case dict():
            for name, each in value.items():
                yield from _values(f"{path}.{name}", each)
        case list():
            for n, each in enumerate(value):
                yield from _values(f"{path}\\[{n}]", each)
        case _:
            yield path, str(value).replace("[", "\\[")
