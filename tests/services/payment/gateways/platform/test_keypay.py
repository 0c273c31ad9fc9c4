"""KeyPay: key 1 goes out, key 2 comes in, and nobody's word on a payment is taken unsigned."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.payment.gateways import (
    Answer,
    Declined,
    Offer,
    Payer,
    Refund,
    Refunded,
    Refused,
    Unsendable,
)
from services.payment.gateways.platform.keypay import (
    ANSWERS,
    CREATED,
    DETAIL,
    REFUND,
    REFUND_DETAIL,
    Keypay,
)
from services.payment.gateways.platform.piped import keyed, piped
from tests.services.payment.gateways.platform.piped_vectors import (
    KEYPAY,
    NOW,
    ORDER,
    call,
    key,
    keypay_row,
    of_kind,
)

KEY_1, KEY_2 = key("kp-public-key-1"), key("kp-public-key-2")
URL = "https://thanhtoan.example.vn/keypay/1"
CALLBACK = KEYPAY["dvcqg-keypay-callback-1"]
BACK = Refund(
    "DVC1-R1", ORDER.reference, "KP7001", 50_000, 150_000, NOW, "withdrawn", "officer", NOW
)


@pytest.fixture
def keypay() -> Keypay:
    return Keypay(keypay_row())


def told(secret=KEY_2, **changes) -> dict:
    fields = CALLBACK["input"]["fields"] | {"transaction_id": ORDER.reference} | changes
    return fields | {"check_sum": keyed(secret, piped(fields, CREATED)), "status": 0}


def answered(names, secret=KEY_2, **values) -> Answer:
    fields = {"client_id": "41", "command": "PAY", "transaction_id": ORDER.reference} | values
    return Answer(
        200,
        json.dumps(
            {"error": "0", "check_sum": keyed(secret, piped(fields, names))} | fields
        ).encode(),
    )


def detail(**beside) -> Answer:
    found = {"status": 0, "trans_amount": 150_000, "transaction_code": "KP7001"} | beside
    return Answer(200, json.dumps(json.loads(answered(DETAIL).body) | found).encode())


# ---- the vectors


@pytest.mark.parametrize("vector", of_kind(KEYPAY, "keypay_create"))
def test_what_we_create_is_what_the_vectors_have(vector):
    fields = vector["input"]["fields"]
    gateway = Keypay(
        keypay_row(merchant=fields["client_id"], outgoing=(key(vector["key"]["secret"]),))
    )
    order = ORDER._replace(
        reference=fields["transaction_id"], amount_vnd=int(fields["trans_amount"])
    )

    sent = json.loads(gateway.create("k", order, Payer("203.0.113.10"), NOW).body)

    assert {n: sent[n] for n in CREATED} == fields
    assert sent["check_sum"] == vector["expected"]["check_sum"]


@pytest.mark.parametrize("vector", of_kind(KEYPAY, "keypay_detail"))
def test_what_we_ask_is_what_the_vectors_have(vector):
    fields = vector["input"]["fields"]
    gateway = Keypay(
        keypay_row(merchant=fields["client_id"], outgoing=(key(vector["key"]["secret"]),))
    )

    sent = gateway.query("k", ORDER._replace(reference=fields["transaction_id"]), NOW)

    assert json.loads(sent.body) == fields | vector["expected"]


@pytest.mark.parametrize("vector", of_kind(KEYPAY, "keypay_callback"))
def test_a_callback_of_the_vectors_is_heard_with_key_2_and_no_other(vector):
    fields, proof = vector["input"]["fields"], vector["expected"]
    secret = key(vector["key"]["secret"])
    right = Keypay(keypay_row(merchant=fields["client_id"], incoming=(secret,)))
    wrong = Keypay(keypay_row(merchant=fields["client_id"], outgoing=(secret,), incoming=(KEY_1,)))
    sent = call(fields | {"check_sum": proof["check_sum"], "status": "0"})

    assert right.read_callback(sent, NOW)[0].reference == fields["transaction_id"]
    with pytest.raises(Refused):
        wrong.read_callback(sent, NOW)


# ---- the citizen pays


def test_a_create_carries_the_receipts_data_unsigned(keypay):
    sent = json.loads(keypay.create("k", ORDER, Payer("203.0.113.10"), NOW).body)

    assert sent["bill_info"]["TKThuHuong"] == "0020100000101"
    assert (sent["currency_code"], sent["environment"]) == ("VND", "1")


def test_an_offer_is_a_page_of_theirs_proved_by_key_2(keypay):
    body = json.loads(answered(DETAIL).body) | {"payment_url": URL}

    assert keypay.read_created(Answer(200, json.dumps(body).encode()), ORDER, NOW) == Offer(URL)
    forged = json.loads(answered(DETAIL, KEY_1).body) | {"payment_url": URL}
    for bad in (
        forged,
        body | {"payment_url": "https://evil.example/"},
        {"error": 0, "payment_url": URL},
    ):
        with pytest.raises(Refused):
            keypay.read_created(Answer(200, json.dumps(bad).encode()), ORDER, NOW)
    with pytest.raises(Declined):
        keypay.read_created(Answer(200, b'{"error": "7", "msg": "no"}'), ORDER, NOW)


def test_what_cannot_be_signed_is_not_sent(keypay):
    with pytest.raises(Unsendable):
        keypay.create("k", ORDER._replace(reference="a|b"), Payer("::1"), NOW)
    with pytest.raises(Unsendable):
        keypay.refund(BACK._replace(key="a|b"), NOW)


# ---- they call


@pytest.mark.parametrize(
    ("status", "code"),
    [(0, "0"), ("0", "0"), (1, "1"), ("-1", "-1"), ("9", "9")]
    + [(other, "") for other in (None, {}, "1234", "x", True)],
)
def test_a_status_that_nobody_signed_is_a_reason_to_ask_and_no_more(keypay, status, code):
    [notice] = keypay.read_callback(call(told() | {"status": status}), NOW)

    assert (notice.finding, notice.amount_vnd, notice.code) == ("pending", 150_000, code)


@pytest.mark.parametrize(
    "body",
    [
        told(KEY_1),
        told() | {"trans_amount": "1"},
        told() | {"transaction_id": "DVC|1"},
        told(client_id="42"),
        told() | {"check_sum": None},
        {},
        [],
    ],
)
def test_what_is_not_theirs_for_us_is_not_genuine(keypay, body):
    with pytest.raises(Refused) as refused:
        keypay.read_callback(call(body), NOW)

    assert refused.value.verdict == "not_genuine"


@pytest.mark.parametrize(
    "body",
    [
        told(trans_amount="150000.0"),
        told(version="2.0"),
        told(command="REFUND"),
        told() | {"currency_code": "USD"},
    ],
)
def test_a_signed_callback_in_another_form_is_unreadable(keypay, body):
    with pytest.raises(Refused) as refused:
        keypay.read_callback(call(body), NOW)

    assert refused.value.verdict == "unreadable"


def test_only_what_is_recorded_is_answered_0(keypay):
    said = {v: json.loads(keypay.answer(v, call({}), NOW).body)["return_code"] for v in ANSWERS}

    assert {v for v, code in said.items() if code == 0} == {"recorded", "already_final"}
    assert set(said.values()) == {0, -1}


@given(
    st.binary(max_size=200)
    | st.dictionaries(
        st.sampled_from([*CREATED, "check_sum", "status"]), st.none() | st.integers() | st.text()
    ).map(lambda v: json.dumps(v).encode())
)
def test_arbitrary_bodies_raise_nothing_but_the_named_error(body):
    with pytest.raises(Refused):
        Keypay(keypay_row()).read_callback(call(body), NOW)


# ---- we ask


@pytest.mark.parametrize(
    ("status", "finding"), [(0, "paid"), ("0", "paid"), (1, "pending"), ("-1", "pending")]
)
def test_the_detail_decides(keypay, status, finding):
    assert keypay.read_answer(detail(status=status), ORDER, NOW).finding == finding


@pytest.mark.parametrize(
    "beside",
    [
        {"check_sum": "0" * 64},
        {"transaction_id": "DVC2"},
        {"trans_amount": 1.5},
        {"transaction_code": ""},
        {"transaction_code": "0"},
        {"status": None},
        {"currency_code": "USD"},
    ],
)
def test_a_detail_that_is_not_proved_or_whole_is_refused(keypay, beside):
    with pytest.raises(Refused):
        keypay.read_answer(detail(**beside), ORDER, NOW)


def test_an_error_says_nothing_of_the_order(keypay):
    assert keypay.read_answer(Answer(200, b'{"error": "9"}'), ORDER, NOW).finding == "unknown"


# ---- money back


def test_a_refund_names_itself_and_what_it_gives_back(keypay):
    sent = json.loads(keypay.refund(BACK, NOW).body)

    assert (sent["amount"], sent["reason"]) == ("50000", "Hoan tien DVC1-R1")
    assert sent["check_sum"] == keyed(KEY_1, piped(sent, REFUND))


@pytest.mark.parametrize(("status", "finding"), [(0, "done"), (2, "pending")])
def test_a_refund_is_done_by_their_word_proved(keypay, status, finding):
    sent = json.loads(keypay.refund(BACK, NOW).body)
    values = {n: sent[n] for n in REFUND}
    body = json.loads(answered(REFUND, **values).body) | {
        "status": status,
        "transaction_refund_code": "RF1",
    }

    said = keypay.read_refunded(Answer(200, json.dumps(body).encode()), BACK, NOW)

    assert said == Refunded(finding, "RF1", str(status))
    with pytest.raises(Refused):
        keypay.read_refunded(
            Answer(200, json.dumps(body).encode()), BACK._replace(amount_vnd=1), NOW
        )


def test_a_refund_is_asked_after_by_their_number(keypay):
    numbered = BACK._replace(number="RF1")
    values = {"command": "REFUND", "transaction_refund_code": "RF1"}
    body = json.loads(answered(REFUND_DETAIL, **values).body) | {"status": "0"}

    assert keypay.query_refund("k", BACK, NOW) is None
    assert (
        json.loads(keypay.query_refund("k", numbered, NOW).body)["transaction_refund_code"] == "RF1"
    )
    assert (
        keypay.read_refund_answer(Answer(200, json.dumps(body).encode()), numbered, NOW).finding
        == "done"
    )
    assert (
        keypay.read_refund_answer(Answer(200, b'{"error": "3"}'), numbered, NOW).finding
        == "unknown"
    )
