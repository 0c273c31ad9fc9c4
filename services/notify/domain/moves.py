"""What becomes of a notice: the legal moves as a table, and the state they lead through."""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal, NamedTuple

import msgspec

Status = Literal[
    "awaiting",  # the citizen's contact is not known yet
    "requested",  # handed to the effect, under the key of this attempt
    "waiting",  # the attempt definitely failed; a timer starts the next one
    "in_doubt",  # nobody knows what came of the attempt; a timer asks
    "asking",  # the gateway is being asked
    "sent",
    "delivered",
    "failed",
    "dropped",
]
Happening = Literal[
    "handed",
    "rejected",
    "absent",
    "deferred",
    "unknown",
    "delivered",
    "undelivered",
    "due",
    "stale",
]
OVER: frozenset[Status] = frozenset({"sent", "delivered", "failed", "dropped"})

# What a notice in the first status becomes when something happens; not listed: nothing changes.
# `due`: its live timer fired, or the contact came; `stale`: what it would tell is no longer so.
MOVES: Mapping[Status, Mapping[Happening, Status]] = {
    "awaiting": {"due": "requested", "stale": "dropped"},
    "requested": {
        "handed": "sent",
        "rejected": "failed",
        "absent": "waiting",
        "deferred": "waiting",
        "unknown": "in_doubt",
        "delivered": "delivered",
        "undelivered": "failed",
    },
    "waiting": {
        "handed": "sent",
        "delivered": "delivered",
        "undelivered": "failed",
        "due": "requested",
        "stale": "dropped",
    },
    "in_doubt": {
        "handed": "sent",
        "rejected": "failed",
        "absent": "waiting",
        "deferred": "waiting",
        "delivered": "delivered",
        "undelivered": "failed",
        "due": "asking",
    },
    "asking": {
        "handed": "sent",
        "rejected": "failed",
        "absent": "waiting",
        "deferred": "waiting",
        "unknown": "in_doubt",
        "delivered": "delivered",
        "undelivered": "failed",
    },
    "sent": {"delivered": "delivered", "undelivered": "failed"},
    "delivered": {},
    "failed": {"delivered": "delivered"},  # given up too early: the receipt knows better
    "dropped": {},
}

# What proves that the gateway had the notice.
HAD: frozenset[Happening] = frozenset({"handed", "delivered", "undelivered"})


class Policy(NamedTuple):
    """How long to wait before the next attempt, and before the next question; then we give up.

    A question must come later than any call can last, or the gateway may answer too early.  Of the
    milestones in `silent` nobody is told.
    """

    retry_after_s: tuple[float, ...] = (30, 120, 600, 3_600, 14_400)
    ask_after_s: tuple[float, ...] = (30, 120, 600, 3_600, 14_400)
    silent: frozenset[str] = frozenset()


class Notice(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """How far one notice has come; `stale` names the event that made a live one pointless.

    `words`: the version of the template that it was decided with, empty for the first.
    """

    status: Status
    since: datetime
    params: dict[str, str]
    attempt: int = 0
    asks: int = 0
    stale: str = ""
    reason: str = ""
    words: str = ""


class Dossier(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """What notify knows of an application; `notices` by "<milestone>/<channel>".

    `latest` is the last event type that matters here, by the service that said it.
    """

    portal: str = ""
    dossier_code: str = ""
    language: str = "vi"
    contact: str | None = None  # sealed; empty: the citizen left none
    latest: dict[str, str] = {}
    notices: dict[str, Notice] = {}


def live_timer(slot: str, notice: Notice) -> str | None:
    """Return the name of the one timer that may still move this notice."""
    if notice.status == "waiting":
        return f"notice.retry/{slot}/{notice.attempt}"
    if notice.status == "in_doubt":
        return f"notice.ask/{slot}/{notice.attempt}/{notice.asks}"
    return None
