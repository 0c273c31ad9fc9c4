"""Transfers at the edge: told of over HTTP, by whoever watches the account, and counted once."""

import json

import pytest

from services.payment.gateways import Account, Key
from services.payment.gateways.exact_json import read
from services.payment.gateways.transfers.casso import sign, texts
from services.payment.references import reference
from shared.events.payment import Mismatched, Settled
from tests.services.payment.counter import Counter
from tests.services.payment.office import LONG_AGO, PARTNER

KEY = Key(secret="cassoTestChecksumKey_0001", valid_from=LONG_AGO)
ACCOUNT = Account(bank="970436", number="1234567890", name="KHO BAC THU NGHIEM")
TIME = "1793586845123"


class Watcher(Counter):
    """The edge of a partner that speaks Casso."""

    async def tell(self, secret="", **changes):
        told = {"id": 90001, "description": self.text(), "amount": 16_000} | changes
        body = json.dumps({"error": 0, "data": {"accountNumber": ACCOUNT.number} | told}).encode()
        key = Key(secret=secret or KEY.secret, valid_from=LONG_AGO)
        signature = sign(key, next(texts(TIME, read(body))))
        headers = {"X-Casso-Signature": f"t={TIME},v1={signature}"}
        return await self.http.post("/v1/callbacks/vnpay", content=body, headers=headers)

    def text(self):
        broken = "-".join(reference(self.a.application, 1).lower())
        return f"MBVCB.327.{broken}.CT tu 0011"


@pytest.fixture
async def watched(lane_table, a):
    """An order of 16,000 VND is open, to be paid by a transfer."""
    rows = a.rows()
    partner = a.partner(family="casso", account=ACCOUNT, incoming=(KEY,))
    made = Watcher(lane_table(partners=(PARTNER.terms,), rows=rows), rows, a, partner)
    async with made.http:
        await made.bring(a.routed())
        yield made


async def test_a_transfer_settles_the_order_that_its_text_names(watched):
    answer = await watched.tell()

    assert (answer.status_code, answer.json()) == (200, {"error": 0})
    assert Settled.TYPE in [e.type for e in await watched.decide()]


async def test_the_same_transfer_told_again_counts_once(watched):
    await watched.tell()
    await watched.decide()

    assert (await watched.tell()).status_code == 200
    assert len(watched.inbox()) == 1


async def test_another_amount_is_kept_and_need_not_be_told_again(watched):
    assert (await watched.tell(amount=15_000)).status_code == 200
    assert [e.type for e in await watched.decide()] == [Mismatched.TYPE]


async def test_money_of_no_order_is_kept_for_a_person(watched):
    assert (await watched.tell(description="nop le phi")).status_code == 200

    [dead] = watched.dead()
    assert "none told" in dead.reason
    assert watched.inbox() == []


async def test_a_try_of_the_address_leaves_nothing(watched):
    assert (await watched.tell(id=0)).status_code == 200
    assert watched.inbox() == watched.dead() == []


async def test_what_is_not_genuine_is_refused_with_its_reason_kept(watched):
    assert (await watched.tell(secret="another")).status_code == 401
    assert (await watched.tell(accountNumber="999")).status_code == 401

    assert [dead.field for dead in watched.dead()] == ["signature", "merchant"]
