"""Payment and the sandbox bank of ISO 20022, which shares no code with it: both ends agree."""

from datetime import timedelta
from typing import Any

import httpx
import msgspec
import pytest

from deploy.sandbox.iso_bank.bank import IsoBank, Merchant
from deploy.sandbox.iso_bank.http import create_app
from deploy.sandbox.posts import CALLS_LIMIT, Posts
from services.payment.effects import send
from services.payment.gateways import Call, Declined, Payer, Refund, Refused, Sending
from services.payment.gateways.disbursing import Disbursement, Payee
from services.payment.gateways.iso20022.gateway import Iso20022
from services.payment.iso20022.reports import STATEMENTS, Head, read_reports
from tests.services.payment.gateways.iso20022.iso20022_words import (
    ACCOUNT,
    NOW,
    ORDER,
    OURS,
    REFERENCE,
    ROW,
    THEIRS,
)


class Both:
    """Our gateway, and the bank before it; `heard` are the notices of all its messages."""

    def __init__(self) -> None:
        self.gateway, self.now = Iso20022(ROW), NOW
        self.verdicts: list[Any] = []  # how the next messages are answered; then "recorded"
        self.heard: list[Any] = []
        self.calls = 0
        client = httpx.AsyncClient(transport=httpx.MockTransport(self._called))
        posts = Posts(client, "http://edge/v1/callbacks/iso", 0.0)
        merchant = Merchant(ACCOUNT.number, OURS.secret, THEIRS.secret)
        self.bank = IsoBank(merchant, posts, lambda: self.now, late_s=0.0)
        transport = httpx.ASGITransport(create_app(self.bank))
        self.http = httpx.AsyncClient(transport=transport, base_url=ROW.base_url)

    def _called(self, request: httpx.Request) -> httpx.Response:
        call = Call(b"", request.headers.raw, request.content)
        self.calls += 1
        verdict = self.verdicts.pop(0) if self.verdicts else "recorded"
        if isinstance(verdict, Exception):
            raise verdict
        notices = self.gateway.read_callback(
            call._replace(headers=[(n.lower(), v) for n, v in call.headers]), self.now
        )
        reply = self.gateway.answer(verdict, call, self.now)
        if reply.status == 202:
            self.heard += notices
        return httpx.Response(reply.status, content=reply.body)

    async def send(self, sending: Any) -> Any:
        assert isinstance(sending, Sending)
        return await send(self.http, sending)

    async def ordered(self, key: str = "K-1") -> Any:
        sending = self.gateway.create(key, ORDER, Payer(""), self.now)
        return self.gateway.read_created(await self.send(sending), ORDER, self.now)

    async def pay(self, behaviour: str, **more: Any) -> list[str]:
        asked = {"reference": REFERENCE, "behaviour": behaviour, **more}
        answer = await self.http.post("/sandbox/pay", json=asked)
        assert answer.status_code == 202, answer.text
        await self.bank.posts.rest()
        return list(answer.json()["transactions"])

    async def asked(self) -> Any:
        answer = await self.send(self.gateway.query("q", ORDER, self.now))
        return self.gateway.read_answer(answer, ORDER, self.now)

    async def refund(self, transaction: str, amount_vnd: int, key: str = "RF-1") -> Any:
        due = Refund(key, REFERENCE, transaction, amount_vnd, 150_000, NOW, "withdrawn", "o", NOW)
        answer = await self.send(self.gateway.refund(due, self.now))
        told = self.gateway.read_refunded(answer, due, self.now)
        await self.bank.posts.rest()
        answer = await self.send(self.gateway.query_refund("q", due, self.now))
        return told, self.gateway.read_refund_answer(answer, due, self.now)

    async def pay_out(self, ending: str, amount_vnd: int = 500_000) -> list[Any]:
        """Pay an allowance out, and ask twice what became of it."""
        payee = Payee(name="TRAN THI THU NGHIEM", bank="970436", number=f"002010000{ending}")
        due = Disbursement("A.disbursement.1", amount_vnd, "Tro cap 2026-11", NOW)
        answer = await self.send(self.gateway.disburse(due, payee, self.now))
        said = [self.gateway.read_disbursed(answer, due, self.now)]
        for key in ("q1", "q2"):
            await self.bank.posts.rest()
            answer = await self.send(self.gateway.query_disbursement(key, due, self.now))
            said.append(self.gateway.read_disbursement_answer(answer, due, self.now))
        return said


@pytest.fixture
async def both():
    made = Both()
    async with made.http:
        yield made
    await made.bank.posts.stop()


async def test_a_request_is_paid_told_of_and_found_by_asking(both):
    offer = await both.ordered()
    page = await both.http.get(offer.pay_url)
    assert "150.000" in page.text
    assert (await both.asked()).finding == "not_found"

    [transaction] = await both.pay("pay")

    assert [n[:4] for n in both.heard] == [(REFERENCE, transaction, 150_000, "paid")]
    assert (await both.asked())[:3] == ("paid", transaction, 150_000)


async def test_a_request_sent_again_is_the_same_request(both):
    assert await both.ordered() == await both.ordered()


async def test_a_request_to_another_account_is_declined(both):
    both.bank.merchant.account = "777"

    with pytest.raises(Declined, match="RJCT/AC03"):
        await both.ordered()


async def test_a_citizen_who_refuses_fails_the_attempt(both):
    await both.ordered()
    assert await both.pay("decline") == []

    assert [(n.reference, n.finding, n.code) for n in both.heard] == [
        (REFERENCE, "failed", "RJCT/AM04")
    ]


async def test_a_silent_bank_is_found_out_by_asking(both):
    await both.ordered()
    [transaction] = await both.pay("silent")

    assert both.heard == []
    assert (await both.asked()).transaction == transaction


@pytest.mark.parametrize(
    ("behaviour", "amounts"),
    [
        ("twice", [150_000, 150_000, 150_000]),
        ("wrong_amount_first", [151_000, 150_000]),
        ("late", [150_000]),
        ("by_transfer", [150_000]),
    ],
)
async def test_whatever_was_booked_is_told_as_it_was(both, behaviour, amounts):
    await both.ordered()
    transactions = await both.pay(behaviour)

    assert sorted(n.amount_vnd for n in both.heard) == sorted(amounts)
    assert {n.transaction for n in both.heard} == set(transactions)
    assert {n.reference for n in both.heard} == {REFERENCE}
    assert (await both.asked()).finding == "paid"


async def test_money_before_its_order_is_sent_again_until_it_is_known(both):
    both.verdicts = ["unknown_order", "call_again", httpx.ConnectError("down"), "not_genuine"]
    await both.pay("early", amount_vnd=150_000)

    assert both.calls == 5
    assert [n.reference for n in both.heard] == [REFERENCE]
    statement = (await both.http.get("/sandbox/statement")).json()
    assert statement["answers"] == {"404": 1, "503": 1, "none": 1, "401": 1, "202": 1}


async def test_the_bank_gives_up_after_ten_times(both):
    both.verdicts = ["call_again"] * (CALLS_LIMIT + 1)
    await both.pay("early", amount_vnd=150_000)

    assert both.calls == CALLS_LIMIT
    assert (await both.http.get("/sandbox/statement")).json()["given_up"] == 1


async def test_a_refund_is_accepted_then_done(both):
    await both.ordered()
    [transaction] = await both.pay("pay")

    told, later = await both.refund(transaction, 50_000)

    assert told == ("pending", "", "ACCP")
    assert (later.finding, later.code) == ("done", "DBIT/BOOK")
    assert len(both.heard) == 1, "its debit is nothing to an order"


async def test_a_refund_sent_twice_moves_money_once(both):
    await both.ordered()
    [transaction] = await both.pay("pay")
    first = await both.refund(transaction, 50_000)

    again, later = await both.refund(transaction, 50_000)

    assert (again.finding, again.code) == ("unknown", "RJCT/DUPL")
    assert later == first[1]
    assert len((await both.http.get("/sandbox/statement")).json()["refunds"]) == 1


async def test_no_more_than_what_came_goes_back(both):
    await both.ordered()
    [transaction] = await both.pay("pay")
    await both.refund(transaction, 100_000)

    told, later = await both.refund(transaction, 50_001, key="RF-2")
    unknown, _ = await both.refund("FT0", 1, key="RF-3")

    assert (told.finding, told.code, later.finding) == ("failed", "RJCT/AM02", "pending")
    assert unknown.code == "RJCT/AC01"


async def test_the_statement_of_the_bank_is_what_we_heard(both):
    await both.ordered()
    [transaction] = await both.pay("pay")
    await both.refund(transaction, 50_000)

    body = (await both.http.get("/sandbox/statement.xml")).content
    head, credit, debit = read_reports([body], STATEMENTS)

    assert isinstance(head, Head)
    assert (head.opening_vnd, head.closing_vnd) == (0, 100_000)
    assert (credit.number, credit.amount_vnd) == both.heard[0][1:3]
    assert debit.amount_vnd == -50_000


async def test_the_bank_takes_only_what_the_merchant_signed_now(both):
    sending = both.gateway.create("K", ORDER, Payer(""), NOW)
    both.now = NOW + timedelta(minutes=6)
    assert (await both.send(sending)).status == 401

    other = Iso20022(msgspec.structs.replace(ROW, outgoing=(THEIRS,)))
    answer = await both.send(other.create("K", ORDER, Payer(""), both.now))
    assert answer.status == 401
    with pytest.raises(Refused):
        both.gateway.read_created(answer, ORDER, both.now)


async def test_what_the_bank_cannot_read_it_says(both):
    sending = both.gateway.create("K", ORDER, Payer(""), NOW)

    answer = await both.send(sending._replace(url=f"{ROW.base_url}/v1/transfers"))

    assert answer.status == 400
    assert b"no transfer" in answer.body
    assert (await both.http.get("/pay/DVC9")).status_code == 409
    assert (await both.http.post("/sandbox/pay", json={"reference": "DVC9"})).status_code == 409
    assert (await both.http.post("/sandbox/pay", content=b"{")).status_code == 422


@pytest.mark.parametrize(
    ("ending", "findings", "paid"),
    [
        ("7777", ["pending", "done", "done"], 1),
        ("0000", ["failed", "pending", "pending"], 0),
        ("0001", ["pending", "pending", "done"], 1),
        ("0002", ["pending", "failed", "failed"], 0),
        ("0003", ["pending", "done", "done"], 1),
    ],
)
async def test_whatever_becomes_of_an_allowance_is_found_by_asking(both, ending, findings, paid):
    said = await both.pay_out(ending)

    assert [s.finding for s in said] == findings
    statement = (await both.http.get("/sandbox/statement")).json()
    assert [d["amount_vnd"] for d in statement["disbursements"]] == [500_000] * paid
    assert statement["refunds"] == []
    assert both.heard == [], "a debit is nothing to an order"
    if paid:
        assert said[-1].transaction == statement["disbursements"][0]["transaction"]


async def test_an_allowance_sent_twice_moves_money_once(both):
    first = await both.pay_out("7777")
    again = await both.pay_out("7777")

    assert (again[0].finding, again[0].code) == ("unknown", "RJCT/DUPL")
    assert again[1:] == first[1:]
    assert len((await both.http.get("/sandbox/statement")).json()["disbursements"]) == 1
