"""An operator has a partner asked about an order now, whatever the schedule says."""

import msgspec

from services.payment.domain.draft import Draft
from services.payment.domain.state import Attempt
from shared.events.queries import Because, QueryAsked, QueryRefused


def asked(draft: Draft, wish: QueryAsked) -> None:
    """Ask, or say why not.  The schedule goes on as it was, and one question is under way."""
    attempt = draft.state.attempt(wish.reference)
    if because := _why_not(attempt):
        draft.events.append(QueryRefused(reference=wish.reference, by=wish.by, because=because))
        return
    assert attempt
    prompted = msgspec.structs.replace(attempt, prompted=attempt.asked + 1)
    draft.put(msgspec.structs.replace(prompted, query_key=draft.ask(prompted)))


def _why_not(attempt: Attempt | None) -> Because | None:
    if attempt is None:
        return "unknown_order"
    if not attempt.is_watched:
        return "over"
    if attempt.is_mute:
        return "unaskable"
    return "under_way" if attempt.query_key else None
