"""The command that carries a change out: what a preview found, as an officer would ask for it."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from services.routing.domain.dossier import BY_A_PERSON
from services.routing.domain.preview import Change, Command
from services.routing.domain.states import Move
from shared.events import handover
from shared.events.routing import OfficerAction, UnitChosen


class Sender(NamedTuple):
    """Who sends it, and why; `moves_seen`: how often the dossier had moved when it was looked at;
    `rules_version`: of the rules that say so.
    """

    officer: str
    note: str
    moves_seen: int
    rules_version: str


class Remedy(NamedTuple):
    """A command, and the move that it asks for."""

    move: Move
    data: OfficerAction


def remedy(change: Change, sender: Sender) -> Remedy | None:
    """Return what carries it out; None if a person decides."""
    make = _MADE.get(change.command)
    return make(change, sender) if make else None


def _chosen(change: Change, sender: Sender) -> Remedy:
    unit = change.after.competent
    return Remedy(Move.CHOOSE_UNIT, UnitChosen(competent_unit=unit, **_address(change, sender)))


def _transferred(change: Change, sender: Sender) -> Remedy:
    unit = change.after.competent
    data = handover.OfficerTransferred(competent_unit=unit, **_address(change, sender))
    return Remedy(Move.TRANSFER, data)


def _readdressed(change: Change, sender: Sender) -> Remedy:
    return Remedy(Move.READDRESS, handover.OfficerReaddressed(**_address(change, sender)))


def _address(change: Change, sender: Sender) -> dict[str, Any]:
    """Return what all have; no rule where a unit is followed that a person had chosen."""
    is_ruled = change.rule_after not in BY_A_PERSON
    return {
        "officer": sender.officer,
        "note": sender.note,
        "moves_seen": sender.moves_seen,
        "receiving_unit": change.after.receiving,
        "returning_unit": change.after.returning,
        "rule": change.rule_after if is_ruled else "",
        "rule_version": sender.rules_version if is_ruled else "",
    }


_MADE: Mapping[Command, Callable[[Change, Sender], Remedy]] = {
    "choose_unit": _chosen,
    "transfer": _transferred,
    "readdress": _readdressed,
}
