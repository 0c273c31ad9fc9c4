"""Which answers about how a citizen was served count, and until when."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Literal

from services.notify.domain.moves import Notice
from services.notify.domain.slots import slot_of
from shared.events.feedback import RATED_DAYS


def told_at(notices: Mapping[str, Notice], milestone: str) -> datetime | None:
    """Return when a milestone was told, by any way; None: it was not reached."""
    told = [
        (slot.occasion, n.since)
        for text, n in notices.items()
        if (slot := slot_of(text)).milestone == milestone and n.status != "dropped"
    ]
    last = max((occasion for occasion, _ in told), default=0)
    return min((since for occasion, since in told if occasion == last), default=None)


def in_the_way(
    notices: Mapping[str, Notice], milestone: str, given_at: datetime
) -> Literal["", "not_asked", "not_told", "too_late"]:
    """Return why an answer given then does not count; nothing, if it does."""
    if milestone not in RATED_DAYS:
        return "not_asked"
    told = told_at(notices, milestone)
    if told is None:
        return "not_told"
    return "too_late" if given_at > told + timedelta(days=RATED_DAYS[milestone]) else ""
