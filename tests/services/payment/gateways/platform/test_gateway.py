"""The Payment Platform: what we send and take, and every public vector of it."""

import json
from datetime import datetime, timedelta

import pytest

from services.payment.gateways import (
    Answer,
    Declined,
    Offer,
    Order,
    Payer,
    Refused,
    Said,
    Unsendable,
)
from services.payment.gateways.asked import TheirReceipt
from services.payment.gateways.bills import Bill
from services.payment.gateways.platform.gateway import ASKED, INIT, Platform
from services.payment.gateways.platform.piped import checksum, piped
from shared.events.data import FeeLine
from tests.services.payment.gateways.platform.piped_vectors import (
    ACCOUNT,
    CONFIRMATION,
    NOW,
    ORDER,
    PLATFORM,
    key,
    of_kind,
    platform_row,
)
from tests.services.payment.gateways.platform.platform_words import signed

PAYER = Payer("203.0.113.10")
BILL = Bill(
    dossier="H29.1-20261120-0000001",
    procedure="2.000635",
    procedure_name="Cấp bản sao trích lục hộ tịch",
    unit="26737",
    unit_name="UBND phường Thử Nghiệm",
    lines=(
        FeeLine(kind="fee", name_vi="Phí", quantity=1, unit_amount_vnd=100_000, amount_vnd=100_000),
        FeeLine(
            kind="charge", name_vi="Lệ phí", quantity=2, unit_amount_vnd=25_000, amount_vnd=50_000
        ),
    ),
)


@pytest.fixture
def platform() -> Platform:
    return Platform(platform_row())


def answered(status: int = 200, **changes) -> Answer:
    told = signed(LoaiBanTin="QUERY", MaThamChieu=ORDER.reference) | {"TrangThaiGD": 1}
    return Answer(status, json.dumps(told | changes).encode())


# ---- the vectors
@pytest.mark.parametrize("vector", of_kind(PLATFORM, "query_request", "get_bill_request"))
def test_what_we_ask_is_what_the_vectors_have(vector):
    told = vector["input"]["fields"]
    opened_at = datetime.strptime(told["ThoiGianGD"] + "+0700", "%Y%m%d%H%M%S%z")
    order = ORDER._replace(reference=told["MaThamChieu"], opened_at=opened_at)
    gateway = Platform(platform_row(vector))
    ask = {
        "QUERY": lambda: gateway.query("k", order, NOW),
        "GET_BILL": lambda: gateway.ask_receipt(order, "1", NOW),
    }

    assert json.loads(ask[told["LoaiBanTin"]]().body) == told | vector["expected"]


@pytest.mark.parametrize("vector", of_kind(PLATFORM, "init_request"))
def test_an_init_of_ours_has_the_fields_of_the_vectors(vector):
    told = vector["input"]["fields"]
    opened_at = datetime.strptime(told["ThoiGianGD"] + "+0700", "%Y%m%d%H%M%S%z")
    order = Order(told["MaThamChieu"], int(told["SoTien"]), opened_at, opened_at, ACCOUNT)

    sent = Platform(platform_row(vector)).create("k", order, Payer(told["Ip"]), NOW)

    message = json.loads(sent.body)
    ours = {n: message[n] for n in INIT}
    assert {**ours, "ThongTinGiaoDich": ""} == {**told, "ThongTinGiaoDich": ""}
    assert message["MaXacThuc"] == checksum(key(vector["key"]["secret"]), piped(ours, INIT))


# ---- the citizen pays


def test_an_init_says_what_is_to_be_paid_to_whom(platform):
    sent = platform.create("k", ORDER._replace(bill=BILL), PAYER, NOW)

    message = json.loads(sent.body)
    assert (message["SoTien"], message["Ip"]) == ("150000", "203.0.113.10")
    receipt = message["ThongTinBienLai"]
    assert (receipt["MaDichVu"], receipt["MaDVC"], receipt["MaHoSo"]) == (
        "2",
        "2.000635.01",
        "H29.1-20261120-0000001",
    )
    assert (receipt["TKThuHuong"], receipt["MaNHThuHuong"]) == ("0020100000101", "970436")
    assert [(p["LoaiPhiLePhi"], p["SoTien"]) for p in receipt["PhiLePhi"]] == [
        ("1", "100000"),
        ("2", "50000"),
    ]


def test_the_same_init_is_sent_however_often(platform):
    assert platform.create("k", ORDER, PAYER, NOW) == platform.create(
        "k", ORDER, PAYER, NOW + timedelta(hours=1)
    )


@pytest.mark.parametrize(
    "order",
    [
        ORDER._replace(reference="DVC|1"),
        ORDER._replace(reference="DVC\n1"),
        ORDER._replace(account=None),
        ORDER._replace(bill=BILL, amount_vnd=149_999),
    ],
)
def test_what_cannot_be_said_is_not_sent(platform, order):
    with pytest.raises(Unsendable):
        platform.create("k", order, PAYER, NOW)


def test_the_account_of_the_row_is_the_default():
    gateway = Platform(platform_row(account=ACCOUNT))

    sent = gateway.create("k", ORDER._replace(account=None), PAYER, NOW)

    assert json.loads(sent.body)["ThongTinBienLai"]["TenTKThuHuong"] == ACCOUNT.name


URL = "https://thanhtoan.example.vn/p/1"
PAY_HERE = {"MaLoi": "00", "UrlThanhToan": URL}


@pytest.mark.parametrize(
    "body",
    [
        PAY_HERE,
        {"error_code": "0", "message": json.dumps(PAY_HERE)},
        {"error_code": 0, "message": json.dumps(PAY_HERE)},
    ],
)
def test_an_answer_comes_bare_or_in_the_envelope_of_the_bus(platform, body):
    assert platform.read_created(Answer(200, json.dumps(body).encode()), ORDER, NOW) == Offer(URL)


@pytest.mark.parametrize(
    "body",
    [
        {"MaLoi": "00"},
        {"MaLoi": "00", "UrlThanhToan": "https://thanhtoan.example.vn.evil.example/p"},
        {"MaLoi": "00", "UrlThanhToan": "javascript:alert(1)"},
        {"MaLoi": "00", "UrlThanhToan": 5},
        {"error_code": "1", "message": json.dumps(PAY_HERE)},
        {"error_code": "0", "message": "x"},
        {"error_code": "0", "message": PAY_HERE},
        {"error_code": "0"},
        {"UrlThanhToan": URL},
        [],
    ],
)
def test_an_answer_that_offers_nothing_of_theirs_is_refused(platform, body):
    with pytest.raises(Refused):
        platform.read_created(Answer(200, json.dumps(body).encode()), ORDER, NOW)


def test_another_code_means_that_no_order_was_made(platform):
    with pytest.raises(Declined, match="05"):
        platform.read_created(Answer(200, b'{"MaLoi": "05"}'), ORDER, NOW)


# ---- we ask


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, Said("paid", CONFIRMATION["MaGiaoDich"], 150_000, "00/1")),
        ({"TrangThaiGD": "1"}, Said("paid", CONFIRMATION["MaGiaoDich"], 150_000, "00/1")),
        ({"TrangThaiGD": 3}, Said("pending", code="00/3")),
        ({"TrangThaiGD": 4}, Said("failed", code="00/4")),
        ({"TrangThaiGD": 2}, Said("pending", code="00/2")),
        ({"TrangThaiGD": True}, Said("pending", code="00/")),
    ],
)
def test_a_state_means(platform, changes, said):
    assert platform.read_answer(answered(**changes), ORDER, NOW) == said


def test_paid_needs_the_code_that_is_signed_as_well(platform):
    failed = signed(LoaiBanTin="QUERY", MaThamChieu=ORDER.reference, MaLoi="01")
    answer = Answer(200, json.dumps(failed | {"TrangThaiGD": 1}).encode())

    assert platform.read_answer(answer, ORDER, NOW).finding == "pending"


def test_an_error_of_theirs_says_nothing_of_the_order(platform):
    assert platform.read_answer(Answer(200, b'{"MaLoi": "99"}'), ORDER, NOW).finding == "unknown"


@pytest.mark.parametrize(
    "changes",
    [
        {"SoTien": 1},
        {"MaXacThuc": ""},
        {"MaXacThuc": None},
        {"MaThamChieu": "DVC1"},
        {"MaLoi": "01"},
    ],
)
def test_an_answer_that_is_not_proved_is_refused(platform, changes):
    with pytest.raises(Refused):
        platform.read_answer(answered(**changes), ORDER, NOW)


def test_an_answer_about_another_order_is_refused(platform):
    other = Answer(200, json.dumps(signed(LoaiBanTin="QUERY") | {"TrangThaiGD": 1}).encode())

    with pytest.raises(Refused, match="another order"):
        platform.read_answer(other, ORDER, NOW)


def receipt_of(platform, body: bytes) -> TheirReceipt:
    return platform.read_receipt(Answer(200, body), ORDER, "1", NOW)


def test_a_receipt_is_a_link_or_the_pdf_itself(platform):
    link = b'{"MaLoi": "00", "UrlBienLai": "https://bienlai.example.vn/1"}'

    assert receipt_of(platform, link) == TheirReceipt(url="https://bienlai.example.vn/1")
    assert receipt_of(platform, b"%PDF-1.7 ...") == TheirReceipt(pdf=b"%PDF-1.7 ...")
    with pytest.raises(Declined):
        receipt_of(platform, b'{"MaLoi": "99"}')


@pytest.mark.parametrize(
    "said",
    [{"UrlBienLai": "javascript:1"}, {}, {"UrlBienLai": "https://a.vn/1", "MaThamChieu": "DVC1"}],
)
def test_an_answer_without_a_link_or_about_another_order_is_no_receipt(platform, said):
    with pytest.raises(Refused):
        receipt_of(platform, json.dumps({"MaLoi": "00", **said}).encode())


def test_money_is_given_back_by_a_person(platform):
    assert platform.refund(None, NOW) is None
    assert ASKED[-1] == "ThoiGianGD"
