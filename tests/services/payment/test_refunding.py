"""Partners are told of a refund once, by its key, and what they answer is read."""

import httpx
import pytest

from services.payment.gateways import Refunded, Refused, Sending, Unsendable
from services.payment.gateways.vnpay.gateway import Vnpay
from services.payment.partners import Registry
from services.payment.refunding import AskBack, GiveBack
from shared.effects import NotCalled, Request
from shared.events.refunds import RefundQueryRequested, RefundRequested


class Giving(Vnpay):
    """A partner that gives money back, by words of one letter."""

    def refund(self, refund, at):
        if refund.amount_vnd > 1_000_000:
            raise Unsendable("too much for its format")
        text = f"{refund.key} {refund.transaction} {refund.amount_vnd}/{refund.paid_vnd}"
        return Sending(f"{self.partner.base_url}/refund", f"{text} {refund.by}".encode())

    def read_refunded(self, answer, refund, at):
        words = {b"y": "done", b"n": "failed", b"p": "pending", b"u": "unknown"}
        if answer.body not in words:
            raise Refused("unreadable", "no word of ours")
        return Refunded(words[answer.body], "R1", answer.body.decode())

    def query_refund(self, key, refund, at):
        return Sending(f"{self.partner.base_url}/ask", f"{refund.number} {refund.key}".encode())

    def read_refund_answer(self, answer, refund, at):
        return self.read_refunded(answer, refund, at)


class Unable(Vnpay):
    """A partner that gives nothing back."""

    def refund(self, refund, at):
        return None

    def query_refund(self, key, refund, at):
        return None


def wanted(a, kind=RefundRequested, **changes):
    whole = {
        "key": "a/refund/1/1",
        "refund": "a.refund.1",
        "partner": "vnpay",
        "reference": "DVC1",
        "transaction": "T2",
        "amount_vnd": 6_000,
        "paid_vnd": 16_000,
        "opened_at": a.now,
        "asked_at": a.now,
        "told": "",
        "reason": "overpaid",
        "by": "",
    }
    return Request(None, kind(**(whole | changes)))


@pytest.fixture
def telling(a):
    def make(answer, effect=GiveBack, family=Giving):
        def heard(request):
            return answer(request) if callable(answer) else httpx.Response(200, text=answer)

        client = httpx.AsyncClient(transport=httpx.MockTransport(heard))
        return effect(Registry([a.partner()], {"vnpay": family}), client, lambda: a.now, 10.0)

    return make


@pytest.mark.parametrize(
    ("word", "finding"), [("y", "done"), ("n", "failed"), ("p", "pending"), ("u", "unknown")]
)
async def test_a_partner_is_told_by_the_refunds_key_and_its_answer_is_read(
    a, telling, word, finding
):
    effect = telling(word)

    (answer,) = await effect.call([wanted(a)])

    assert (answer.finding, answer.transaction, answer.code) == (finding, "R1", word)
    assert (answer.key, answer.refund) == ("a/refund/1/1", "a.refund.1")
    assert (effect.partner(wanted(a)), effect.key(wanted(a))) == ("vnpay", "a/refund/1/1")


async def test_what_is_said_names_the_refund_and_who_asked(a, telling):
    sent = []
    effect = telling(lambda r: sent.append(r.content.decode()) or httpx.Response(200, text="y"))

    await effect.call([wanted(a), wanted(a, by="operator-1")])

    assert sent == ["a.refund.1 T2 6000/16000 motcua", "a.refund.1 T2 6000/16000 operator-1"]


async def test_a_partner_that_cannot_leaves_it_to_a_person(a, telling):
    for effect, request in (
        (telling("y", family=Unable), wanted(a)),
        (telling("y", AskBack, Unable), wanted(a, RefundQueryRequested)),
        (telling("y"), wanted(a, amount_vnd=2_000_000)),
    ):
        (answer,) = await effect.call([request])
        assert answer.finding == "by_hand"


async def test_a_partner_is_asked_after_a_refund_by_its_own_number_too(a, telling):
    sent = []
    effect = telling(
        lambda r: sent.append(r.content.decode()) or httpx.Response(200, text="p"), AskBack
    )

    (answer,) = await effect.call([wanted(a, RefundQueryRequested, told="R1")])

    assert sent == ["R1 a.refund.1"]
    assert answer.finding == "pending"


@pytest.mark.parametrize("kind", [RefundRequested, RefundQueryRequested])
async def test_what_an_answer_does_not_prove_stays_unknown(a, telling, kind):
    effect = telling("?", GiveBack if kind is RefundRequested else AskBack)

    with pytest.raises(Refused):
        await effect.call([wanted(a, kind)])
    assert effect.unknown(wanted(a, kind)).finding == "unknown"
    assert effect.deferred(wanted(a, kind)).finding == "deferred"


async def test_without_a_connection_nothing_was_told(a, telling):
    def refuse(request):
        raise httpx.ConnectError("refused", request=request)

    with pytest.raises(NotCalled):
        await telling(refuse).call([wanted(a)])
