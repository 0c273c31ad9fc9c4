"""Who is signed in, as pages.  Pure."""

from collections.abc import Iterable
from typing import NamedTuple

from services.operations.console.facts import same
from services.operations.console.labels import LABELS
from services.operations.console.sessions import Held, Open
from services.operations.console.spoken import moment
from services.operations.domain.citizen.words import Words


class Row(NamedTuple):
    """A session; `is_this`: of the browser that looks."""

    name: str
    role: Words
    units: str
    way: Words
    since: Words
    seen: Words
    is_this: bool


class Choice(NamedTuple):
    """Somebody whose sessions can be ended, and how many there are."""

    person: str
    name: str
    role: Words
    number: int


def rows(held: Iterable[Held], own_key: str) -> list[Row]:
    """Return what is shown of sessions."""
    return [_row(each.told, is_this=each.key == own_key) for each in held]


def choices(held: Iterable[Held], own: str) -> list[Choice]:
    """Return whose sessions there are, by name, without those of who looks."""
    found: dict[str, list[Open]] = {}
    for each in held:
        if each.told.person != own:
            found.setdefault(each.told.person, []).append(each.told)
    made = [Choice(p, t[0].name, _role(t[0]), len(t)) for p, t in found.items()]
    return sorted(made, key=lambda choice: (choice.name, choice.person))


def _row(told: Open, *, is_this: bool) -> Row:
    return Row(
        name=told.name,
        role=_role(told),
        units=" ".join(told.units),
        way=LABELS[f"way_{told.way}"],
        since=moment(told.since),
        seen=moment(told.seen),
        is_this=is_this,
    )


def _role(told: Open) -> Words:
    return LABELS.get(f"role_{told.role}", same(told.role))
