"""Whether anything may still come of an application's notices."""

from collections.abc import Mapping

from services.notify.domain.moves import Dossier, Status
from services.notify.domain.petitions.states import OVER
from shared.archived import Standing

STANDING: Mapping[Status, Standing] = {
    "awaiting": "resting",  # a contact that has not come in all this time
    "held": "moving",
    "joined": "moving",
    "requested": "moving",
    "waiting": "moving",
    "in_doubt": "moving",
    "asking": "moving",
    "sent": "resting",  # a receipt may come, or never
    "delivered": "resting",
    "failed": "resting",
    "dropped": "resting",
}


def standing(state: Dossier) -> Standing:
    """Return how the notices stand; that the application is at its end is routing's to say.  Of a
    petition it is known here, and nowhere else.
    """
    if state.petition and state.petition.status not in OVER:
        return "moving"
    found = {STANDING[notice.status] for notice in state.notices.values()}
    if "moving" in found:
        return "moving"
    return "over" if state.petition else "resting"
