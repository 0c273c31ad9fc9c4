"""Whether anything may still come of an application, as far as intake knows."""

from collections.abc import Mapping

from services.intake.domain.dossier import Application, Status
from shared.archived import Standing

# whether what was registered or taken back is at its end is routing's to say
STANDING: Mapping[Status, Standing] = {
    "registered": "resting",
    "withdrawn": "resting",
    "refused": "over",
}


def standing(state: Application) -> Standing:
    """Return how an application stands here; of a parent nobody else can say it."""
    if state.family:
        return "over" if state.family.outcome else "moving"
    return STANDING[state.status]
