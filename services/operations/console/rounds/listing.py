"""All rounds as a page.  Pure."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from services.operations.console.rounds.labels import STATUSES
from services.operations.console.rounds.offers import about, in_words
from services.operations.console.spoken import grouped, moment
from services.operations.domain.actions import Action
from services.operations.domain.citizen.words import Words
from services.operations.domain.rounds import Status
from services.operations.rounds.views import RoundView

TONES: Mapping[Status, str] = {
    "ready": "calm",
    "waiting_for_check": "paused",
    "running": "running",
    "paused": "paused",
    "checking": "running",
    "done": "sent",
    "aborted": "failed",
    "rejected": "failed",
    "expired": "failed",
}


class Row(NamedTuple):
    """A round in the list."""

    id: str
    does: Words
    about: Words
    status: Words
    tone: str
    by: str
    at: Words
    reason: str
    items: Words


def rows(rounds: Iterable[RoundView], table: Mapping[str, Action]) -> list[Row]:
    """Return rounds as a list has them."""
    return [
        Row(
            id=one.id,
            does=in_words(table[one.action].does),
            about=about(one.stage, one.cause),
            status=STATUSES[one.status],
            tone=TONES[one.status],
            by=one.by,
            at=moment(one.at),
            reason=one.reason,
            items=grouped(one.items),
        )
        for one in rounds
    ]
