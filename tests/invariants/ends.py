"""How applications come to their end, and which of them operators have to bring there.

Some that were paid for stay with a unit that is at work on them, and nobody there does anything.
"""

from collections.abc import AsyncIterator, Callable, Mapping
from datetime import UTC, datetime

from deploy.sandbox.portal import Application
from shared.catalogue import Catalogue
from shared.events import Event
from shared.events.cancelling import Cancelled
from shared.events.intake import InterlinkedEnded, Refused
from shared.events.routing import Closed, NotAccepted, Processing, Returned

OVER = (Refused.TYPE, Returned.TYPE, NotAccepted.TYPE, Cancelled.TYPE, Closed.TYPE,
        InterlinkedEnded.TYPE)  # fmt: skip
LEFT = 0.3  # of all that are paid for before anybody accepts them
PAID_AT = "at_submission"


class Left:
    """Which applications officers leave as they are, the same ones for the same seed."""

    def __init__(
        self,
        catalogue: Catalogue,
        draw: Callable[[str, str], float],
        applications: Mapping[str, Application],
    ) -> None:
        self._catalogue, self._on = catalogue, datetime.now(UTC).date()
        self._draw, self._applications = draw, applications

    def __contains__(self, application: str) -> bool:
        found = self._applications.get(application)
        if found is None or self._draw("left", application) >= LEFT:
            return False
        procedure = self._catalogue.procedure(found.fields.procedure, self._on)
        return procedure is not None and procedure.payment_moment == PAID_AT

    async def out_of(self, log: AsyncIterator[Event]) -> AsyncIterator[Event]:
        """Yield what officers hear: not that they are at work on one of these."""
        async for event in log:
            if event.type != Processing.TYPE or event.subject not in self:
                yield event
