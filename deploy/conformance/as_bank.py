"""The bank is played: payment's edge is called in the partner's own protocol."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import count
from typing import NamedTuple

from deploy.conformance.answers import ANSWERS, fits
from deploy.conformance.bank_scripts import Says, Stands, Step, script
from deploy.conformance.cases import Exchange, Name
from deploy.conformance.portal import Opened, Orders, Standing
from deploy.conformance.strangers import another_key, another_merchant
from deploy.conformance.voices import News
from deploy.conformance.voices.families import VOICES
from deploy.conformance.wire import Shown, Wire
from services.payment.domain.luhn import check_digit
from services.payment.gateways import JSON, Call, Partner, Sending
from services.payment.gateways.families import FAMILIES
from shared.clock import Clock

OFF_VND = 1_000
OLD, DAY = timedelta(hours=1), timedelta(days=1)
NEVER_OURS = "9999"  # the day in a reference that no application has
UNPAID, PAID = b'"status": 1', b'"status": 0'
PLACES = 10_000  # numbers of transactions in a second


class Around(NamedTuple):
    """What a run stands on.  `calm_s`: how long it is watched that nothing happens."""

    wire: Wire
    orders: Orders
    clock: Clock
    calm_s: float


class AsBank:
    """Plays a partner before payment's edge at an address."""

    def __init__(self, row: Partner, edge: str, around: Around, shown: Shown) -> None:
        self._row, self._around, self._shown = row, around, shown
        self._url = f"{edge}/v1/callbacks/{row.name}"
        self._method = FAMILIES[row.family](row).method
        self._numbers = count(int(around.clock().timestamp()) * PLACES)

    async def play(self, case: Name) -> list[Exchange]:
        """Play a case; return what was said, and what came of it.  Raises `Misconfigured`."""
        wanted = script(case, self._row.family)
        opened = [await self._around.orders.open() for _ in wanted.ends]
        numbers = [next(self._numbers) for _ in opened]
        said: list[Call] = [Call() for _ in opened]
        seen: list[Exchange] = []
        for step in wanted.steps:
            order, place = opened[step.order], step.order
            if step.after:
                seen.append(await self._stands(order, step.after))
            said[place] = self._call(step.says, order, numbers[place], said[place])
            seen.append(await self._tell(step, said[place]))
        for order, end in zip(opened, wanted.ends, strict=True):
            seen.append(await self._stands(order, end, calm_s=self._around.calm_s))
        return seen

    async def _tell(self, step: Step, call: Call) -> Exchange:
        sending, wire = self._sending(call), self._around.wire
        does = step.says if step.manner == "whole" else f"{step.says}, {step.manner}"
        told = self._shown.sent(sending)
        if step.manner == "cut":
            await wire.cut(sending)
            return Exchange(does, told, "the answer is not waited for", "cut off", True)
        heard = await (wire.slowly if step.manner == "slowly" else wire.whole)(sending)
        words = [ANSWERS[self._row.family][means] for means in step.means]
        expected = " or ".join(dict.fromkeys(f"{word}" for word in words))
        is_right = heard.answer is not None and any(fits(word, heard.answer) for word in words)
        return Exchange(does, told, expected, self._shown.heard(heard), is_right)

    async def _stands(self, order: Opened, wanted: Stands, calm_s: float = 0.0) -> Exchange:
        """Look how an order's payments stand, and after a while whether they still do."""

        def is_so(stands: Standing) -> bool:
            return stands.status == wanted and (wanted == "open" or not stands.to_refund_vnd)

        stands = await self._around.orders.wait(order.application, is_so)
        if calm_s:
            await asyncio.sleep(calm_s)
            stands = await self._around.orders.standing(order.application)
        expected = "settled, nothing to give back" if wanted == "settled" else "open: not settled"
        looked = f"GET /v1/payments/{order.application}"
        return Exchange("how it stands", looked, expected, stands.word, is_so(stands))

    def _call(self, says: Says, order: Opened, number: int, before: Call) -> Call:
        """Return news in the partner's words; `before` is what was last said of this order."""
        if says == "the same bytes":
            return before
        if says == "its status changed":
            return before._replace(body=before.body.replace(UNPAID, PAID))
        row, at = self._row, self._around.clock()
        news = News(order.reference, order.amount_vnd, number, at, says != "not paid")
        if says == "paid a day ago":
            news = news._replace(at=at - DAY)
        if says == "another amount":
            news = news._replace(amount_vnd=order.amount_vnd + OFF_VND)
        if says == "an unknown order":
            news = news._replace(reference=unknown_reference(number))
        if says == "another key":
            row = another_key(row)
        if says == "another merchant":
            row = another_merchant(row)
        return _said(row, news, at - OLD if says == "an old signature" else at)

    def _sending(self, call: Call) -> Sending:
        query = f"?{call.query.decode()}" if call.query else ""
        headers = tuple((name.decode(), value.decode()) for name, value in call.headers)
        kind = () if self._method == "GET" else _kind(call.body)
        return Sending(f"{self._url}{query}", call.body, self._method, (*kind, *headers))


def unknown_reference(number: int) -> str:
    """Return a reference in the right form, of no order."""
    digits = f"{NEVER_OURS}{number % 10**10:010d}"
    return f"DVC{digits}{check_digit(digits)}"


def _said(row: Partner, news: News, at: datetime) -> Call:
    voice = VOICES[row.family](row)
    return voice.signed(voice.text(news), at)


def _kind(body: bytes) -> Sequence[tuple[str, str]]:
    return (("content-type", "application/xml"),) if body.startswith(b"<") else JSON
