"""One attempt to tell an endpoint of an event: claimed, signed, called, and what follows on it.

An attempt is claimed before the call, so two processes do not both make it.  One of which nobody
knows what came of it, since its process ended, counts as failed: the event is told again, under
the same id.
"""

from collections.abc import Callable, Collection
from contextlib import suppress
from datetime import datetime, timedelta
from typing import NamedTuple

import structlog

from services.payment.webhooks import schedule
from services.payment.webhooks.calling import Answered, Calls
from services.payment.webhooks.deliveries import Attempt, Deliveries, Delivery
from services.payment.webhooks.endpoints import Endpoint, Endpoints, Sealing
from services.payment.webhooks.guard import Denied
from services.payment.webhooks.schedule import Finding
from shared import signing
from shared.clock import Clock
from shared.errors import Refused, Unknown
from shared.jwe import NotOpened

LOST_AFTER = timedelta(seconds=60)  # longer than any call of a living process
OVER: Collection[Finding] = ("done", "gone")  # nothing follows
CHANGES_LIMIT = 5  # tries to disable what somebody else changes at the same moment

_log = structlog.get_logger("webhooks")


class Told(NamedTuple):
    """For how long to tell this endpoint nothing; whether another process is at this attempt."""

    pause_s: int = 0
    is_theirs: bool = False


class Heard(NamedTuple):
    """What an endpoint said, what that means, and for how long it asks us to wait."""

    answered: Answered
    finding: Finding
    wait_s: int = 0


class Telling:
    """Makes attempts."""

    def __init__(
        self,
        endpoints: Endpoints,
        deliveries: Deliveries,
        sealing: Sealing,
        calls: Calls,
        clock: Clock,
        monotonic: Callable[[], float],
    ) -> None:
        self._endpoints, self._deliveries = endpoints, deliveries
        self._sealing, self._calls = sealing, calls
        self._clock, self._monotonic = clock, monotonic

    async def attempt(self, endpoint: Endpoint, one: Delivery) -> Told:
        """Make an attempt, unless somebody else has.  Raises `Unknown`: it is found again."""
        at = self._clock()
        claimed = await self._deliveries.claim(one, at)
        if claimed is None:
            began_s = self._monotonic()
            heard = await self._hear(endpoint, one, at)
            took_ms = round(1000 * (self._monotonic() - began_s))
            return await self._finish(endpoint, one, at, heard, took_ms)
        if known := await self._deliveries.outcome(one, claimed):
            await self._deliveries.finish(one, known)
            return Told()
        if at - claimed > LOST_AFTER:
            nothing = Answered(0, problem="the process that called has ended")
            return await self._finish(endpoint, one, claimed, Heard(nothing, "lost"), 0)
        return Told(is_theirs=True)

    async def _hear(self, endpoint: Endpoint, one: Delivery, at: datetime) -> Heard:
        """Call, and read what is answered: whatever it is, it ends nothing but this attempt."""
        try:
            answered, found = await self._call(endpoint, one, at)
            is_over = found in OVER
            wait_s = 0 if is_over else schedule.retry_after_s(answered.retry_after, self._clock())
        except Exception as error:
            _log.exception("an answer could not be read", id=endpoint.id, of=one.event)
            nothing = Answered(0, problem=f"the answer could not be read: {type(error).__name__}")
            return Heard(nothing, "failed")
        return Heard(answered, found, wait_s)

    async def _call(
        self, endpoint: Endpoint, one: Delivery, at: datetime
    ) -> tuple[Answered, Finding]:
        body = one.body.encode()
        try:
            secrets = [self._sealing.open(endpoint.id, s) for s in endpoint.signing(at)]
            headers = signing.headers(one.event, int(at.timestamp()), body, secrets)
            answered = await self._calls.post(endpoint.url, headers, body)
        except Denied as denied:
            return Answered(0, problem=str(denied)), "refused"
        except NotOpened:  # the master key was changed
            return Answered(0, problem="its secret cannot be opened: rotate it"), "refused"
        return answered, schedule.finding(answered.status)

    async def _finish(
        self,
        endpoint: Endpoint,
        one: Delivery,
        began: datetime,
        heard: Heard,
        took_ms: int,
    ) -> Told:
        answered, found, wait_s = heard
        is_over = found in OVER
        pause_s = schedule.pause_s(found, wait_s)
        following = None if is_over else schedule.next_attempt(one.key, one.attempt, began, pause_s)
        attempt = Attempt(
            event=one.event,
            type=one.type,
            number=one.attempt + 1,
            at=began,
            finding=found,
            status=answered.status,
            took_ms=took_ms,
            problem=answered.problem,
            next_at=following,
        )
        if found == "gone":
            await self._disable(endpoint, "gone")
        elif not is_over and following is None:
            await self._disable(endpoint, "exhausted")
        await self._deliveries.finish(one, attempt)
        return Told(pause_s)

    async def _disable(self, endpoint: Endpoint, reason: str) -> None:
        """Tell an endpoint nothing more, until its owner says so.  Raises `Unknown`."""
        for _ in range(CHANGES_LIMIT):
            now = await self._endpoints.one(endpoint.partner, endpoint.id)
            if now is None or now.standing != "active":
                return
            with suppress(Refused):
                disabled = now.next(self._clock(), standing="disabled", reason=reason)
                await self._endpoints.put(disabled)
                _log.warning("an endpoint is disabled", id=endpoint.id, because=reason)
                return
        raise Unknown(f"endpoint {endpoint.id} changes all the time")
