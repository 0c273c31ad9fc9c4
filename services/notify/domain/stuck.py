"""Which notices nobody moves any more: created and not sent, or never answered for."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from services.notify.domain.moves import Dossier, Notice, Status

_DAY_S = 86_400.0

# After how long at rest there something is wrong, and what a person does about it.
STUCK: Mapping[Status, tuple[float, str]] = {
    "requested": (900.0, "no call was answered for: look at notify's effects and their lag"),
    "asking": (900.0, "no question was answered for: look at notify's effects and their lag"),
    "waiting": (_DAY_S, "its timer did not come: look at notify's timers"),
    "in_doubt": (_DAY_S, "its timer did not come: look at notify's timers"),
    "held": (_DAY_S, "its timer did not come: look at notify's timers"),
    "awaiting": (_DAY_S, "its registration did not come: look at intake"),
}
RECEIPT_MISSING = "no receipt came in its time: ask the provider; it is not sent again"


def stuck(dossier: Dossier, at: datetime) -> Iterator[tuple[str, Notice, str]]:
    """Return the notices that a person should look at: slot, notice, what to do."""
    for slot, notice in dossier.notices.items():
        limit_s, remedy = STUCK.get(notice.status, (0.0, ""))
        if remedy and (at - notice.since).total_seconds() > limit_s:
            yield slot, notice, remedy
        elif notice.status == "sent" and notice.reason:
            yield slot, notice, RECEIPT_MISSING
