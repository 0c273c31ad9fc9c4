"""Our own protocol: signed both ways, for one function, request, merchant and time."""

import json
import re
from datetime import timedelta
from typing import Any

import pytest

from services.payment.gateways import (
    Answer,
    Declined,
    Offer,
    Payer,
    Refunded,
    Refused,
    Said,
    Unsendable,
)
from services.payment.gateways.neutral.functions import FUNCTIONS
from services.payment.gateways.neutral.gateway import PAYMENTS, Neutral
from services.payment.gateways.request_signature import ID, SIGNATURE, TIME, sign
from tests.services.payment.gateways.neutral.neutral_words import (
    BACK,
    OURS,
    PAYER,
    ROW,
    answered,
    proof,
)
from tests.services.payment.gateways.platform.piped_vectors import NOW, ORDER


@pytest.fixture
def neutral() -> Neutral:
    return Neutral(ROW)


def created(**changes: Any) -> Answer:
    offer = {
        "reference": ORDER.reference,
        "status": "active",
        "pay_url": "https://thanhtoan.example.vn/p/1",
        "deep_link": "bacha://pay/1",
        "qr": "000201",
        "alias_account": "9704261102000001",
        "expires_at": 0,
    }
    return answered("create", **(offer | changes))


def stands(**changes: Any) -> Answer:
    said = {"kind": "payment", "reference": ORDER.reference, "currency": "VND"}
    outcome = {"status": "paid", "transaction": "FT1", "amount_vnd": 150_000}
    return answered("status", **(said | outcome | changes))


# ---- what we send


def test_every_request_is_signed_over_its_time_and_body(neutral):
    sent = neutral.create("k", ORDER, PAYER, NOW)
    headers = dict(sent.headers)

    assert sent.url == "http://127.0.0.1:9/v1/create"
    assert headers[SIGNATURE] == sign(OURS, headers[TIME], sent.body)
    assert headers[TIME] == str(int(NOW.timestamp()))
    assert json.loads(sent.body)["request_id"] == headers[ID]


def test_the_same_request_has_the_same_id_and_another_function_has_another(neutral):
    ids = {
        json.loads(sent.body)["request_id"]
        for sent in (
            neutral.create("k", ORDER, PAYER, NOW),
            neutral.create("k", ORDER, PAYER, NOW + timedelta(hours=1)),
            neutral.create("k", ORDER, Payer("::1", "en"), NOW),
            neutral.query("k", ORDER, NOW),
        )
    }

    bodies = {neutral.create("k", ORDER, p, NOW).body for p in (PAYER, Payer("::1", "en"))}

    assert len(ids) == 2
    assert len(bodies) == 1, "whoever is about to pay, it is the same request"


def test_a_request_says_whose_money_it_becomes(neutral):
    message = json.loads(neutral.create("k", ORDER, PAYER, NOW).body)

    assert (message["account_bank"], message["account_number"]) == ("970436", "0020100000101")
    assert (message["amount_vnd"], message["currency"]) == (150_000, "VND")
    assert all(isinstance(v, str | int) for v in message.values()), "flat"


@pytest.mark.parametrize(
    "order",
    [
        ORDER._replace(reference="a|b"),
        ORDER._replace(amount_vnd=10**15),
        ORDER._replace(reference=""),
    ],
)
def test_what_has_not_the_form_is_not_sent(neutral, order):
    with pytest.raises(Unsendable):
        neutral.create("k", order, PAYER, NOW)


def test_each_function_can_be_asked(neutral):
    examples: dict[Any, Any] = {int: 1}
    words = [
        "a",
        "970436",
        "VND",
        "20261102",
        "vi",
        "payment",
        "napas",
        "UEs=",
        "valid",
        "open",
        "",
    ]
    for name, function in FUNCTIONS.items():
        for fields, end in ((function.asks, "asks"), (function.says, "says")):
            values = {
                field: next(w for w in words if form.fullmatch(w))
                if isinstance(form, re.Pattern)
                else examples[form]
                for field, form in fields.items()
            }
            if end == "asks":
                assert json.loads(neutral.ask(name, "k", values, NOW).body)["function"] == name
            else:
                assert neutral.read(name, answered(name, **values), NOW).items() >= values.items()


def test_there_are_nine_functions():
    assert sorted({f.number for f in FUNCTIONS.values()}) == list(range(1, 10))


# ---- what they answer


def test_an_offer_is_read(neutral):
    assert neutral.read_created(created(), ORDER, NOW) == Offer(
        "https://thanhtoan.example.vn/p/1", "bacha://pay/1", "000201"
    )


@pytest.mark.parametrize(
    "answer",
    [
        created(reference="DVC2"),
        created(status="paid"),
        created(pay_url="https://evil.example/"),
        created(deep_link="javascript"),
        created(qr="ệ"),
        created(expires_at="1"),
        stands(),
        answered("create", 409, code="already_active"),
        answered("create", 409, code="already_paid"),
        answered("create", 500, code="amount"),
    ],
)
def test_what_is_no_offer_of_theirs_for_this_order_is_refused(neutral, answer):
    with pytest.raises(Refused):
        neutral.read_created(answer, ORDER, NOW)


@pytest.mark.parametrize("code", ["amount_not_taken", "account_not_taken", "expired", "not_now"])
def test_after_these_problems_no_payment_was_made(neutral, code):
    with pytest.raises(Declined, match=code):
        neutral.read_created(answered("create", 422, code=code), ORDER, NOW)


@pytest.mark.parametrize(
    "answer",
    [
        answered("status", secret=OURS),
        answered("status", at=NOW - timedelta(seconds=301)),
        answered("status", at=NOW + timedelta(seconds=301)),
        Answer(200, b"{}", {}),
        Answer(200, b"{}", proof(b"{}")),
        stands()._replace(body=stands().body.replace(b"150000", b"150001")),
        stands()._replace(headers=stands().headers | {ID: "bank-2"}),
        stands(merchant="MC0002"),
        stands(reference="DVC2"),
        stands(kind="refund"),
        stands(currency="USD"),
        stands(amount_vnd=150_000.5),
        stands(amount_vnd="150000"),
        stands(amount_vnd=True),
        stands(transaction=""),
        created(),
    ],
)
def test_an_answer_that_is_not_theirs_for_this_question_now_is_refused(neutral, answer):
    with pytest.raises(Refused):
        neutral.read_answer(answer, ORDER, NOW)


@pytest.mark.parametrize("seconds", [-300, 0, 300])
def test_five_minutes_are_forgiven(neutral, seconds):
    body = stands().body
    answer = Answer(200, body, proof(body, at=NOW + timedelta(seconds=seconds)))

    assert neutral.read_answer(answer, ORDER, NOW) == Said("paid", "FT1", 150_000, "paid")


@pytest.mark.parametrize(
    ("status", "finding"),
    [*((s, f) for s, f in PAYMENTS.items() if f != "paid"), ("odd", "pending")],
)
def test_a_status_means(neutral, status, finding):
    assert neutral.read_answer(stands(status=status), ORDER, NOW) == Said(finding, code=status)


def test_a_problem_means_that_it_is_not_found_or_not_known(neutral):
    strange = answered("status", 500, code="\0")
    assert neutral.read_answer(strange, ORDER, NOW) == Said("unknown", code="unknown")
    for code, finding in (("unknown_reference", "not_found"), ("not_now", "unknown")):
        answer = answered("status", 404, code=code)
        assert neutral.read_answer(answer, ORDER, NOW) == Said(finding, code=code)


def test_an_answer_has_the_headers_in_any_form_of_mapping(neutral):
    with pytest.raises(Refused):
        neutral.read("status", Answer(200, b"{}"), NOW)


# ---- money back


@pytest.mark.parametrize(
    ("status", "finding"),
    [("done", "done"), ("failed", "failed"), ("pending", "pending"), ("odd", "pending")],
)
def test_a_refund_is_what_they_say_of_it(neutral, status, finding):
    outcome = {"status": status, "transaction": "FT2", "amount_vnd": 50_000}
    said = answered("refund", refund=BACK.key, reference=BACK.reference, **outcome)
    asked = stands(kind="refund", reference=BACK.key, **outcome)

    assert neutral.read_refunded(said, BACK, NOW) == Refunded(finding, "FT2", status)
    assert neutral.read_refund_answer(asked, BACK, NOW) == Refunded(finding, "FT2", status)
    for other in (BACK._replace(key="R9"), BACK._replace(amount_vnd=1)):
        with pytest.raises(Refused):
            neutral.read_refunded(said, other, NOW)
        with pytest.raises(Refused):
            neutral.read_refund_answer(asked, other, NOW)


def test_a_refund_that_is_refused_has_failed_and_one_that_is_not_found_is_asked_after(neutral):
    assert (
        neutral.read_refunded(answered("refund", 409, code="refund_exceeds"), BACK, NOW).finding
        == "failed"
    )
    assert (
        neutral.read_refunded(answered("refund", 503, code="not_now"), BACK, NOW).finding
        == "unknown"
    )
    assert (
        neutral.read_refund_answer(
            answered("status", 404, code="unknown_reference"), BACK, NOW
        ).finding
        == "unknown"
    )


def test_a_refund_repeated_is_the_same_request(neutral):
    one, other = (neutral.refund(BACK, NOW + timedelta(minutes=n)) for n in (0, 9))

    assert one.body == other.body
    assert json.loads(one.body)["refund"] == BACK.key
    assert json.loads(neutral.query_refund("k", BACK, NOW).body)["kind"] == "refund"
