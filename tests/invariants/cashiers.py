"""Operators of payment: one asks for refunds, always for too much in the end, and for fees anew;
another agrees or not; and whoever is there gives back by hand what a partner cannot.  One partner
gives nothing back at first: what failed so is tried again by operators (`clerk.py`).
"""

import asyncio
from collections import Counter
from collections.abc import Coroutine
from contextlib import aclosing
from typing import Any

import httpx
import msgspec

from deploy.log.reading import follow
from shared.events import Event
from shared.events.payment import FeeAssessed, Settled
from shared.events.refunds import RefundFailed, RefundWaiting
from tests.invariants.paying import FIRST_OFFERED
from tests.invariants.taken import taken
from tests.invariants.town import Town, leaf

ASKED = 0.08  # of all that is settled
WHOLE = 0.5  # of those: the other half is asked for in part
TURNED_DOWN = 0.3  # of those that somebody else has to look at
ANEW = 0.06  # of all applications
COPIES = 4  # at most, of a fee that is assessed anew
LATEST_S = 4.0  # after the fee was assessed
PART = 2
UNABLE = FIRST_OFFERED.name  # to give back, so many times
FAILURES, FAILURES_OF_ONE = 4, 5  # of one refund: then a person gives it back


class Cashiers:
    """Two operators at payment's edge."""

    def __init__(self, town: Town) -> None:
        self._town = town
        self._seen: set[str] = set()
        self._failed: Counter[str] = Counter()  # refunds, how often

    async def work(self) -> None:
        """Act until cancelled; who cannot go on is told of in the end."""
        try:
            await self._follow()
        except Exception as error:
            self._town.failed.append(leaf(error))

    async def _follow(self) -> None:
        async with (
            self._town.client("payment", "operator") as one,
            self._town.client("checker", "operator:second", "payment") as other,
            self._town.client("bank", "operator") as bank,
            aclosing(follow(self._town.kafka_url, ("payment.events",))) as log,
            asyncio.TaskGroup() as group,
        ):
            await _let_refunds_be(bank, "refused")
            async for event in log:
                if event.id not in self._seen:
                    self._seen.add(event.id)
                    for act in self._acts(event, one, other):
                        group.create_task(act)
                    if event.type == RefundFailed.TYPE and self._failed.total() == FAILURES:
                        await _let_refunds_be(bank, "given")

    def _acts(
        self, event: Event, one: httpx.AsyncClient, other: httpx.AsyncClient
    ) -> list[Coroutine[Any, Any, Any]]:
        said = _said(event)
        if event.type == Settled.TYPE and self._drawn("refund", event) < ASKED:
            return [self._ask(one, event, said)]
        if event.type == FeeAssessed.TYPE and self._drawn("anew", event) < ANEW:
            return [self._assess_anew(one, event)]
        if event.type == RefundWaiting.TYPE and said["waits_for"] == "check":
            is_agreed = self._drawn("check", event) >= TURNED_DOWN
            return [self._look_at(other, said["refund"], "approve" if is_agreed else "reject")]
        if event.type == RefundFailed.TYPE:
            self._failed[said["refund"]] += 1
            if self._failed[said["refund"]] < FAILURES_OF_ONE:
                return []  # it is tried again
        if event.type in (RefundWaiting.TYPE, RefundFailed.TYPE):
            return [self._record(other, said["refund"])]  # the first may have asked for it
        return []

    def _drawn(self, what: str, event: Event) -> float:
        return self._town.drawn(what, event.subject)

    async def _ask(self, one: httpx.AsyncClient, event: Event, paid: dict[str, Any]) -> None:
        is_whole = self._drawn("whole", event) < WHOLE
        asked = {
            "application": event.subject,
            "partner": paid["partner"],
            "transaction": paid["transaction"],
            "amount_vnd": paid["amount_vnd"] // (1 if is_whole else PART),
            "reason": "paid for another person",
        }
        await self._post(one, "/v1/refunds", asked, f"refund-{paid['reference']}")
        more = asked | {"amount_vnd": paid["amount_vnd"], "reason": "asked for too much"}
        await self._post(one, "/v1/refunds", more, f"more-{paid['reference']}")

    async def _assess_anew(self, one: httpx.AsyncClient, event: Event) -> None:
        await asyncio.sleep(self._drawn("anew after", event) * LATEST_S)
        copies = 1 + int(self._drawn("copies", event) * COPIES)
        asked = {"reason": "counted again at the counter", "copies": copies}
        where = f"/v1/payments/{event.subject}/reassessments"
        await self._post(one, where, asked, "counted-again")

    async def _look_at(self, other: httpx.AsyncClient, refund: str, verb: str) -> None:
        await self._post(other, f"/v1/refunds/{refund}/{verb}", {"reason": "looked at it"})

    async def _record(self, other: httpx.AsyncClient, refund: str) -> None:
        told = {"transaction": f"BY-HAND-{refund[-12:]}", "reason": "order of the treasury"}
        await self._post(other, f"/v1/refunds/{refund}/done", told)

    async def _post(
        self, client: httpx.AsyncClient, where: str, asked: dict[str, Any], key: str = ""
    ) -> None:
        headers = {"idempotency-key": key} if key else {}
        await taken(lambda: client.post(where, json=asked, headers=headers), is_late=True)


async def _let_refunds_be(bank: httpx.AsyncClient, word: str) -> None:
    (await bank.post(f"/{UNABLE}/sandbox/refunds/{word}")).raise_for_status()


def _said(event: Event) -> dict[str, Any]:
    content: dict[str, Any] = msgspec.json.decode(event.data)
    return content
