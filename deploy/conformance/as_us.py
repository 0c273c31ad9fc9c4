"""We are played: a bank is asked for orders, after them, and for money back, by our own rules."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from itertools import count
from typing import NamedTuple

from deploy.conformance.as_bank import OLD, PLACES, unknown_reference
from deploy.conformance.cases import Exchange, Name
from deploy.conformance.our_scripts import Ask, How, script
from deploy.conformance.paying import NotPaid, Payer
from deploy.conformance.portal import LOOK_EVERY_S
from deploy.conformance.scene import Scene, changed
from deploy.conformance.strangers import another_key, another_merchant
from deploy.conformance.wire import Heard, Shown, Wire
from services.payment.gateways import (
    Answer,
    Declined,
    Gateway,
    Offer,
    Order,
    Partner,
    Refund,
    Refused,
    Sending,
    Unsendable,
)
from services.payment.gateways import Payer as Browser
from services.payment.gateways.families import FAMILIES
from shared.clock import Clock

AMOUNT_VND = 20_000
LIFETIME = timedelta(hours=1)
CITIZEN = Browser("127.0.0.1")
REFUSED_FROM, MISTAKE_FROM = 400, 500  # statuses
PAYS = "a citizen pays"
CANNOT = "nothing: this protocol has no such request"

Reading = Callable[[Answer], str]


class Around(NamedTuple):
    """What a run stands on.  `patience_s`: how long a payment is waited for."""

    wire: Wire
    payer: Payer
    clock: Clock
    patience_s: float


class AsUs:
    """Plays us before a bank; the row says where it is."""

    def __init__(self, row: Partner, around: Around, shown: Shown) -> None:
        self._row, self._around, self._shown = row, around, shown
        self._gateway = FAMILIES[row.family](row)
        self._numbers = count(int(around.clock().timestamp()) * PLACES)

    async def play(self, case: Name) -> list[Exchange]:
        """Play a case; return what was asked, and what came of it.  Raises `Misconfigured`."""
        scene, seen = self._scene(), []
        for ask in script(case, self._row.family):
            if ask.does == "create another":
                scene = self._scene()
            seen.append(await self._done(ask, scene))
        return seen

    def _scene(self) -> Scene:
        number, at = next(self._numbers), self._around.clock()
        order = Order(unknown_reference(number), AMOUNT_VND, at, at + LIFETIME)
        return Scene(number, order)

    async def _done(self, ask: Ask, scene: Scene) -> Exchange:
        if ask.does == "pay":
            return await self._pay(scene)
        try:
            sending, reading = self._asked(ask, scene)
        except Unsendable as error:
            return Exchange(_how(ask), "nothing", "it can be sent", f"{error}", False)
        if sending is None:
            return Exchange(_how(ask), "nothing", CANNOT, "nothing", True)
        scene.last = sending
        told = self._shown.sent(sending)
        wire = self._around.wire
        if ask.manner == "cut":
            await wire.cut(sending)
            return Exchange(_how(ask), told, "the answer is not waited for", "cut off", True)
        heard = await (wire.slowly if ask.manner == "slowly" else wire.whole)(sending)
        word = _word(heard, reading)
        got = f"{word}\n{self._shown.heard(heard)}"
        return Exchange(_how(ask), told, " or ".join(ask.means), got, word in ask.means)

    def _asked(self, ask: Ask, scene: Scene) -> tuple[Sending | None, Reading]:
        """Return what is sent, and how its answer is read.  Raises `Unsendable`."""
        if ask.does == "query":
            return self._query(scene)
        if ask.does == "refund":
            return self._refund(ask.how, scene)
        if ask.does == "refund status":
            return self._refund_status(ask.how, scene)
        return self._create(ask.how, scene)

    # ---- an order

    def _create(self, how: How, scene: Scene) -> tuple[Sending, Reading]:
        speaking, at = self._speaking(how), self._around.clock()
        order = changed(scene.order, how, at)
        signed_at = at - OLD if how == "an old signature" else at
        made = speaking.create(order.reference, order, CITIZEN, signed_at)
        if isinstance(made, Offer):
            return Sending(made.pay_url, b"", "GET", ()), lambda a: _opened(scene, made, a)
        if how == "the same bytes" and scene.last:
            made = scene.last
        # who signs with another key still knows the bank's own
        reading = speaking if how == "another merchant" else self._gateway
        return made, lambda a: _offered(scene, reading.read_created(a, order, at))

    def _speaking(self, how: How) -> Gateway:
        if how == "another key":
            return FAMILIES[self._row.family](another_key(self._row))
        if how == "another merchant":
            return FAMILIES[self._row.family](another_merchant(self._row))
        return self._gateway

    def _query(self, scene: Scene) -> tuple[Sending | None, Reading]:
        at, order = self._around.clock(), scene.order

        def read(answer: Answer) -> str:
            said = self._gateway.read_answer(answer, order, at)
            if said.finding == "paid" and said.amount_vnd != order.amount_vnd:
                return f"paid, but {said.amount_vnd:,} đồng"
            scene.transaction = said.transaction
            return said.finding

        return self._gateway.query(f"Q{next(self._numbers)}", order, at), read

    async def _pay(self, scene: Scene) -> Exchange:
        """Have it paid; return when the bank says so, or patience is over."""
        asking, limit_s = Ask("query", ("paid",)), self._around.patience_s
        page = self._shown.text(scene.offer.pay_url or scene.offer.qr)
        try:
            await self._around.payer.pay(scene.offer)
            async with asyncio.timeout(limit_s):
                while True:
                    if (await self._done(asking, scene)).is_right:
                        return Exchange(PAYS, page, "paid", "paid", True)
                    await asyncio.sleep(LOOK_EVERY_S)
        except NotPaid as error:
            return Exchange(PAYS, page, "paid", f"{error}", False)
        except TimeoutError:
            return Exchange(PAYS, page, "paid", f"not paid within {limit_s:g} s", False)

    # ---- money back

    def _refund(self, how: How, scene: Scene) -> tuple[Sending | None, Reading]:
        at = self._around.clock()
        if how == "the same bytes":
            refund, sending = list(scene.given.values())[-1], scene.last
        else:
            refund = scene.refund(how, at)
            sending = self._speaking(how).refund(refund, at)

        def read(answer: Answer) -> str:
            said = self._gateway.read_refunded(answer, refund, at)
            scene.told = said.transaction or scene.told
            return said.finding

        return sending, read

    def _refund_status(self, how: How, scene: Scene) -> tuple[Sending | None, Reading]:
        at = self._around.clock()
        refund: Refund = scene.known(how, at)
        sending = self._gateway.query_refund(f"Q{next(self._numbers)}", refund, at)
        return sending, lambda a: self._gateway.read_refund_answer(a, refund, at).finding


def _offered(scene: Scene, offer: Offer) -> str:
    scene.offer = offer
    return "offer"


def _opened(scene: Scene, offer: Offer, answer: Answer) -> str:
    return _offered(scene, offer) if answer.status < REFUSED_FROM else "declined"


def _word(heard: Heard, read: Reading) -> str:
    """Return what came of it, as our client would take it."""
    if heard.answer is None:
        return "no answer"
    if heard.answer.status >= MISTAKE_FROM:
        return "a mistake of the bank's"
    try:
        return read(heard.answer)
    except Declined:
        return "declined"
    except Refused:
        return "refused"


def _how(ask: Ask) -> str:
    parts = (ask.does, ask.how, "" if ask.manner == "whole" else ask.manner)
    return ", ".join(filter(None, parts))
