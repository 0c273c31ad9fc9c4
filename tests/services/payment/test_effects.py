import json
from datetime import timedelta

import httpx
import msgspec
import pytest

from services.payment.effects import ANSWER_LIMIT_BYTES, Query
from services.payment.gateways import Refused
from services.payment.gateways.vnpay import TRANSACTION_API, Vnpay
from services.payment.gateways.vnpay_signing import ANSWERED, ASKED, SIGNATURE, joined, sign
from services.payment.partners import Registry
from shared import events
from shared.effects import NotCalled, Request
from shared.errors import Misconfigured
from shared.events import Event
from shared.events.payment import Queried, QueryRequested


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

    def make(answer):
        client = httpx.AsyncClient(transport=httpx.MockTransport(answer))
        registry = Registry([a.partner()], {"vnpay": Vnpay})
        return Query(registry, client, lambda: a.now + timedelta(minutes=15), limit_s=10.0)

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
    assert [g.partner.name for g in Registry([a.partner()], {"vnpay": Vnpay})] == ["vnpay"]
