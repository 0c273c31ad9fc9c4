"""Which notices nobody moves any more: created and not sent, never answered for, never received."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from services.notify.domain.moves import Dossier, Notice, Status
from services.notify.domain.slots import slot_of

_DAY_S = 86_400.0

# After how long at rest there is something wrong, and what a person does about it.
STUCK: Mapping[Status, tuple[float, str]] = {
    "requested": (900.0, "no call was answered for: look at notify's effects and their lag"),
    "asking": (900.0, "no question was answered for: look at notify's effects and their lag"),
    "waiting": (_DAY_S, "its timer did not come: look at notify's timers"),
    "in_doubt": (_DAY_S, "its timer did not come: look at notify's timers"),
    "held": (_DAY_S, "its timer did not come: look at notify's timers"),
    "awaiting": (_DAY_S, "its registration did not come: look at intake"),
}
RECEIPT_MISSING = "no receipt came in its time: ask the provider; it is not sent again"
IN_DOUBT = "its provider said that it came, then that it did not: ask it, or tell them otherwise"
NOT_REACHED = "by no way was the person reached: correct the contact, or tell them otherwise"
LOOKED_AT_S = 30 * _DAY_S  # who was not reached longer ago is nobody's work any more

# Whoever ends so was not reached; what is no longer so, or not wanted, is no such end.
NO_CONTACT = "no_contact"
NO_WAY = frozenset({NO_CONTACT, "no_provider"})


def stuck(dossier: Dossier, at: datetime) -> Iterator[tuple[str, Notice, str]]:
    """Return the notices that a person should look at: slot, notice, what to do."""
    lost = unreached(dossier)
    for slot, notice in dossier.notices.items():
        limit_s, remedy = STUCK.get(notice.status, (0.0, ""))
        since_s = (at - notice.since).total_seconds()
        if remedy and since_s > limit_s:
            yield slot, notice, remedy
        elif notice.status == "sent" and notice.reason:
            yield slot, notice, RECEIPT_MISSING
        elif notice.is_contradicted and since_s <= LOOKED_AT_S:
            yield slot, notice, IN_DOUBT
        elif notice.reason == NO_CONTACT:  # who leaves none looks into the portal
            continue
        elif slot_of(slot).milestone in lost and is_lost(notice) and since_s <= LOOKED_AT_S:
            yield slot, notice, NOT_REACHED


def is_lost(notice: Notice) -> bool:
    """Tell whether a notice ended without reaching anybody, although it was wanted."""
    return notice.status == "failed" or (notice.status == "dropped" and notice.reason in NO_WAY)


def unreached(dossier: Dossier) -> list[str]:
    """Return the milestones that did not reach the citizen by any way they agreed to.

    One of which its provider took that back counts as not reached.  They stand in the inbox of the
    portal: no message is sent by a way that nobody agreed to.
    """
    ends: dict[tuple[str, int], list[bool]] = {}
    for slot, notice in dossier.notices.items():
        milestone, _, way, occasion = slot_of(slot)
        if "@" not in way and not (notice.status == "dropped" and not is_lost(notice)):
            is_not_there = is_lost(notice) or notice.is_contradicted
            ends.setdefault((milestone, occasion), []).append(is_not_there)
    return list(dict.fromkeys(milestone for (milestone, _), lost in ends.items() if all(lost)))
