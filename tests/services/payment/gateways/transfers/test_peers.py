"""PayOS's own libraries and others' VietQR libraries: they accept ours, and we theirs."""

import json
from datetime import timedelta
from random import Random

import httpx
import pytest

from deploy.sandbox.transfers.forms import Merchant, Movement, post
from deploy.sandbox.transfers.house import House, posts
from deploy.sandbox.transfers.http import create_app
from services.payment.gateways import Key, Order, Payer
from services.payment.gateways.transfers.payos import Payos
from services.payment.gateways.transfers.payos_signing import verified
from services.payment.gateways.transfers.vietqr import Transfer, payload, read
from tests.peers.asking import ask, needs
from tests.services.payment.gateways.transfer_vectors import LONG_AGO, NOW, vector

KEYS = {"clientId": "client-1", "apiKey": "api-1", "checksumKey": "payosChecksumKeyForTestsOnly_1"}
KEY = Key(secret=KEYS["checksumKey"], valid_from=LONG_AGO)
MERCHANT = Merchant(
    name="payos",
    form="payos",
    secret=KEYS["checksumKey"],
    bank="970436",
    account="1234567890",
    callback_url="http://edge/callback",
    client_id=KEYS["clientId"],
    api_key=KEYS["apiKey"],
)
ORDER = Order("DVC261102000000016", 150_000, NOW, NOW + timedelta(hours=1))
CREATE = {
    "orderCode": 261102000000016,
    "amount": 150_000,
    "description": "DVC261102000000016",
    "cancelUrl": "https://thanhtoan.example.vn/v1/return/payos",
    "returnUrl": "https://thanhtoan.example.vn/v1/return/payos",
}
TOLD = vector("payos", "payos-webhook-001")["input"]["data"]
# data that a sender may write in more than one way
DATAS = [
    TOLD,
    TOLD | {"description": 'Lệ phí 😀 & / \\ "x"', "counterAccountName": None},
    TOLD | {"desc": "undefined", "code": "null", "virtualAccountName": ""},
    {"b": True, "a": [{"z": 1, "b": "ệ/", "n": None}], "c": 1.5, "d": 1e21, "e": 0.1, "f": -7},
    {"10": 1, "9": 2, "Z": 3, "a": 4, "_": 5, "é": 6},
]


def payos_says(*asked):
    return ask("payos", keys=KEYS, asked=list(asked))


def webhook() -> bytes:
    moved = Movement("payos", 26306000001, 150_000, "DVC261102000000016", NOW, ORDER_CODE, "link")
    return post(MERCHANT, moved, NOW).body


ORDER_CODE = CREATE["orderCode"]


# ---- npm @payos/node


@needs("payos")
def test_what_their_node_library_signs_verifies_however_it_is_written():
    for said, data in zip(
        payos_says(*[{"method": "body", "data": d} for d in DATAS]), DATAS, strict=True
    ):
        sent = said["result"]
        assert verified(sent.encode(), [KEY]).keys() == data.keys()
        spelt = json.dumps(json.loads(sent), indent=1)  # 1e21 becomes 1e+21, é an escape
        assert verified(spelt.encode(), [KEY])


@needs("payos")
def test_our_request_carries_the_signature_that_their_node_library_makes(a_watcher):
    partner = a_watcher("payos", KEY, ids={"api_key": "api-1"}, merchant="client-1")
    ours = json.loads(Payos(partner).create("", ORDER, Payer(""), NOW).body)

    [said] = payos_says({"method": "sign", "data": ours})

    assert said["result"] == ours["signature"]


@needs("payos")
async def test_their_node_client_is_served_by_our_sandbox():
    house = House([MERCHANT], posts(httpx.AsyncClient(), 0.0), lambda: NOW, 0.0)
    transport = httpx.ASGITransport(create_app(house))
    asked = [{"method": "create", "data": CREATE}, {"method": "get", "data": ORDER_CODE}]
    async with httpx.AsyncClient(transport=transport) as bank:
        for step in asked:
            [said] = payos_says(step)
            sent = said["sent"]
            answer = await bank.request(
                sent["method"], sent["url"], content=sent.get("body"), headers=sent["headers"]
            )
            step["answer"] = answer.json()

    created, standing = payos_says(*asked)

    assert created["error"] is standing["error"] is None
    assert read(created["result"]["qrCode"]).purpose == CREATE["description"]
    assert standing["result"]["status"] == "PENDING"


@needs("payos")
def test_their_node_client_believes_our_sandbox_and_nobody_else():
    told = json.loads(webhook())
    forged = told | {"data": told["data"] | {"amount": 1}}

    believed, refused = payos_says(
        {"method": "verify", "data": told}, {"method": "verify", "data": forged}
    )

    assert believed["error"] is None
    assert "integrity" in refused["error"]


# ---- PyPI payos


def test_their_python_library_and_ours_sign_alike(a_watcher):
    payos = pytest.importorskip("payos", reason="payos is not installed: it is in the dev extra")
    client = payos.PayOS(KEYS["clientId"], KEYS["apiKey"], KEYS["checksumKey"])
    partner = a_watcher("payos", KEY, ids={"api_key": "api-1"})
    ours = json.loads(Payos(partner).create("", ORDER, Payer(""), NOW).body)

    signed = client.crypto.create_signature_of_payment_request(ours, KEYS["checksumKey"])
    assert signed == ours["signature"]
    for data in DATAS[:3]:
        signature = client.crypto.create_signature_from_object(data, KEYS["checksumKey"])
        assert verified(json.dumps({"data": data, "signature": signature}).encode(), [KEY])


def test_their_python_library_believes_our_sandbox():
    payos = pytest.importorskip("payos", reason="payos is not installed: it is in the dev extra")
    client = payos.PayOS(KEYS["clientId"], KEYS["apiKey"], KEYS["checksumKey"])

    assert client.webhooks.verify(webhook()).order_code == ORDER_CODE


# ---- VietQR


def drawn(count: int) -> list[Transfer]:
    random, found = Random(261102), []
    for _ in range(count):
        text = "".join(random.choices("DVC0123456789 abc-./%", k=random.randint(0, 25)))
        found.append(
            Transfer(
                bank=random.choice(["970436", "970415", "971025"]),
                number="".join(random.choices("0123456789AZ", k=random.randint(1, 19))),
                amount_vnd=random.choice([None, random.randint(1, 10**13 - 1)]),
                purpose=text,
                bill=random.choice(["", "BL000123"]),
                label=random.choice(["", "DVC26110200004"]),
            )
        )
    return found


@needs("vietqr")
def test_a_node_library_builds_and_reads_the_same_codes():
    ours = drawn(300)
    options = [
        {
            "bankBin": t.bank,
            "bankNumber": t.number,
            "amount": t.amount_vnd and str(t.amount_vnd),
            "purpose": t.purpose,
            "billNumber": t.bill,
            "reference": t.label,
        }
        for t in ours
    ]

    said = ask("vietqr", build=options, read=[payload(t) for t in ours])

    assert said["built"] == [payload(t) for t in ours]
    for transfer, theirs in zip(ours, said["read"], strict=True):
        assert theirs["isValid"]
        assert (theirs["bank"], theirs["number"]) == (transfer.bank, transfer.number)
        assert int(theirs.get("amount") or 0) == (transfer.amount_vnd or 0)
        assert (theirs.get("purpose") or "") == transfer.purpose


def test_a_python_library_reads_our_codes_and_we_its():
    vietqr = pytest.importorskip(
        "vietqr_emvco", reason="vietqr-emvco is not installed: it is in the dev extra"
    )
    for transfer in drawn(100):
        text = payload(transfer)
        assert vietqr.VietQRParser.verify_checksum(text)
        assert vietqr.VietQRParser.parse(text)["account_number"] == transfer.number
    theirs = vietqr.VietQRGenerator("970436", "0011000000001").generate(150_000, "DVC1", "KHO BAC")

    assert read(theirs) == Transfer(
        "970436", "0011000000001", 150_000, "DVC1", category="0000", name="KHO BAC"
    )
