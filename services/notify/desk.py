"""What notify's edges share: whose an application is, and a refusal in both languages."""

from services.notify.domain import Dossier
from shared.access import Caller
from shared.errors import DeadLetter
from shared.events.data import Problem
from shared.journal import Decision, Journal
from shared.placement import canonical
from shared.problems import Refusal


async def known(journal: Journal[Dossier], application: str, caller: Caller) -> tuple[str, Dossier]:
    """Return an application's id and how it stands; that of another portal is as unknown as none.

    Raises `Refusal` 404, 422.
    """
    decision, dossier = await decided(journal, application, caller)
    return decision.application, dossier


async def decided(
    journal: Journal[Dossier], application: str, caller: Caller
) -> tuple[Decision[Dossier], Dossier]:
    """Return the same with the last decision, which knows what was handled."""
    try:
        id_ = canonical(application)
    except DeadLetter:
        raise Refusal(422, "invalid-id", "An application id is a UUID.") from None
    decision = await journal.latest(id_)
    dossier = decision.state if decision else None
    is_anothers = caller.role == "portal" and dossier and caller.name != dossier.portal
    if decision is None or dossier is None or is_anothers:
        raise Refusal(404, "unknown-application", "No application of yours has this id.")
    return decision, dossier


def refusal(status: int, code: str, field: str, vi: str, en: str) -> Refusal:
    """Return a refusal of one field, with its remedy."""
    return Refusal(status, code, en, (Problem(field=field, code=code, remedy_vi=vi, remedy_en=en),))
