"""Whether anything may still come of an application, as far as intake knows."""

from services.intake.domain.dossier import Application
from shared.archived import Standing


def standing(state: Application) -> Standing:
    """Return how an application stands here: until its end routing will say more of it.

    Of a parent nobody else can say that it is at its end.
    """
    if state.family:
        return "over" if state.family.outcome else "moving"
    is_asked = bool(state.withdrawing or state.correcting)  # the answer is on its way
    return "over" if state.end and not is_asked else "moving"
