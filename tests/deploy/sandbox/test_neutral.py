"""The sandbox bank of our own protocol: what it says is what docs/contracts/bank.yaml says."""

import io
import json
from base64 import b64decode, b64encode
from datetime import date, timedelta
from pathlib import Path

import jsonschema
import pytest
import yaml

from deploy.sandbox.neutral.file import Entry, is_whole, written
from services.payment.gateways import Declined, Refund, Refused
from services.payment.gateways.request_signature import ID, SIGNATURE, TIME
from services.payment.statements import Asked
from services.payment.statements.platform_file import read
from tests.deploy.sandbox.neutral_house import (
    GATEWAY,
    LATER,
    NOW,
    OURS,
    PAYER,
    THEIRS,
    House,
    Merchant,
)
from tests.services.payment.gateways.neutral.neutral_words import called
from tests.services.payment.gateways.platform.piped_vectors import ORDER, key

YAML = Path(__file__).parents[3] / "docs" / "contracts" / "bank.yaml"
SCHEMAS = yaml.safe_load(YAML.read_text())["components"]["schemas"]
ACCOUNT = {"bank": "970499", "number": "0020100000101"}
PAID_OUT = {
    "disbursement": "TC-1",
    "route": "napas",
    "amount_vnd": 20_000,
    "currency": "VND",
    "name": "TRAN THI THU NGHIEM",
    "purpose": "Tro cap",
    **ACCOUNT,
}


@pytest.fixture
def merchant() -> Merchant:
    return Merchant()


@pytest.fixture
def house(merchant) -> House:
    return House(merchant)


def back(**changes) -> Refund:
    whole = Refund("R1", ORDER.reference, "", 100_000, 150_000, NOW, "withdrawn", "officer", NOW)
    return whole._replace(**changes)


async def refunded(house: House, refund: Refund):
    return GATEWAY.read_refunded(await house.send(GATEWAY.refund(refund, NOW)), refund, NOW)


# ---- held to the contract


async def test_every_function_asks_and_says_what_the_contract_has(house):
    [transaction] = await house.pay()
    named = {"reference": ORDER.reference, "transaction": transaction}
    given_back = {"refund": "R1", "amount_vnd": 1, "paid_vnd": 150_000, "currency": "VND"}
    empty = b64encode(written("bac-ha", "20261102", 0, [])).decode()
    asked = {
        "create": json.loads(GATEWAY.create("k", LATER, PAYER, NOW).body),
        "status": {"kind": "payment", "reference": ORDER.reference},
        "receipt": named,
        "account": ACCOUNT,
        "refund": {**named, **given_back, "reason": ""},
        "payer": named,
        "disburse": PAID_OUT,
        "statement": {"day": "20261102"},
        "result": {"day": "20261102", "file": empty},
    }
    assert {f"{name}.asks" for name in asked} == {n for n in SCHEMAS if n.endswith(".asks")}
    for name, values in asked.items():
        sent = GATEWAY.ask(name, "k", values, NOW)
        answer = await house.send(sent)
        assert answer.status == 200, answer.body
        jsonschema.validate(json.loads(sent.body), SCHEMAS[f"{name}.asks"])
        jsonschema.validate(json.loads(answer.body), SCHEMAS[f"{name}.says"])
        assert GATEWAY.read(name, answer, NOW)["function"] == name


async def test_every_problem_is_one_of_the_contract(house):
    late = LATER._replace(expires_at=NOW)
    problems = [
        GATEWAY.create("late", late, PAYER, NOW),
        GATEWAY.create("none", LATER._replace(amount_vnd=0), PAYER, NOW),
        GATEWAY.query("q", ORDER, NOW),
        GATEWAY.refund(back(transaction="FT404"), NOW),
        GATEWAY.ask("disburse", "k", PAID_OUT | {"number": "0020000000"}, NOW),
    ]
    for sent in problems:
        answer = await house.send(sent)
        assert answer.status >= 400
        assert answer.headers["content-type"] == "application/problem+json"
        jsonschema.validate(json.loads(answer.body), SCHEMAS["Problem"])


# ---- payments


async def test_a_payment_is_created_shown_and_active(house):
    offer = await house.begin()
    page = await house.http.get(offer.pay_url)

    assert "150,000" in page.text
    assert offer.qr
    assert offer.deep_link
    assert (await house.query()).finding == "pending"


async def test_the_same_request_hears_the_same_and_another_for_the_same_bill_is_refused(house):
    assert await house.begin() == await house.begin()

    for paid, code in ((False, "already_active"), (True, "already_paid")):
        if paid:
            await house.pay()
        again = await house.send(GATEWAY.create(f"other-{paid}", LATER, PAYER, NOW))
        assert json.loads(again.body)["code"] == code
        with pytest.raises(Refused):
            GATEWAY.read_created(again, LATER, NOW)


async def test_a_request_id_with_another_body_is_told_so(house):
    await house.begin()
    answer = await house.send(GATEWAY.create("k", LATER._replace(amount_vnd=1), PAYER, NOW))

    assert (answer.status, json.loads(answer.body)["code"]) == (409, "request_differs")


@pytest.mark.parametrize("order", [LATER._replace(expires_at=NOW), LATER._replace(amount_vnd=0)])
async def test_what_is_not_taken_is_not_made(house, order):
    with pytest.raises(Declined):
        await house.begin(order)
    assert (await house.query()).finding == "not_found"


@pytest.mark.parametrize(
    ("behaviour", "told", "finding"),
    [
        ("pay", [("paid", 150_000)], "paid"),
        ("twice", [("paid", 150_000)] * 3, "paid"),
        ("decline", [("failed", 150_000)], "failed"),
        ("wrong_amount_first", [("paid", 151_000), ("paid", 150_000)], "paid"),
        ("silent", [], "paid"),
    ],
)
async def test_a_behaviour_tells_and_stands(house, merchant, behaviour, told, finding):
    await house.pay(behaviour)

    assert [(n.finding, n.amount_vnd) for n in merchant.heard] == told
    assert (await house.query()).finding == finding


async def test_an_order_that_is_over_is_not_paid(house):
    offer = await house.begin()
    house.now = LATER.expires_at + timedelta(seconds=1)

    paid = await house.http.post("/sandbox/pay", json={"pay_url": offer.pay_url})

    assert paid.status_code == 409


@pytest.mark.parametrize(
    ("verdicts", "calls", "given_up"),
    [
        (["unknown_order", "call_again", "already_final"], 3, 0),
        (["unknown_order"], 10, 1),
        (["amount_differs"], 1, 0),
    ],
)
async def test_it_calls_until_it_is_heard(verdicts, calls, given_up):
    merchant = Merchant(*verdicts)
    house = House(merchant)
    await house.pay()
    statement = (await house.http.get("/sandbox/statement")).json()

    assert (len(merchant.heard), statement["given_up"]) == (calls, given_up)


# ---- who asks


@pytest.mark.parametrize(
    "call",
    [
        called({"function": "status"}, key(THEIRS)),
        called({"function": "status"}, key(OURS), NOW - timedelta(seconds=301)),
        called({"function": "create", "request_id": "bank-1", "merchant": "MC0001"}, key(OURS)),
        called({"function": "status", "request_id": "bank-1", "merchant": "X"}, key(OURS)),
        called({"function": "status", "request_id": "bank-2", "merchant": "MC0001"}, key(OURS)),
        called({}, key(OURS), **{TIME: "x"}),
        called({}, key(OURS), **{SIGNATURE: ""}),
        called({}, key(OURS), **{ID: ""}),
    ],
)
async def test_a_request_that_is_not_ours_for_this_now_is_not_genuine(house, call):
    headers = {n.decode(): v.decode() for n, v in call.headers}
    answer = await house.http.post("/v1/status", content=call.body, headers=headers)

    assert (answer.status_code, answer.json()["code"]) == (401, "not_genuine")


# ---- money that leaves


async def test_no_more_goes_back_than_came_and_the_receipt_ends(house):
    [transaction] = await house.pay()
    named = {"reference": ORDER.reference, "transaction": transaction}

    first = await refunded(house, back(transaction=transaction))
    again = await refunded(house, back(transaction=transaction))
    more = await refunded(house, back(key="R2", transaction=transaction))
    assert (await house.ask("receipt", "1", **named))["state"] == "valid"
    rest = await refunded(house, back(key="R3", amount_vnd=50_000, transaction=transaction))

    assert first == again
    assert (first.finding, rest.finding) == ("done", "done")
    assert (more.finding, more.code) == ("failed", "refund_exceeds")
    assert (await house.ask("receipt", "2", **named))["state"] == "void"
    asked = await house.send(GATEWAY.query_refund("q", back(), NOW))
    assert GATEWAY.read_refund_answer(asked, back(), NOW) == first


# ---- the file of a day


async def test_the_file_of_a_day_has_all_that_moved(house):
    [transaction] = await house.pay()
    await refunded(house, back(transaction=transaction))
    await house.ask("disburse", "1", **PAID_OUT)

    text = b64decode((await house.ask("statement", "1", day="20261102"))["file"])
    head, *lines, _ = text.decode().splitlines()

    assert is_whole(text)
    assert head == "H|motcua-1|bac-ha|20261102|0|30000|3|30000"
    assert [line.split("|")[4::3] for line in lines] == [
        ["150000", "pay"],
        ["100000", "refund"],
        ["20000", "disburse"],
    ]
    assert (await house.http.get("/sandbox/file/20261102")).content == text
    read_back = read(io.BytesIO(text), Asked("bac-ha", date(2026, 11, 2)))
    assert [line.kind for line in read_back] == ["paid", "refunded", "disbursed"]


async def test_the_next_day_opens_where_the_day_closed(house):
    await house.pay()
    house.now += timedelta(days=1)

    head = (await house.http.get("/sandbox/file/20261103")).text.splitlines()[0]

    assert head == "H|motcua-1|bac-ha|20261103|150000|150000|0|0"


async def test_a_file_that_is_not_whole_is_not_taken(house):
    whole = written("bac-ha", "20261102", 0, [Entry("D", "F", 1, "20261102090000", "pay")])
    for number, text in enumerate((whole[:-2], whole.replace(b"|F|", b"|G|"), b"", b"T|0|x\n")):
        with pytest.raises(Declined, match="unreadable"):
            await house.ask("result", f"{number}", day="20261102", file=b64encode(text).decode())
    said = await house.ask("result", "w", day="20261102", file=b64encode(whole).decode())

    assert (said["outcome"], house.bank.results) == ("recorded", [whole])


async def test_it_may_be_down_or_slow_and_comes_back(house):
    for mood, status in (("down", 503), ("slow", 404), ("up", 404)):
        assert (await house.http.post(f"/sandbox/mood/{mood}")).status_code == 200
        assert (await house.http.get("/pay/none")).status_code == status
