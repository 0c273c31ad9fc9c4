"""Orders that a wallet makes first, from the lane to the wallet and back."""

import asyncio

import httpx
import msgspec
import pytest

from deploy.sandbox.wallets.books import Books, Merchant
from deploy.sandbox.wallets.http import create_app
from deploy.sandbox.wallets.wallet import Wallet, posts
from services.payment.effects import Create, Query
from services.payment.gateways.families import FAMILIES
from services.payment.partners import Registry
from shared.effects import Request
from shared.events import CONTRACTS
from shared.events.kernel import TimerFired
from shared.events.payment import (
    CreateRequested,
    Mismatched,
    Overpaid,
    QueryRequested,
    Requested,
    Settled,
)
from tests.services.payment.counter import Counter
from tests.services.payment.gateways.wallet_vectors import MOMO_KEYS, ZALOPAY_KEYS, momo, zalopay
from tests.services.payment.office import PARTNER

KEPT = (Settled, Overpaid, Mismatched)
ROWS = {
    "momo": (momo().partner, MOMO_KEYS["partnerCode"], MOMO_KEYS["accessKey"]),
    "zalopay": (zalopay().partner, str(ZALOPAY_KEYS["app_id"]), ""),
}


class Both:
    """The counter, and the wallet before it; `events` are all that was decided."""

    def __init__(self, family, lane_table, a):
        row, code, access_key = ROWS[family]
        partner = msgspec.structs.replace(
            row,
            family=family,
            base_url="http://wallet",
            callback_url=f"http://edge/v1/callbacks/{PARTNER.name}",
        )
        rows, terms = a.rows(), Registry([partner], FAMILIES).terms
        self.counter = Counter(lane_table(rows=rows, partners=terms), rows, a, partner)
        self.a, self.events = a, []
        keys = row.outgoing[0].secret, row.incoming[0].secret
        merchant = Merchant(partner.name, family, code, *keys, access_key)
        self.wallet = Wallet([merchant], Books(lambda: a.now), posts(self.counter.http, 0.02), 0.0)
        transport = httpx.ASGITransport(create_app(self.wallet))
        self.http = httpx.AsyncClient(transport=transport, base_url="http://wallet")

    def keep(self, decided):
        self.events += [msgspec.json.decode(e.data, type=CONTRACTS[e.type]) for e in decided]

    def of(self, *kinds):
        return [e for e in self.events if isinstance(e, kinds)]

    async def call(self, effect, kind):
        """Make the last call that was asked for, and take its outcome in."""
        made = effect(self.counter.registry, self.http, lambda: self.a.now, 10.0)
        (outcome,) = await made.call([Request(None, self.of(kind)[-1])])
        self.keep(await self.counter.say(outcome))
        return outcome

    async def pay(self, behaviour):
        assert (await self.call(Create, CreateRequested)).finding == "created"
        shown = (await self.counter.http.get(f"/v1/payments/{self.a.application}")).json()
        body = {"pay_url": shown["obligations"][0]["order"]["pay_url"], "behaviour": behaviour}
        assert (await self.http.post("/sandbox/pay", json=body)).status_code == 202
        told = asyncio.create_task(self.wallet.rest())
        while not told.done():
            self.keep(await self.counter.decide())
            await asyncio.sleep(0.001)
        self.keep(await self.counter.decide())

    async def ask(self):
        """Let the timer of the first order fire, and ask."""
        self.keep(await self.counter.say(TimerFired(name=self.timer, version=1)))
        return await self.call(Query, QueryRequested)

    def check(self):
        """What the wallet moved is what we have, each transaction once."""
        moved = sorted((m.transaction, m.amount_vnd) for m in self.wallet.books.movements)
        assert moved == sorted((e.transaction, e.amount_vnd) for e in self.of(*KEPT))


@pytest.fixture(params=["momo", "zalopay"])
async def both(request, lane_table, a):
    made = Both(request.param, lane_table, a)
    async with made.counter.http, made.http:
        made.keep(await made.counter.bring(a.routed()))
        made.timer = (await made.counter.journal.latest(a.application)).timers[0].name
        yield made
        await made.wallet.stop()


@pytest.mark.parametrize(
    ("behaviour", "kept"),
    [
        ("pay", {Settled: 1}),
        ("twice", {Settled: 1, Overpaid: 1}),
        ("wrong_amount_first", {Settled: 1, Mismatched: 1}),
    ],
)
async def test_however_a_citizen_pays_the_books_agree(both, behaviour, kept):
    await both.pay(behaviour)

    assert {kind: len(both.of(kind)) for kind in KEPT} == dict.fromkeys(KEPT, 0) | kept
    both.check()


@pytest.mark.parametrize("behaviour", ["silent", "decline"])
async def test_who_stays_silent_is_asked(both, behaviour):
    await both.pay(behaviour)
    if behaviour == "silent" or both.counter.partner.family == "zalopay":
        assert both.of(*KEPT) == []
        assert (await both.ask()).finding == ("paid" if behaviour == "silent" else "failed")
    if behaviour == "decline":
        assert [r.attempt for r in both.of(Requested)][-1] == 2, "another order is opened"
        await both.pay("pay")

    assert len(both.of(Settled)) == 1
    both.check()
