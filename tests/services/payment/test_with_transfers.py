"""Payment and the bank of transfers, which shares no code with it: both ends agree."""

import asyncio
import json

import httpx
import msgspec
import pytest

from deploy.sandbox.transfers.forms import Merchant
from deploy.sandbox.transfers.house import House, posts
from deploy.sandbox.transfers.http import create_app
from services.payment.effects import send
from services.payment.gateways import Account, Declined, Offer, Order, Payer, Said
from services.payment.references import reference
from shared.events import CONTRACTS
from shared.events.payment import Mismatched, Overpaid, Settled
from tests.services.payment.counter import Counter

ACCOUNT = Account(bank="970436", number="1234567890", name="KHO BAC THU NGHIEM")
API_KEY = "an-api-key-for-tests"
BANK, PAYER = "http://bank", Payer("203.0.113.10")
KEPT = (Settled, Overpaid, Mismatched)


class Both:
    """The counter of a partner of one family, and the bank; `events` are all that was decided."""

    def __init__(self, counter, a, form):
        self.counter, self.a, self.events = counter, a, []
        partner = counter.partner
        merchant = Merchant(
            name=partner.name,
            form=form,
            secret=partner.incoming[0].secret,
            bank=ACCOUNT.bank,
            account=ACCOUNT.number,
            callback_url="http://edge/v1/callbacks/vnpay",
            client_id=partner.merchant,
            api_key=API_KEY,
        )
        self.house = House([merchant], posts(counter.http, 0.02), lambda: a.now, 0.01)
        self.app = create_app(self.house)
        self.http = httpx.AsyncClient(
            transport=httpx.ASGITransport(self.app), base_url="http://bank"
        )
        self.gateway = counter.registry[partner.name]
        amount_vnd = a.amount_vnd
        self.order = Order(reference(a.application, 1), amount_vnd, a.now, a.now.replace(hour=23))

    async def offer(self):
        offered = self.gateway.create("", self.order, PAYER, self.a.now)
        if isinstance(offered, Offer):
            return offered
        return self.gateway.read_created(await send(self.http, offered), self.order, self.a.now)

    async def ask(self):
        asked = self.gateway.query("", self.order, self.a.now)
        return self.gateway.read_answer(await send(self.http, asked), self.order, self.a.now)

    async def transfer(self, behaviour, **by_hand):
        body = by_hand or {"qr": (await self.offer()).qr}
        answer = await self.http.post("/sandbox/transfer", json=body | {"behaviour": behaviour})
        assert answer.status_code == 202
        told = asyncio.create_task(self.house.posts.rest())
        while not told.done():
            self.keep(await self.counter.decide())
            await asyncio.sleep(0.001)
        self.keep(await self.counter.decide())
        assert self.house.posts.given_up == 0

    def keep(self, decided):
        self.events += [msgspec.json.decode(e.data, type=CONTRACTS[e.type]) for e in decided]

    def kinds(self):
        return [type(e) for e in self.events if isinstance(e, KEPT)]


@pytest.fixture(params=["payos", "casso", "sepay"])
async def both(request, lane_table, a):
    """An order of 16,000 VND is open."""
    rows, form = a.rows(), request.param
    ids = {"api_key": API_KEY}
    partner = a.partner(family=form, account=ACCOUNT, ids=ids, base_url=BANK)
    counter = Counter(lane_table(rows=rows), rows, a, partner)
    async with counter.http:
        await counter.bring(a.routed())
        yield Both(counter, a, form)


@pytest.mark.parametrize("behaviour", ["pay", "late", "mangled"])
async def test_a_transfer_settles_whatever_became_of_its_text(both, behaviour):
    await both.transfer(behaviour)

    assert both.kinds() == [Settled]
    assert both.counter.dead() == []


async def test_a_second_transfer_is_to_be_refunded_and_a_repeated_word_is_nothing(both):
    await both.transfer("twice")

    assert sorted(k.__name__ for k in both.kinds()) == ["Overpaid", "Settled"]


async def test_a_wrong_amount_is_kept_and_the_right_one_settles(both):
    await both.transfer("wrong_amount_first")

    assert sorted(k.__name__ for k in both.kinds()) == ["Mismatched", "Settled"]


async def test_money_without_a_reference_is_kept_for_a_person_unless_the_partner_knows(both):
    await both.transfer("textless")

    knows = both.gateway.partner.family == "payos"
    assert both.kinds() == ([Settled] if knows else [])
    assert len(both.counter.dead()) == (0 if knows else 1)


async def test_who_is_silent_is_asked_where_that_is_possible(both):
    await both.transfer("silent")

    assert both.kinds() == []
    if both.gateway.partner.family == "payos":
        [movement] = both.house.movements
        assert await both.ask() == Said("paid", movement.reference, 16_000, "PAID")
    else:
        assert both.gateway.query("", both.order, both.a.now) is None


async def test_a_transfer_by_hand_to_nobodys_order_is_taken_and_kept(both):
    await both.transfer("pay", partner="vnpay", amount_vnd=5_000, text="nop le phi")

    assert both.kinds() == []
    assert len(both.counter.dead()) == 1
    assert both.house.posts.answers == {"200": 1}


# ---- PayOS alone


PAYOS = pytest.mark.parametrize("both", ["payos"], indirect=True)


@PAYOS
async def test_an_order_stands_once_and_is_asked_after(both):
    assert await both.ask() == Said("not_found", code="101")

    offer = await both.offer()

    assert offer.pay_url.startswith("http://bank/web/")
    assert (await both.http.get(offer.pay_url)).status_code == 200
    assert await both.ask() == Said("pending", code="PENDING")
    again = both.gateway.create("", both.order, PAYER, both.a.now)
    assert (await both.http.post(again.url, content=again.body, headers=again.headers)).json()[
        "code"
    ] == "231"


@PAYOS
async def test_a_changed_request_makes_no_order(both):
    sending = both.gateway.create("", both.order, PAYER, both.a.now)
    changed = json.dumps(json.loads(sending.body) | {"amount": 1}).encode()

    answer = await send(both.http, sending._replace(body=changed))

    with pytest.raises(Declined, match="401"):
        both.gateway.read_created(answer, both.order, both.a.now)


@PAYOS
async def test_our_address_passes_their_trial(both):
    identity = dict(both.gateway.query("", both.order, both.a.now).headers)
    body = {"webhookUrl": "http://edge/v1/callbacks/vnpay"}

    answer = await both.http.post("/confirm-webhook", json=body, headers=identity)

    assert answer.json()["code"] == "00"
    assert both.counter.inbox() == both.counter.dead() == []
