"""An interlinked application: what its children do, and what the rules make of it.

What is to be done is worked out from how the children stand, by the rules of the day of submission,
each time anew; nothing of it is remembered but what has been sent.  So the order in which the
children are heard does not matter, nor how often.
"""

from collections.abc import Iterator, Mapping
from typing import Literal

import msgspec
from msgspec.structs import replace

from shared.catalogue.interlinked import FAILURES, Does
from shared.events import Data
from shared.events.intake import ChildOpened, ChildTakenBack, ChildTold, ChildView, Standing
from shared.lanes.table import Letter

Outcome = Literal["", "done", "partly_done", "failed"]
BEGUN: frozenset[Standing] = frozenset({"open", "stopped", "done"})
DONE: frozenset[Standing] = frozenset({"done", "returned"})
ENDS: frozenset[Standing] = frozenset({"returned", "refused", "not_accepted", "withdrawn"})
CITIZEN = "citizen"  # who takes back all of it
_GRAVITY: tuple[Does, ...] = ("stands", "asks_a_person", "withdraws")


class Child(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A child as its parent knows it.  `told` is the number of the last thing heard of it.

    `opening` is what it will be registered with, until it is; `asked`: to be withdrawn.
    """

    name: str
    application: str
    procedure: str
    receiving_unit: str
    after: tuple[str, ...] = ()
    standing: Standing = "waiting"
    told: int = 0
    code: int = 0
    dossier_code: str = ""
    has_fee: bool = False
    asked: bool = False
    too_late: bool = False
    opening: ChildOpened | None = None


class Family(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """All children.  `rules`: what becomes of the others, by "<child>/<failure>".

    `taken_back`: the citizen wants none of it any more.
    """

    children: tuple[Child, ...]
    rules: dict[str, dict[str, Does]]
    taken_back: bool = False

    @property
    def outcome(self) -> Outcome:
        """How it ended; empty while a child is not at its end."""
        standings = {child.standing for child in self.children}
        if not standings <= ENDS:
            return ""
        if standings == {"returned"}:
            return "done"
        return "partly_done" if "returned" in standings else "failed"

    @property
    def needs_person(self) -> bool:
        """Whether a person has to look at one of them."""
        return any(view.needs_person for view in views(self))


def hear(family: Family, told: ChildTold) -> tuple[Family, tuple[Letter, ...]]:
    """Take in how a child stands, and do what follows; what is old changes nothing."""
    children = tuple(_heard(c, told) if c.name == told.name else c for c in family.children)
    return act(replace(family, children=children))


def act(family: Family) -> tuple[Family, tuple[Letter, ...]]:
    """Open what may begin, take back what the rules say, until nothing follows any more."""
    letters: list[Letter] = []
    while True:
        done = {c.name for c in family.children if c.standing in DONE}
        moved = []
        for child in family.children:
            after, data = _acted(child, _orders(family, child.name), done >= {*child.after})
            moved.append(after)
            letters += [Letter(child.application, data)] if data else []
        if tuple(moved) == family.children:
            return family, tuple(letters)
        family = replace(family, children=tuple(moved))


def views(family: Family) -> tuple[ChildView, ...]:
    """Return how the children stand, for whoever asks."""
    return tuple(_view(child, _orders(family, child.name)) for child in family.children)


def _heard(child: Child, told: ChildTold) -> Child:
    if told.number <= child.told or child.standing in ENDS:
        return child
    if told.standing == "open" and child.standing != "open":  # it goes on: it is asked anew
        child = replace(child, asked=False, too_late=False)
    return replace(
        child,
        told=told.number,
        standing=told.standing,
        code=told.national_code,
        dossier_code=told.dossier_code or child.dossier_code,
        too_late=child.too_late or told.too_late,
    )


def _orders(family: Family, name: str) -> dict[str, Does]:
    """Return what the rules do about a child because of each other one that failed."""
    found: dict[str, Does] = {}
    for other in family.children:
        if other.name != name and other.standing in FAILURES:
            because = f"{other.name}/{other.standing}"
            found[because] = family.rules[because][name]
    return found | ({CITIZEN: "withdraws"} if family.taken_back else {})


def _acted(child: Child, orders: Mapping[str, Does], may_begin: bool) -> tuple[Child, Data | None]:
    """Return a child after what follows for it, and what is sent to it."""
    because = next((cause for cause, does in orders.items() if does == "withdraws"), "")
    if child.standing == "waiting" and because:
        return replace(child, standing="withdrawn", opening=None), None
    if child.standing == "waiting" and may_begin:
        return replace(child, standing="open", opening=None), child.opening
    if child.standing in BEGUN and because and not child.asked:
        return replace(child, asked=True), ChildTakenBack(because=because)
    return child, None


def _view(child: Child, orders: Mapping[str, Does]) -> ChildView:
    return ChildView(
        name=child.name,
        application=child.application,
        procedure=child.procedure,
        receiving_unit=child.receiving_unit,
        standing=child.standing,
        national_code=child.code,
        dossier_code=child.dossier_code,
        by_rule=dict(orders),
        needs_person=tuple(_reasons(child, orders)),
    )


def _reasons(child: Child, orders: Mapping[str, Does]) -> Iterator[str]:
    """Tell why a person has to look: what a rule leaves to one, and what cannot be undone."""
    gravest = max(orders.values(), key=_GRAVITY.index, default="stands")
    if gravest == "asks_a_person" and child.standing not in FAILURES:
        yield "rule"
    is_past = child.standing == "returned" or (child.too_late and child.standing in BEGUN)
    if gravest == "withdraws" and is_past:
        yield "too-late"
    if child.has_fee and child.dossier_code and child.standing in ("withdrawn", "not_accepted"):
        yield "fee"
