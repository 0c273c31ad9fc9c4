"""A day with an independent bank (PyPI mock-bank), a program of its own on loopback.

Citizens pay by transfer, refunds go out, one of them twice; at the end of the day every movement of
the bank's statement is one that we know, and every one that we know is on it.
"""

import re
from collections.abc import Iterator
from datetime import datetime
from importlib.util import find_spec
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.payment.iso20022 import transfers
from services.payment.iso20022.reports import Head, Movement, read_reports
from services.payment.iso20022.statuses import OF_TRANSFERS, Status, outcome_of, read_statuses
from services.payment.iso20022.transfers import Transfer
from services.payment.iso20022.written import Party
from shared.clock import VIETNAM
from tests.services.payment.iso20022.iso_vectors import REPORTS, body
from tests.services.payment.iso20022.mock_bank import CITIZEN, OFFICE, Bank, mock_bank

pytestmark = pytest.mark.skipif(
    find_spec("mockbank") is None, reason="mock-bank is not installed: pip install motcua[dev]"
)

OPENING_VND = 5_000_000
AT = datetime(2026, 11, 2, 9, 0, tzinfo=VIETNAM)
CLOSED = Party("Initech Services", "NL84MOCK0000000003", "MOCKNL2A")


@pytest.fixture
def bank() -> Iterator[Bank]:
    with mock_bank(OPENING_VND) as made:
        yield made


def movements(*messages: bytes) -> list[Movement]:
    found = [m for given in messages for m in read_reports([given], REPORTS)]
    return [m for m in found if isinstance(m, Movement)]


def a_refund(key: str, amount_vnd: int, to: Party = CITIZEN) -> bytes:
    refund = Transfer(key, amount_vnd, to, "hoan le phi")
    return transfers.build(f"M{key}", OFFICE.name, OFFICE, [refund], AT)


def said(report: bytes, key: str) -> Status:
    return outcome_of(read_statuses(report, OF_TRANSFERS), f"M{key}", key)


def test_a_day_of_credits_and_refunds_ends_matched(bank: Bank) -> None:
    paid = {f"DVC26110200{n:05d}": 10_000 + n for n in range(20)}
    for reference, amount_vnd in paid.items():
        bank.pay(reference, amount_vnd, end_to_end_id=reference, note=f"LE PHI {reference}")
    refunds = {f"RDVC{n}": 5_000 + n for n in range(5)}
    for key, amount_vnd in refunds.items():
        status, report = bank.send(a_refund(key, amount_vnd))
        assert (status, said(report, key).outcome) == (202, "pending"), "accepted, not yet settled"

    told = movements(*bank.collect("camt.054.001.08"))
    bank.switch("advance?days=1")
    told += movements(*bank.collect("camt.054.001.08"))
    [statement] = bank.collect("camt.053.001.08")
    head, *booked = read_reports([statement], REPORTS)

    assert isinstance(head, Head)
    net_vnd = sum(paid.values()) - sum(refunds.values())
    assert (head.opening_vnd, head.closing_vnd) == (OPENING_VND, OPENING_VND + net_vnd)
    assert {m.reference: m.amount_vnd for m in told} == paid | {k: -v for k, v in refunds.items()}
    assert sorted(told) == sorted(m for m in booked if isinstance(m, Movement))
    assert len({m.number for m in told}) == len(paid) + len(refunds)


def test_a_refund_sent_twice_moves_money_once(bank: Bank) -> None:
    file = a_refund("RDVC7", 50_000)
    assert bank.send(file)[0] == 202

    status, report = bank.send(file)

    assert (status, said(report, "RDVC7").reasons) == (422, ("DUPL",))
    assert said(report, "RDVC7").outcome == "unknown", "not failed: the first one must be asked for"
    [debit] = movements(*bank.collect("camt.054.001.08"))
    assert (debit.reference, debit.amount_vnd, debit.message) == ("RDVC7", -50_000, "MRDVC7")


def test_a_refund_to_a_closed_account_has_failed(bank: Bank) -> None:
    _, report = bank.send(a_refund("RDVC8", 50_000, CLOSED))

    assert said(report, "RDVC8").outcome == "failed"
    assert said(report, "RDVC8").reasons == ("AC04",)
    assert bank.collect("camt.054.001.08") == []


@pytest.mark.parametrize(
    ("name", "code"),
    [("n1-ctrlsum", "AM10"), ("n2-nboftxs", "AM18"), ("n4-decimals", "FF01")],
)
def test_what_we_would_never_send_the_bank_refuses_for_the_same_reason(
    bank: Bank, name: str, code: str
) -> None:
    file = body(f"iso20022-pain001-{name}")
    [finding, *_] = transfers.judge(file)

    status, report = bank.send(file)

    [whole] = read_statuses(report, OF_TRANSFERS)
    assert (status, whole.outcome, whole.reasons) == (422, "failed", (code,))
    assert finding.code == code


def _found(pick: Any) -> bytes:
    return bytes(pick[0][0])


CHANGES = [
    (rb'Ccy="VND">50000', [b'Ccy="EUR">50000', b'Ccy="VND">50000.5', b'Ccy="VND">50000.0']),
    (rb"<CtrlSum>50000", [b"<CtrlSum>1", b"<CtrlSum>50000.00", b"<CtrlSum>0"]),
    (rb"<NbOfTxs>1", [b"<NbOfTxs>2", b"<NbOfTxs>01", b"<NbOfTxs>0"]),
    (rb"NL91ABNA0417164300", [b"NL92ABNA0417164300", b"GB82WEST12345698765432"]),
    (rb"(<CdtTrfTxInf>.*</CdtTrfTxInf>)", [rb"\1\1"]),
]


@given(picks=st.lists(st.tuples(st.sampled_from(CHANGES), st.integers(0, 2)), unique_by=_found))
def test_an_independent_judge_finds_the_same_in_what_its_schema_allows(picks: Any) -> None:
    from mockbank.validate import errors, validate

    file = body("iso20022-pain001-001-refund")
    for (found, instead), number in picks:
        file = re.sub(found, instead[number % len(instead)], file, count=1)

    theirs = errors(validate(file, today=AT.date()))

    assert {f.code for f in transfers.judge(file)} == {f.code for f in theirs}


def test_the_report_during_the_day_has_what_was_told_so_far(bank: Bank) -> None:
    bank.pay("DVC1", 16_000, end_to_end_id="DVC1")
    bank.switch("accounts/KBNN/report")

    [report] = bank.collect("camt.052.001.08")

    assert movements(report) == movements(*bank.collect("camt.054.001.08"))
