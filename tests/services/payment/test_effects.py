import asyncio
import json
from datetime import timedelta
from random import Random
from typing import get_args, get_type_hints

import httpx
import msgspec
import pytest

from deploy.simulation.loop import Loop
from services.payment.__main__ import FAMILIES
from services.payment.effects import ANSWER_LIMIT_BYTES, Create, Query
from services.payment.gateways import Account, Declined, Offer, Refused, Sending, Unsendable
from services.payment.gateways.vnpay.gateway import TRANSACTION_API, Vnpay
from services.payment.gateways.vnpay.signing import ANSWERED, ASKED, SIGNATURE, joined, sign
from services.payment.partners import AsksFirst, Registry
from shared import events
from shared.effects import NotCalled, Request
from shared.errors import Misconfigured
from shared.events import Event
from shared.events.payment import CreateRequested, Queried, QueryRequested


@pytest.fixture
def request_(a):
    data = QueryRequested(
        key=f"{a.application}/query/1", partner="vnpay", reference="DVC1", opened_at=a.now
    )
    event = Event(
        id="1",
        source="/services/payment",
        type=data.TYPE,
        subject=a.application,
        time=a.now,
        data=msgspec.Raw(events.encode(data)),
    )
    return Request(event, data)


@pytest.fixture
def answering(a):
    """Make an effect whose partner answers so."""

    def make(answer, **told):
        client = httpx.AsyncClient(transport=httpx.MockTransport(answer))
        registry = Registry([a.partner()], {"vnpay": Vnpay})
        now = a.now + timedelta(minutes=15)
        return Query(registry, client, lambda: now, limit_s=10.0, **told)

    return make


def signed(a, **changes):
    answer = {
        "vnp_Command": "querydr",
        "vnp_ResponseCode": "00",
        "vnp_TmnCode": a.partner().merchant,
        "vnp_TxnRef": "DVC1",
        "vnp_Amount": "1600000",
        "vnp_TransactionNo": "14700001",
        "vnp_TransactionType": "01",
        "vnp_TransactionStatus": "00",
    } | changes
    key = a.partner().incoming[0]
    return httpx.Response(200, json=answer | {SIGNATURE: sign(key, joined(answer, ANSWERED))})


@pytest.mark.parametrize(
    ("changes", "reason"),
    [({"vnp_Amount": "1600001"}, "signature"), ({"vnp_ResponseCode": ["00"]}, "form")],
)
async def test_an_answer_that_is_not_taken_is_told_with_partner_and_reason(
    a, answering, request_, changes, reason
):
    heard = []
    body = json.loads(signed(a).content) | changes
    effect = answering(
        lambda _: httpx.Response(200, json=body), refused=lambda *why: heard.append(why)
    )

    with pytest.raises(Refused):
        await effect.call([request_])

    assert heard == [("vnpay", reason)]


async def test_a_partner_is_asked_by_our_reference_and_its_answer_is_read(a, answering, request_):
    heard = []

    def answer(request):
        heard.append((str(request.url), json.loads(request.content)))
        return signed(a)

    effect = answering(answer)

    assert await effect.call([request_]) == [
        Queried(
            key=effect.key(request_),
            partner="vnpay",
            reference="DVC1",
            finding="paid",
            transaction="14700001",
            amount_vnd=16_000,
            code="00/00",
        )
    ]
    ((url, asked),) = heard
    assert url == f"{a.partner().base_url}{TRANSACTION_API}"
    assert asked["vnp_TransactionDate"] == "20261120090000"
    assert asked["vnp_CreateDate"] == "20261120091500"
    assert asked[SIGNATURE] == sign(a.partner().outgoing[0], joined(asked, ASKED))
    assert effect.partner(request_) == "vnpay"


async def test_an_order_the_partner_does_not_have_is_not_found(a, answering, request_):
    effect = answering(lambda _: signed(a, vnp_ResponseCode="91"))

    (answer,) = await effect.call([request_])

    assert answer.finding == "not_found"


@pytest.mark.parametrize(("limit_s", "is_heard"), [(19.9, False), (20.1, True)])
def test_a_partner_is_waited_for_as_long_as_its_row_says(a, request_, limit_s, is_heard):
    async def slow(_):
        await asyncio.sleep(20.0)
        return signed(a)

    loop = Loop(Random(1))

    client = httpx.AsyncClient(transport=httpx.MockTransport(slow))
    registry = Registry([a.partner(call_limit_s=limit_s)], {"vnpay": Vnpay})
    effect = Query(registry, client, lambda: a.now, limit_s=registry.call_limit_s)

    assert effect.limit_s == limit_s
    if is_heard:
        answers = loop.run_until_complete(effect.call([request_]))
        assert [said.finding for said in answers] == ["paid"]
    else:
        with pytest.raises(TimeoutError):
            loop.run_until_complete(effect.call([request_]))
    loop.close()


@pytest.mark.parametrize("error", [httpx.ConnectError, httpx.ConnectTimeout])
async def test_without_a_connection_nothing_was_asked(answering, request_, error):
    def answer(request):
        raise error("refused", request=request)

    with pytest.raises(NotCalled):
        await answering(answer).call([request_])


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (lambda a: signed(a, vnp_TxnRef="DVC2"), Refused),
        (lambda a: httpx.Response(200, json={"vnp_ResponseCode": "00"}), Refused),
        (lambda a: httpx.Response(500), httpx.HTTPStatusError),
        (lambda a: httpx.Response(200, content=b" " * (ANSWER_LIMIT_BYTES + 1)), ValueError),
    ],
)
async def test_what_an_answer_does_not_prove_stays_unknown(a, answering, request_, answer, error):
    effect = answering(lambda _: answer(a))

    with pytest.raises(error):
        await effect.call([request_])

    assert effect.unknown(request_).finding == "unknown"
    assert effect.deferred(request_).finding == "deferred"


def test_a_registry_is_checked_at_start(a):
    with pytest.raises(Misconfigured, match="no family"):
        Registry([a.partner(family="x")], {"vnpay": Vnpay})
    with pytest.raises(Misconfigured, match="twice"):
        Registry([a.partner(), a.partner()], {"vnpay": Vnpay})
    with pytest.raises(Misconfigured, match="it has no account of ours: leave `disburses` out"):
        Registry([a.partner(disburses=True)], {"vnpay": Vnpay})
    account = Account(bank="970436", number="1234567", name="KHO BAC")
    with pytest.raises(Misconfigured, match="it pays nothing out: leave `disburses` out"):
        Registry([a.partner(disburses=True, account=account)], {"vnpay": Vnpay})
    assert [g.partner.name for g in Registry([a.partner()], {"vnpay": Vnpay})] == ["vnpay"]


def test_a_family_that_sends_for_an_order_says_whether_it_may_be_sent_for_again():
    for name, family in FAMILIES.items():
        told = get_type_hints(family.create)["return"]
        assert (Sending in (told, *get_args(told))) == isinstance(family, AsksFirst), name


# ---- orders that a partner makes


class Making(Vnpay):
    """A partner that makes orders itself."""

    creates_again = True

    def create(self, key, order, payer, at):
        if order.amount_vnd > 1_000_000:
            raise Unsendable("too much for its format")
        return Sending(f"{self.partner.base_url}/make", f"{key} {payer.ip}".encode())

    def query(self, key, order, at):
        return None

    def read_created(self, answer, order, at):
        if answer.body == b"no":
            raise Declined("21")
        if answer.body != b"yes":
            raise Refused("unreadable", "neither yes nor no")
        return Offer("https://b.example/1", qr="0002")


@pytest.fixture
def making(a):
    def make(answer):
        client = httpx.AsyncClient(transport=httpx.MockTransport(answer))
        return Create(Registry([a.partner()], {"vnpay": Making}), client, lambda: a.now, 10.0)

    return make


def wanted(a, **changes):
    whole = {
        "key": "k/1",
        "partner": "vnpay",
        "reference": "DVC1",
        "amount_vnd": 16_000,
        "opened_at": a.now,
        "expires_at": a.now + timedelta(days=1),
    }
    return Request(None, CreateRequested(**(whole | changes)))


def saying(text):
    return lambda _: httpx.Response(200, text=text)


def test_the_registry_says_who_has_to_be_asked(a):
    (terms,) = Registry([a.partner()], {"vnpay": Making}).terms
    assert (terms.asks_first, terms.creates_again) == (True, True)
    (terms,) = Registry([a.partner()], {"vnpay": Vnpay}).terms
    assert (terms.asks_first, terms.creates_again) == (False, False)


async def test_a_partner_is_asked_for_an_order_and_its_offer_is_read(a, making):
    heard = []

    def answer(request):
        heard.append(request.content.decode())
        return httpx.Response(200, text="yes")

    effect = making(answer)
    (made,) = await effect.call([wanted(a)])

    assert heard == [f"DVC1 {a.partner().server_ip}"], "by the order, the same every time"
    assert (made.finding, made.pay_url, made.qr) == ("created", "https://b.example/1", "0002")
    assert (made.key, made.reference) == ("k/1", "DVC1")
    assert (effect.partner(wanted(a)), effect.key(wanted(a))) == ("vnpay", "k/1")


async def test_what_a_partner_surely_did_not_make_is_declined(a, making):
    (made,) = await making(saying("no")).call([wanted(a)])
    assert (made.finding, made.code) == ("declined", "21")

    (made,) = await making(saying("yes")).call([wanted(a, amount_vnd=2_000_000)])
    assert (made.finding, made.code) == ("declined", "unsendable")


async def test_what_an_answer_does_not_prove_made_may_stand(a, making):
    with pytest.raises(Refused):
        await making(saying("perhaps")).call([wanted(a)])
    assert making(saying("")).unknown(wanted(a)).finding == "unknown"
    assert making(saying("")).deferred(wanted(a)).finding == "deferred"


async def test_a_partner_that_cannot_be_asked_is_not(a, request_):
    client = httpx.AsyncClient(transport=httpx.MockTransport(saying("")))
    effect = Query(Registry([a.partner()], {"vnpay": Making}), client, lambda: a.now, 10.0)

    (answer,) = await effect.call([request_])

    assert answer.finding == "unaskable"
