"""Until when partners' keys are valid, from the secrets file: of each direction the last counts."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from services.operations.domain.alarms import Sight

DIRECTIONS = ("outgoing", "incoming")


class Expiring(NamedTuple):
    """The keys of a partner in one direction; `until`: when the last of them ends."""

    partner: str
    direction: str
    until: datetime


def expiring(partners: Mapping[str, Any]) -> list[Expiring]:
    """Return whose keys end some day.  What is no key, payment refuses when it starts."""
    found = []
    for partner, keys in sorted(partners.items()):
        for direction in DIRECTIONS:
            ends = [_instant(key.get("valid_to")) for key in keys.get(direction) or ()]
            known = [end for end in ends if end]
            if ends and len(known) == len(ends):
                found.append(Expiring(partner, direction, max(known)))
    return found


def days_left(keys: Sequence[Expiring], now: datetime) -> list[Sight]:
    """Return in how many whole days each ends; 0: it has ended, or ends today."""
    return [
        Sight(
            rule="certificate_expiry",
            about=f"{key.partner}/{key.direction}",
            value=max(0, (key.until - now).days),
            partner=key.partner,
        )
        for key in keys
    ]


def _instant(text: str | None) -> datetime | None:
    try:
        at = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)
