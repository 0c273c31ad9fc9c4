"""The switches as a page: each with what it does, where it shows, and how it is turned.  Pure."""

from collections.abc import Mapping
from typing import Literal, NamedTuple

from services.operations.console.sandbox.switches import SWITCHES, WITHIN_S
from services.operations.console.stuck.page import title_of
from services.operations.domain.citizen.words import Words

State = Literal["on", "off", "gone"]


class Row(NamedTuple):
    """A switch; `address` is the group of the board that it shows in."""

    name: str
    title: Words
    does: Words
    ends: Words
    cause: Words
    address: str
    state: State


class Page(NamedTuple):
    """All of them."""

    rows: list[Row]
    within: str


def sandbox_page(turned: Mapping[str, bool | None]) -> Page:
    """Return the page; `turned`: how each switch is, None where its program does not answer."""
    return Page(
        [
            Row(
                name=name,
                title=one.title,
                does=one.does,
                ends=one.ends,
                cause=title_of(one.cause, is_stuck=True),
                address=f"stuck/{one.stage}/{one.cause}",
                state=_state(turned.get(name)),
            )
            for name, one in SWITCHES.items()
        ],
        f"{WITHIN_S:.0f}",
    )


def _state(is_on: bool | None) -> State:
    if is_on is None:
        return "gone"
    return "on" if is_on else "off"
