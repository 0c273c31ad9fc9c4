"""Payment and the sandbox wallet, which shares no code with it: both ends of a protocol agree."""

from datetime import UTC, datetime, timedelta

import httpx
import pytest

from deploy.sandbox.wallets.books import Books, Merchant
from deploy.sandbox.wallets.http import create_app
from deploy.sandbox.wallets.wallet import Wallet, posts
from services.payment.gateways import Answer, Call, Declined, Order, Payer, Refund, Refused
from tests.services.payment.gateways.wallet_vectors import (
    MOMO_KEYS,
    ZALOPAY_KEYS,
    momo,
    zalopay,
)

MIDNIGHT = datetime(2026, 11, 2, 17, 0, tzinfo=UTC)  # in Vietnam
MERCHANTS = {
    "momo": Merchant(
        *("momo", "momo", MOMO_KEYS["partnerCode"]),
        *(MOMO_KEYS["secretKey"], MOMO_KEYS["secretKey"], MOMO_KEYS["accessKey"]),
    ),
    "zalopay": Merchant(
        *("zalopay", "zalopay", str(ZALOPAY_KEYS["app_id"])),
        *(ZALOPAY_KEYS["key1"], ZALOPAY_KEYS["key2"]),
    ),
}
WORDS = {"momo": {"503": 1, "204": 1}, "zalopay": {"0": 1, "1": 1}}
GATEWAYS = {"momo": momo, "zalopay": zalopay}


class Both:
    """A gateway, and the wallet before it; `notices` are what it was told."""

    def __init__(self, form):
        self.form, self.gateway = form, GATEWAYS[form](base_url="http://wallet")
        self.now, self.notices, self.verdicts = MIDNIGHT, [], ["call_again", "recorded"]
        edge = httpx.AsyncClient(transport=httpx.MockTransport(self.called))
        self.wallet = Wallet(
            list(MERCHANTS.values()), Books(lambda: self.now), posts(edge, 0.0), 60.0
        )
        self.http = httpx.AsyncClient(
            transport=httpx.ASGITransport(create_app(self.wallet)), base_url="http://wallet"
        )
        self.order = self.an_order("DVC261102000000014")

    def an_order(self, reference):
        return Order(reference, 16_000, self.now, self.now + timedelta(hours=1))

    def called(self, request):
        call = Call(body=request.content)
        [notice] = self.gateway.read_callback(call, self.now)
        self.notices.append(notice)
        verdict = self.verdicts.pop(0) if len(self.verdicts) > 1 else self.verdicts[0]
        reply = self.gateway.answer(verdict, call, self.now)
        return httpx.Response(reply.status, content=reply.body)

    async def send(self, sending):
        answer = await self.http.post(sending.url, content=sending.body)
        assert answer.status_code == 200
        return Answer(answer.status_code, answer.content)

    async def create(self, order):
        sending = self.gateway.create(f"{order.reference}/create", order, Payer(""), self.now)
        return self.gateway.read_created(await self.send(sending), order, self.now)

    async def pay(self, text, behaviour):
        body = {"pay_url": text, "behaviour": behaviour}
        assert (await self.http.post("/sandbox/pay", json=body)).status_code == 202
        await self.wallet.rest()

    async def ask(self, key="q"):
        sending = self.gateway.query(key, self.order, self.now)
        return self.gateway.read_answer(await self.send(sending), self.order, self.now)

    async def refund(self, refund):
        sending = self.gateway.refund(refund, self.now)
        return self.gateway.read_refunded(await self.send(sending), refund, self.now)

    async def ask_refund(self, refund, key="rq"):
        sending = self.gateway.query_refund(key, refund, self.now)
        return self.gateway.read_refund_answer(await self.send(sending), refund, self.now)


@pytest.fixture(params=["momo", "zalopay"])
async def both(request):
    made = Both(request.param)
    async with made.http:
        yield made
        await made.wallet.stop()


@pytest.mark.parametrize("shown", ["pay_url", "qr"])
async def test_an_order_is_made_paid_and_told_of_until_we_have_heard(both, shown):
    offer = await both.create(both.order)
    await both.pay(getattr(offer, shown), "pay")

    [movement] = both.wallet.books.movements
    told = [(n.finding, n.reference, n.transaction, n.amount_vnd) for n in both.notices]
    assert told == [("paid", both.order.reference, movement.transaction, 16_000)] * 2
    said = both.wallet.statement()
    assert said["answers"] == WORDS[both.form]
    assert said["given_up"] == 0


@pytest.mark.parametrize(
    ("behaviour", "finding"),
    [("silent", "paid"), ("decline", "failed"), ("wrong_amount_first", "paid")],
)
async def test_a_question_is_answered_as_it_was_paid(both, behaviour, finding):
    both.verdicts = ["recorded"]
    await both.pay((await both.create(both.order)).pay_url, behaviour)

    said = await both.ask()

    assert said.finding == finding
    assert said.amount_vnd == (16_000 if finding == "paid" else 0)
    amounts_vnd = {"wrong_amount_first": [17_000, 16_000]}.get(behaviour, [])
    assert [n.amount_vnd for n in both.notices if n.finding == "paid"] == amounts_vnd


async def test_an_order_that_nobody_paid_or_knows(both):
    assert (await both.ask("q1")).finding == "not_found"
    await both.create(both.order)
    assert (await both.ask("q2")).finding == "pending"
    both.now += timedelta(hours=2)
    assert (await both.ask("q3")).finding == "failed"


async def test_an_order_sent_again_makes_no_other(both):
    first = await both.create(both.order)
    if both.gateway.partner.ids.get("app_id"):
        with pytest.raises(Refused, match="-68"):
            await both.create(both.order)
    else:
        assert await both.create(both.order) == first
    await both.pay(first.pay_url, "pay")
    assert len(both.wallet.books.movements) == 1


async def test_yesterdays_order_is_turned_away_after_midnight_and_another_is_made():
    both = Both("zalopay")
    async with both.http:
        both.now -= timedelta(seconds=1)
        late = both.an_order("DVC261102000000022")
        both.now += timedelta(seconds=2)
        with pytest.raises(Declined):
            await both.create(late)
        assert (await both.create(both.an_order("DVC261102000000030"))).pay_url


async def test_money_goes_back_by_parts_and_never_more_than_came(both):
    both.verdicts = ["recorded"]
    await both.pay((await both.create(both.order)).pay_url, "pay")
    [notice] = both.notices
    whole = Refund(
        key="a/refund/1",
        reference=both.order.reference,
        transaction=notice.transaction,
        amount_vnd=10_000,
        paid_vnd=16_000,
        opened_at=both.order.opened_at,
        reason="",
        by="",
        asked_at=both.now,
    )
    one, two, three = (
        whole._replace(key=f"a/refund/{i}", amount_vnd=vnd)
        for i, vnd in enumerate((10_000, 10_000, 6_000))
    )

    assert (await both.ask_refund(one, "q0")).finding == "unknown"
    first = await both.refund(one)
    assert first.finding in ("done", "pending")
    # MoMo's word for it is the same where it was given back before
    too_much = {"momo": "unknown", "zalopay": "failed"}
    assert (await both.refund(two)).finding == too_much[both.form]
    assert (await both.refund(three)).finding == first.finding
    both.now += timedelta(days=1)
    for i, refund in enumerate((one, three)):
        assert (await both.ask_refund(refund, f"q{i + 1}")).finding == "done"
    back = both.wallet.statement()["refunds"]
    assert [r["amount_vnd"] for r in back] == [10_000, 6_000]
    assert (await both.ask("q9")).finding == "paid", "the payment stands beside its refund"


async def test_the_browser_brings_back_what_is_shown(both):
    link = (await both.create(both.order)).pay_url
    both.verdicts = ["recorded"]
    back = await both.http.post("/sandbox/pay", data={"pay_url": link, "behaviour": "pay"})
    await both.wallet.rest()

    _, _, query = back.headers["location"].partition("?")
    assert both.gateway.read_return(query.encode(), both.now) == "paid"
    with pytest.raises(Refused):
        both.gateway.read_return(query.replace("16000", "16001").encode(), both.now)
