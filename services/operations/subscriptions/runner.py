"""The loop that sends forms; any number of processes may run it.

What a process does not live to say is attempted again, so a target may get a form twice, never less
than once as long as it takes one of the attempts.
"""

from collections.abc import Mapping
from contextlib import suppress
from datetime import date, datetime, timedelta
from functools import partial
from typing import Protocol

import msgspec
import structlog

from services.operations.delivery import Mail, Webhook
from services.operations.domain.facts import View
from services.operations.domain.statistics import Period
from services.operations.domain.subscriptions import (
    Attempt,
    Subscription,
    next_attempt,
    periods,
)
from services.operations.form_files import FILES, Statistics
from services.operations.subscriptions.rows import Subscriptions
from services.operations.turns import because
from shared.clock import Clock
from shared.errors import Unknown
from shared.papers.press import Busy, Press

LOOK_EVERY_S = 30.0
STILL_KNOWN = timedelta(days=62)  # whatever a process takes for now
PER_TURN = 20  # forms: the others have the next turn

_log = structlog.get_logger("subscriptions")


class Forms(Protocol):
    """What a form is worked out by: `form_lines.told` with what it needs."""

    async def __call__(self, unit: str, period: Period, view: View) -> Statistics:
        """Return a form.  Raises `Unknown`."""


class Sends(Protocol):
    """`services.operations.subscriptions.sending.Sending`."""

    async def send(
        self,
        target: Webhook | Mail,
        subscription: Subscription,
        form: Statistics,
        content: bytes,
        at: datetime,
    ) -> str:
        """Send it once; return what was wrong, nothing if the target has it."""


class Runner:
    """Sends what is due."""

    every_s = LOOK_EVERY_S

    def __init__(
        self,
        rows: Subscriptions,
        targets: Mapping[str, Webhook | Mail],
        forms: Forms,
        sends: Sends,
        press: Press,
        clock: Clock,
    ) -> None:
        self._rows, self._targets, self._forms = rows, targets, forms
        self._sends, self._press, self._clock = sends, press, clock

    async def turn(self) -> bool:
        """Send what is due now, the oldest period first; False: another process does.  Raises
        `Unknown`.
        """
        now = self._clock()
        if not await self._rows.takes(int(now.timestamp() / LOOK_EVERY_S)):
            return False
        ended = await self._rows.ended()
        open_ = [s for s in await self._rows.every() if s.id not in ended]
        wanted = [(s, period) for s in open_ for period in periods(s, now)]
        if not wanted:
            return True
        first = {s.id: period.last for s, period in reversed(wanted)}
        made = await self._rows.attempts({id_: last.isoformat() for id_, last in first.items()})
        doing = [
            (period.last, s, period, number)
            for s, period in wanted
            if isinstance(number := self._number(made[s.id], period.last, now), int)
        ]
        doing.sort(key=lambda each: (each[0], each[1].id))
        for _, subscription, period, number in doing[:PER_TURN]:
            with suppress(Unknown):  # nobody knows what came of it: it is made again
                await self._attempt(subscription, period, number)
                forgotten = first[subscription.id] - STILL_KNOWN
                await self._rows.forget_before(subscription.id, forgotten.isoformat())
        return True

    @staticmethod
    def _number(made: list[Attempt], last: date, now: datetime) -> int | str:
        own = [a for a in made if a.period == last.isoformat()]
        return next_attempt(own, int(now.timestamp() * 1_000))

    async def _attempt(self, subscription: Subscription, period: Period, number: int) -> None:
        at = self._clock()
        attempt = Attempt(
            period=period.last.isoformat(),
            number=number,
            at_ms=int(at.timestamp() * 1_000),
            finding="begun",
        )
        if not await self._rows.begin(subscription.id, attempt):
            return
        try:
            problem = await self._send(subscription, period, at)
        except (Unknown, Busy) as doubt:  # no form by now: tried again as if nobody had taken it
            problem = because(doubt)
        except Exception as error:  # the other subscriptions have nothing to do with it
            _log.exception("no form", id=subscription.id)
            problem = because(error)
        if problem:
            _log.warning("a form was not sent", id=subscription.id, because=problem)
        finding = "failed" if problem else "sent"
        done = msgspec.structs.replace(attempt, finding=finding, problem=problem)
        await self._rows.done(subscription.id, done)

    async def _send(self, subscription: Subscription, period: Period, at: datetime) -> str:
        target = self._targets.get(subscription.target)
        if target is None:
            return f"the secrets file has no {subscription.target} in reports any more"
        form = await self._forms(subscription.unit, period, subscription.view)
        content = await self._press.draw(partial(_drawn, form, subscription))
        return await self._sends.send(target, subscription, form, content, at)


def _drawn(form: Statistics, subscription: Subscription) -> bytes:
    if subscription.kind == "json":
        return msgspec.json.encode(form)
    return FILES[subscription.kind][1](form)
