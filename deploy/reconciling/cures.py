"""What lanes are told of a break, in the words that a callback or an answer would bring.

Nothing is decided here.  The lane hears of money as if the partner had called now, so it counts at
most once, whoever tells it, however often; an id that is the same each time is dropped before.
"""

import msgspec

from services.payment.breaks import SOURCE, Standing
from services.payment.domain.state import Payment
from shared import events
from shared.events import Data, Event
from shared.events.payment import Notified, Unstated
from shared.journal import Decision

CODE = "statement"  # in the place of the partner's own word


def cure(standing: Standing, latest: Decision[Payment] | None) -> Event | None:
    """Return what to tell the lane of an open break, None if it is a person's."""
    opened = standing.opened
    data: Data
    if opened.cure in ("settle", "refund"):
        data = Notified(
            partner=opened.partner,
            reference=opened.reference,
            transaction=opened.transaction,
            amount_vnd=opened.amount_vnd,
            finding="paid",
            code=CODE,
        )
    elif opened.cure == "ask":
        data = Unstated(
            partner=opened.partner,
            reference=opened.reference,
            transaction=opened.transaction,
            amount_vnd=opened.amount_vnd,
            day=f"{opened.day}",
        )
    else:
        return None
    return Event(
        id=f"{standing.row_id}/told",
        source=SOURCE,
        type=data.TYPE,
        subject=opened.application,
        time=standing.opened_at,
        data=msgspec.Raw(events.encode(data)),
        traceparent=latest.traceparent if latest else "",
        causationid=latest.last_event if latest else "",
    )


def has_worked(standing: Standing, latest: Decision[Payment] | None) -> bool:
    """Tell whether the lane has taken in what it was told."""
    opened = standing.opened
    said = opened.partner, opened.reference, opened.transaction, opened.amount_vnd
    return bool(latest and latest.state and latest.state.has_money(*said))
