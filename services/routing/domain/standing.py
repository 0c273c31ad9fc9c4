"""Whether anything may still come of a dossier."""

from services.routing.domain.dossier import Dossier
from shared.archived import Standing


def standing(state: Dossier) -> Standing:
    """Return how a dossier stands: from a terminal stage no move leads on."""
    return "over" if state.is_over else "moving"
