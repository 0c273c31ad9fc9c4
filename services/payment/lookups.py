"""The payments of one application, for who may see them."""

from services.payment.domain.state import Payment
from shared.access import Caller
from shared.errors import DeadLetter
from shared.journal import Decision, Journal
from shared.placement import canonical
from shared.problems import Refusal


def application_id(application: str) -> str:
    """Return an application's id as keys have it.  Raises `Refusal` 422."""
    try:
        return canonical(application)
    except DeadLetter as error:
        raise Refusal(422, "not-an-id", "Send the application's id, a UUID.") from error


async def payments_of(
    application: str, journal: Journal[Payment], caller: Caller
) -> tuple[Decision[Payment], Payment]:
    """Return the latest decision on an application and its state.  Raises `Refusal` 404."""
    decision = await journal.latest(application)
    if decision is None or decision.state is None or not may_read(caller, decision.state):
        raise unknown()
    return decision, decision.state


def unknown() -> Refusal:
    """Return how it is said that nothing is known, or nothing may be."""
    return Refusal(404, "unknown-application", "Payment does not know it yet: ask again shortly.")


def may_read(caller: Caller, state: Payment) -> bool:
    """Another portal's application is as unknown as none; an old state does not say whose it is."""
    return caller.role != "portal" or state.portal in ("", caller.name)
