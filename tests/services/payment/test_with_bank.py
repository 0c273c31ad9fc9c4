"""Payment and the sandbox bank, which shares no code with it: both ends of VNPAY agree."""

import asyncio
from datetime import timedelta

import httpx
import msgspec
import pytest

from deploy.sandbox.bank.bank import HEARD, Bank, Merchant, word
from deploy.sandbox.bank.books import Books
from deploy.sandbox.bank.http import create_app
from deploy.sandbox.posts import Posts
from services.payment.effects import Query
from services.payment.gateways import Answer, Refund
from services.payment.references import reference
from services.payment.refunding import AskBack, GiveBack
from shared.effects import Request
from shared.events import CONTRACTS
from shared.events.kernel import TimerFired
from shared.events.payment import (
    Mismatched,
    Overpaid,
    QueryRequested,
    ReceiptInvalidated,
    ReceiptIssued,
    Requested,
    Settled,
)
from shared.events.refunds import RefundDone, RefundQueryRequested, RefundRequested
from shared.events.routing import Closed

KEPT = (Settled, Overpaid, Mismatched)


class Both:
    """The counter, and the bank before it; `events` are all that was decided."""

    def __init__(self, counter, a):
        self.counter, self.a, self.events = counter, a, []
        posts = Posts(counter.http, "http://edge/v1/callbacks/vnpay", 0.02, word, HEARD)
        key = counter.partner.incoming[0]
        merchant = Merchant(counter.partner.merchant, key.secret)
        self.bank = Bank(merchant, Books(lambda: a.now), posts)
        transport = httpx.ASGITransport(create_app(self.bank))
        self.http = httpx.AsyncClient(transport=transport, base_url="http://bank")

    async def pay(self, behaviour):
        shown = (await self.counter.http.get(f"/v1/payments/{self.a.application}")).json()
        link = shown["obligations"][0]["order"]["pay_url"]
        body = {"pay_url": link, "behaviour": behaviour}
        assert (await self.http.post("/sandbox/pay", json=body)).status_code == 202
        await self.rest()

    async def rest(self):
        """Decide what comes until the bank has been heard."""
        told = asyncio.create_task(self.bank.till.rest())
        while not told.done():
            self.keep(await self.counter.decide())
            await asyncio.sleep(0.001)
        self.keep(await self.counter.decide())

    def keep(self, decided):
        self.events += [msgspec.json.decode(e.data, type=CONTRACTS[e.type]) for e in decided]

    def of(self, *kinds):
        return [e for e in self.events if isinstance(e, kinds)]

    async def ask(self):
        """Let the timer fire, ask the bank, and take its answer in."""
        decision = await self.counter.journal.latest(self.a.application)
        self.keep(await self.counter.say(TimerFired(name=decision.timers[0].name, version=1)))
        asked = self.of(QueryRequested)[-1]
        effect = Query(self.counter.registry, self.http, lambda: self.a.now, limit_s=10.0)
        (answer,) = await effect.call([Request(None, asked)])
        self.keep(await self.counter.say(answer))
        return answer

    async def give_back(self):
        """Tell the bank of every refund that is asked for, and take its answers in."""
        for wanted in self.of(RefundRequested):
            effect = GiveBack(self.counter.registry, self.http, lambda: self.a.now, 10.0)
            (answer,) = await effect.call([Request(None, wanted)])
            self.keep(await self.counter.say(answer))
        for wanted in self.of(RefundQueryRequested):
            effect = AskBack(self.counter.registry, self.http, lambda: self.a.now, 10.0)
            (answer,) = await effect.call([Request(None, wanted)])
            self.keep(await self.counter.say(answer))

    async def check(self):
        """What the bank moved is what we have, each transaction once."""
        statement = (await self.http.get("/sandbox/statement")).json()["payments"]
        moved = sorted((p["reference"], p["transaction"], p["amount_vnd"]) for p in statement)
        kept = sorted((e.reference, e.transaction, e.amount_vnd) for e in self.of(*KEPT))
        assert moved == kept
        settled_vnd = sum(e.amount_vnd for e in self.of(Settled))
        assert settled_vnd == sum(r.amount_vnd for r in self.of(ReceiptIssued))


@pytest.fixture
async def both(ordered, a):
    made = Both(ordered, a)
    async with made.http:
        yield made
        await made.bank.till.posts.stop()


@pytest.mark.parametrize(
    ("behaviour", "kept", "answers"),
    [
        ("pay", {Settled: 1}, {"00": 1}),
        ("twice", {Settled: 1, Overpaid: 1}, None),
        ("wrong_amount_first", {Settled: 1, Mismatched: 1}, {"04": 10, "00": 1}),
        ("decline", {}, {"00": 1}),
        ("silent", {}, {}),
    ],
)
async def test_however_a_citizen_pays_the_books_agree(both, behaviour, kept, answers):
    await both.pay(behaviour)

    assert {kind: len(both.of(kind)) for kind in KEPT} == dict.fromkeys(KEPT, 0) | kept
    if answers is not None:
        assert both.bank.till.posts.answers == answers
    if behaviour != "silent":
        await both.check()


async def test_whoever_was_declined_pays_the_next_order(both):
    await both.pay("decline")
    await both.pay("pay")

    assert [r.attempt for r in both.of(Requested)] == [2]
    assert both.of(Settled)[0].reference == both.of(Requested)[0].reference
    await both.check()


async def test_what_was_paid_twice_goes_back_once(both):
    await both.pay("twice")
    await both.give_back()

    (done,) = both.of(RefundDone)
    (back,) = (await both.http.get("/sandbox/statement")).json()["refunds"]
    assert (back["of"], back["amount_vnd"]) == (done.transaction, done.amount_vnd)
    assert done.transaction == both.of(Overpaid)[0].transaction
    assert done.told == back["transaction"]
    await both.give_back()
    assert len((await both.http.get("/sandbox/statement")).json()["refunds"]) == 1
    seen = await both.counter.http.get(f"/v1/payments/{both.a.application}")
    assert (seen.json()["status"], seen.json()["to_refund_vnd"]) == ("settled", 0)


async def test_the_fee_of_what_was_withdrawn_goes_back_and_its_receipt_counts_no_longer(both):
    await both.pay("pay")
    both.keep(await both.counter.bring(Closed(national_code=7, reason="r")))
    await both.give_back()

    assert [d.amount_vnd for d in both.of(RefundDone)] == [both.a.amount_vnd]
    assert len(both.of(ReceiptInvalidated)) == len(both.of(ReceiptIssued)) == 1


async def test_a_bank_that_takes_its_time_is_asked_and_not_told_again(both):
    both.bank.refund_after_s = 60.0
    await both.pay("twice")
    await both.give_back()
    assert both.of(RefundDone) == []
    decision = await both.counter.journal.latest(both.a.application)
    (refund,) = decision.state.refunds
    assert refund.status == "unknown"

    both.keep(await both.counter.say(TimerFired(name=refund.timer, version=1)))
    both.a.now += timedelta(seconds=61)
    try:
        both.events = both.of(RefundQueryRequested)
        await both.give_back()
    finally:
        both.a.now -= timedelta(seconds=61)

    assert len(both.of(RefundDone)) == 1
    assert len((await both.http.get("/sandbox/statement")).json()["refunds"]) == 1


async def test_a_silent_bank_is_asked_and_tells(both):
    await both.pay("silent")

    assert (await both.ask()).finding == "paid"
    assert len(both.of(Settled)) == 1
    await both.check()


async def test_an_order_nobody_has_seen_is_not_found(both):
    assert (await both.ask()).finding == "not_found"


async def test_money_goes_back_and_querydr_says_when_it_is_there(both, a):
    await both.pay("pay")
    [paid] = both.of(Settled)
    gateway = both.counter.registry["vnpay"]
    refund = Refund(
        key="a/refund/1",
        reference=paid.reference,
        transaction=paid.transaction,
        amount_vnd=a.amount_vnd,
        paid_vnd=a.amount_vnd,
        opened_at=a.now,
        reason="withdrawn",
        by="Kế toán",
        asked_at=a.now,
    )

    async def sent(sending):
        answer = await both.http.post(sending.url, content=sending.body)
        return Answer(answer.status_code, answer.content)

    def asked(key):
        return sent(gateway.query_refund(key, refund, a.now))

    before = gateway.read_refund_answer(await asked("q1"), refund, a.now)
    both.bank.refund_after_s = 60.0
    first = gateway.read_refunded(await sent(gateway.refund(refund, a.now)), refund, a.now)
    later = gateway.read_refund_answer(await asked("q2"), refund, a.now)
    both.bank.books.now = lambda: a.now + timedelta(minutes=2)
    last = gateway.read_refund_answer(await asked("q3"), refund, a.now)
    again = gateway.read_refunded(await sent(gateway.refund(refund, a.now)), refund, a.now)

    findings = [said.finding for said in (before, first, later, last, again)]
    assert findings == ["unknown", "pending", "pending", "done", "pending"]
    assert len(both.bank.books.refunds) == 1


async def test_money_before_its_order_is_heard_at_last(both, a):
    """The reference of the second attempt is paid before there is one."""
    second = reference(a.application, 2)
    body = {"reference": second, "amount_vnd": a.amount_vnd, "behaviour": "early"}
    assert (await both.http.post("/sandbox/pay", json=body)).status_code == 202
    decline = {"vnp_ResponseCode": "24", "vnp_TransactionStatus": "02", "vnp_TransactionNo": "0"}
    assert await both.counter.call(**decline) == "00"
    assert await both.counter.call(**decline) == "02", "it stands on the log already"
    await both.rest()

    assert both.bank.till.posts.answers["01"] >= 1
    assert len(both.of(Settled)) == 1
    await both.check()
