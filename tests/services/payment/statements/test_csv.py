"""Exports as CSV: what they say is read, what they cannot be is refused with the line."""

import io
from contextlib import suppress
from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.payment.domain.luhn import check_digit
from services.payment.statements import LINE_LIMIT_BYTES, Asked, Line, Statement, Unfit
from services.payment.statements.checking import check
from services.payment.statements.formats import reader
from shared.clock import VIETNAM

ASKED = Asked("a-bank", date(2026, 11, 20))
OURS = f"DVC27819000000123{check_digit('27819000000123')}"[:18]
CONTROL = "#opening_vnd=0;closing_vnd=48000;count=2\n"
VNPAY = (
    "vnp_TxnRef,vnp_TransactionNo,vnp_Amount,vnp_PayDate,vnp_TransactionType,vnp_BankCode\n"
    "DVC1,14700001,6400000,20261120090000,01,NCB\n"
    "DVC1,14700002,1600000,20261120091500,02,NCB\n"
)
PAYOS = (
    "orderCode,amount,description,reference,transactionDateTime\n"
    "{code},48000,CSX,FT26324001,2026-11-20 09:00:00\n"
    ",1000,chuyen tien,FT26324002,2026-11-20 09:30:00\n"
)
CASSO = (
    "id,reference,accountNumber,description,amount,runningBalance,transactionDateTime\n"
    '7,FT1,1234567890,"CT DEN: dvc 27819-000000123{check}",16000,116000,2026-11-20 08:00:00\n'
    "8,,1234567890,hoan,-6000,110000,2026-11-20 10:00:00\n"
)
SEPAY = (
    "id,gateway,transactionDate,code,content,transferType,transferAmount,accumulated\n"
    "1,VCB,2026-11-20 08:00:00,,{ours},in,16000,16000\n"
    "2,VCB,2026-11-20 08:01:00,,tra,out,16000,0\n"
)


def read(text: str | bytes) -> tuple[list[Line], Statement]:
    file = io.BytesIO(text.encode() if isinstance(text, str) else text)
    lines, found = reader(file)(file, ASKED), []
    while True:
        try:
            found.append(next(lines))
        except StopIteration as end:
            return found, end.value


def checked(text: str | bytes) -> int:
    file = io.BytesIO(text.encode() if isinstance(text, str) else text)
    return check(reader(file)(file, ASKED), ASKED).lines


def at(hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, 20, hour, minute, tzinfo=VIETNAM)


def test_vnpays_amounts_are_hundredths_and_its_types_say_which_way() -> None:
    lines, statement = read(CONTROL + VNPAY)
    assert lines == [
        Line("DVC1", "14700001", 64_000, at(9), "paid", 3),
        Line("DVC1", "14700002", 16_000, at(9, 15), "refunded", 4),
    ]
    assert statement == Statement(*ASKED, 0, 48_000, 2)
    assert checked(CONTROL + VNPAY) == 2


def test_payos_names_an_order_by_its_number() -> None:
    text = PAYOS.format(code=OURS.removeprefix("DVC").lstrip("0"))
    lines, _ = read("#opening_vnd=0;closing_vnd=49000;count=2\n" + text)
    assert [(line.reference, line.transaction, line.amount_vnd) for line in lines] == [
        (OURS, "FT26324001", 48_000),
        ("", "FT26324002", 1_000),
    ]


def test_cassos_balances_say_what_was_before_and_after() -> None:
    lines, statement = read(CASSO.format(check=OURS[-1]))
    assert [(line.reference, line.kind, line.amount_vnd) for line in lines] == [
        (OURS, "paid", 16_000),
        ("", "refunded", 6_000),
    ]
    assert [line.transaction for line in lines] == ["1234567890/FT1", "8"]
    assert (statement.opening_vnd, statement.closing_vnd, statement.entries) == (
        100_000,
        110_000,
        2,
    )


def test_sepay_says_which_way_by_a_word() -> None:
    lines, statement = read(SEPAY.format(ours=OURS))
    assert [(line.reference, line.kind) for line in lines] == [(OURS, "paid"), ("", "refunded")]
    assert (statement.opening_vnd, statement.closing_vnd) == (0, 0)


@pytest.mark.parametrize("text", [VNPAY, PAYOS.format(code=1)])
def test_an_export_without_balances_needs_a_line_of_control(text) -> None:
    with pytest.raises(Unfit, match="put #opening_vnd="):
        checked(text)


def test_a_day_without_entries_is_a_statement() -> None:
    assert checked(VNPAY.partition("\n")[0] + "\n") == 0


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "line 1: no format that is known"),
        ("a,b\n1,2\n", "line 1: no format that is known"),
        (b"\xff\xfe", "line 1: not UTF-8"),
        ("x" * (LINE_LIMIT_BYTES + 1), "line 1: longer than"),
        ("#opening=1\n" + VNPAY, "line 1: a line of control is"),
        (CONTROL + VNPAY.replace(",01,", ",07,"), "line 3: vnp_TransactionType is '07'"),
        (CONTROL + VNPAY.replace("6400000", "6400050"), "line 3: vnp_Amount is '6400050'"),
        (CONTROL + VNPAY.replace("6400000", "64.000,00"), "line 3: 7 columns"),
        (CONTROL + VNPAY.replace("6400000", "6,4e6"), "line 3: 7 columns"),
        (CONTROL + VNPAY.replace("6400000", "6.4e6"), "line 3: vnp_Amount is '6.4e6'"),
        (CONTROL + VNPAY.replace("20261120090000", "20261320090000"), "line 3: vnp_PayDate"),
        (CONTROL + VNPAY + '"', "line 5: not CSV"),
        (CASSO.format(check=1).replace("110000", "110001"), "line 3: a balance of 110,001"),
        (CASSO.format(check=1).replace("-6000", "-6000.5"), "line 3: amount is '-6000.5'"),
        (CASSO.format(check=1).replace("runningBalance", "id"), "no format that is known"),
        (SEPAY.format(ours="").replace(",out,", ",away,"), "line 3: transferType is 'away'"),
        (SEPAY.format(ours="").replace("gateway", "code"), "line 1: a column stands there twice"),
    ],
)
def test_what_no_export_can_be_is_refused_with_its_line(text, said) -> None:
    with pytest.raises(Unfit) as refused:
        checked(text)
    assert said in str(refused.value)


@given(st.binary(max_size=400))
def test_any_bytes_are_a_statement_or_refused(noise: bytes) -> None:
    for text in (noise, CONTROL.encode() + VNPAY.encode() + noise, SEPAY.encode() + noise):
        with suppress(Unfit):
            checked(text)
