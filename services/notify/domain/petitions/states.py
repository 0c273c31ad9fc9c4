"""What becomes of a petition: the legal moves as a table, and the state they lead through."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Literal

import msgspec

from services.notify.domain.petitions.terms import TERMS
from shared.events import petitions

Status = Literal[
    "received",  # no unit is named: an operator assigns it
    "assigned",  # a unit is to answer
    "answered",  # the citizen takes the answer or not
    "disputed",  # the unit is to answer once more
    "answered_again",
    "dismissed",
    "accepted",
    "closed",  # the citizen said nothing of the answer
    "withdrawn",
]
Move = Literal["assign", "forward", "answer", "dismiss", "accept", "dispute", "withdraw", "close"]

# What a petition in the first status becomes by a move; not listed: the move is rejected.
# `close` is a timer's; the citizen's are `accept`, `dispute`, `withdraw`; the rest officers'.
MOVES: Mapping[Status, Mapping[Move, Status]] = {
    "received": {"assign": "assigned", "dismiss": "dismissed", "withdraw": "withdrawn"},
    "assigned": {
        "forward": "assigned",
        "answer": "answered",
        "dismiss": "dismissed",
        "withdraw": "withdrawn",
    },
    "answered": {"accept": "accepted", "dispute": "disputed", "close": "closed"},
    "disputed": {"forward": "disputed", "answer": "answered_again"},
    "answered_again": {"accept": "accepted", "close": "closed"},
    "dismissed": {},
    "accepted": {},
    "closed": {},
    "withdrawn": {},
}
CITIZENS: frozenset[Move] = frozenset({"accept", "dispute", "withdraw"})
OF_AN_ANSWER: frozenset[Move] = frozenset({"accept", "dispute"})  # until it stands
ON_THE_WAY = timedelta(hours=1)  # what was said in time is heard before the answer stands
OVER: frozenset[Status] = frozenset(status for status, moves in MOVES.items() if not moves)
WAITS_FOR_OFFICE: frozenset[Status] = frozenset({"received", "assigned", "disputed"})
REJECTED_LIMIT = 8  # rejections that are kept for those who asked


class Petition(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """How far a petition has come.  `text`, `answer`, `dispute` are sealed for it.

    `promised`: when it was due first, `due` with the one new date.  `moves`: how often it moved,
    for those who act on what they saw.  `forward_reason`: why it went on to the unit that has it.
    `lay_at`: where it stood in the lists of units before.
    `rejected`: why messages were rejected, by their ids, the latest few.
    """

    code: str
    kind: petitions.Kind
    text: str
    content: str
    status: Status
    filed_at: datetime
    since: datetime
    promised: datetime
    due: datetime
    unit: str = ""
    application: str = ""
    moves: int = 0
    forwards: int = 0
    forward_reason: str = ""
    is_late_said: bool = False
    answer: str = ""
    dispute: str = ""
    closes_at: datetime | None = None
    score: int = 0
    dismissal: petitions.Dismissal | None = None
    turn_to: str = ""
    lay_at: tuple[str, ...] = ()
    rejected: dict[str, str] = {}

    @property
    def waits_for_office(self) -> bool:
        """Whether a unit, or an operator, is to act."""
        return self.status in WAITS_FOR_OFFICE

    @property
    def place(self) -> str:
        """Return where it stands in the list of its unit: what is due first comes first."""
        return f"{self.unit or NOWHERE}/{self.due:%Y%m%dT%H%M%S}"


NOWHERE = "none"  # the list of what has no unit yet


def possible(petition: Petition | None) -> tuple[Move, ...]:
    """Return what may be asked for now; what only time does is none of it."""
    if petition is None:
        return ()
    is_at_limit = petition.forwards >= TERMS.forwards_limit
    return tuple(
        move
        for move in MOVES[petition.status]
        if move != "close" and not (move == "forward" and is_at_limit)
    )


def timers(petition: Petition, warned_at: datetime) -> dict[str, datetime]:
    """Return the timers that may still do something with it, by name; one that is not here is
    stale.
    """
    if petition.waits_for_office:
        stamp = int(petition.due.timestamp())
        return {
            f"petition.due_soon/{stamp}": warned_at,
            f"petition.overdue/{stamp}": petition.due,
        }
    if petition.closes_at and petition.status not in OVER:
        return {
            f"petition.close/{int(petition.closes_at.timestamp())}": petition.closes_at + ON_THE_WAY
        }
    return {}
