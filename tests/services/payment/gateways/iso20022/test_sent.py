"""What we send to a bank that speaks ISO 20022, and what its answers mean."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from services.payment.gateways import (
    Account,
    Answer,
    Declined,
    Offer,
    Payer,
    Refused,
    Sending,
    Unsendable,
)
from services.payment.gateways.iso20022.gateway import Iso20022
from services.payment.gateways.request_signature import SIGNATURE, TIME, sign
from services.payment.iso20022 import strict
from services.payment.iso20022.transfers import judge
from tests.services.payment.gateways.iso20022.iso20022_words import (
    ACCOUNT,
    CREDIT,
    NOW,
    ORDER,
    OURS,
    REFERENCE,
    REFUND,
    REJECTED,
    ROW,
    answer,
)
from tests.services.payment.iso20022.iso_vectors import body, schemas


@pytest.fixture
def bank() -> Iso20022:
    return Iso20022(ROW)


# ---- what we send


def sent(sending: Any) -> bytes:
    assert isinstance(sending, Sending)
    named = dict(sending.headers)
    assert named[SIGNATURE] == sign(OURS, named[TIME], sending.body)
    assert sending.url.startswith(ROW.base_url)
    return sending.body


def test_an_order_is_a_request_to_pay_that_names_it(bank):
    given = sent(bank.create("019aa0a5-b1c0-7d3e-8f4a-2b6c8d0e1f23/1", ORDER, Payer(""), NOW))
    root = strict.read(given, schemas())[1].one("CdtrPmtActvtnReq")

    assert root.at("PmtInf/CdtTrfTx/PmtId/EndToEndId") == REFERENCE
    assert root.at("PmtInf/CdtTrfTx/Amt/InstdAmt") == "150000"
    assert root.at("PmtInf/DbtrAgt/FinInstnId/ClrSysMmbId/MmbId") == "970436"
    assert root.at("PmtInf/CdtTrfTx/CdtrAcct/Id/Othr/Id") == ACCOUNT.number
    assert len(root.at("GrpHdr/MsgId")) <= 35
    again = sent(bank.create("019aa0a5-b1c0-7d3e-8f4a-2b6c8d0e1f23/1", ORDER, Payer(""), NOW))
    assert again == given, "sent again, it is the same file"


def test_an_orders_own_account_goes_before_that_of_the_row(bank):
    own = Account(bank="970405", number="777", name="Kho bạc")
    given = sent(bank.create("K", ORDER._replace(account=own), Payer(""), NOW))

    assert b"<Id>777</Id>" in given


def test_an_accepted_request_is_an_offer(bank):
    accepted = REJECTED.replace(b"<TxSts>RJCT", b"<TxSts>ACTC")

    assert bank.read_created(answer(accepted), ORDER, NOW) == Offer(
        f"http://127.0.0.1:9/pay/{REFERENCE}"
    )


def test_a_request_that_was_there_before_is_an_offer_all_the_same(bank):
    repeated = REJECTED.replace(b"AM04", b"DUPL")

    assert bank.read_created(answer(repeated, 422), ORDER, NOW).pay_url


def test_a_refused_request_is_declined(bank):
    with pytest.raises(Declined, match="RJCT/AM04"):
        bank.read_created(answer(REJECTED, 422), ORDER, NOW)


def test_an_answer_is_the_banks_and_about_this_order(bank):
    with pytest.raises(Refused, match="another order"):
        bank.read_created(answer(REJECTED), ORDER._replace(reference="DVC9"), NOW)
    with pytest.raises(Refused, match="x-request-time"):
        bank.read_created(Answer(202, REJECTED, {}), ORDER, NOW)


def report(given: bytes) -> bytes:
    """Return a notification as a report during the day."""
    for found, instead in (
        (b"camt.054", b"camt.052"),
        (b"BkToCstmrDbtCdtNtfctn", b"BkToCstmrAcctRpt"),
        (b"Ntfctn>", b"Rpt>"),
    ):
        given = given.replace(found, instead)
    return given


def test_a_question_names_account_order_and_day(bank):
    asked = msgspec.json.decode(sent(bank.query("q/1", ORDER, NOW)))

    assert asked == {"account": ACCOUNT.number, "reference": REFERENCE, "from": "2026-11-02"}


def test_a_report_says_whether_an_order_is_paid(bank):
    booked = report(CREDIT)

    assert bank.read_answer(answer(booked), ORDER, NOW)[:3] == ("paid", "FT26306000123", 150_000)
    assert bank.read_answer(answer(booked.replace(b"BOOK", b"PDNG")), ORDER, NOW)[0] == "pending"
    other = ORDER._replace(reference="DVC041200000099991")
    assert bank.read_answer(answer(booked), other, NOW)[0] == "not_found"
    with pytest.raises(Refused):
        bank.read_answer(answer(booked.replace(b"1234567890123", b"1")), ORDER, NOW)
    with pytest.raises(Refused):
        bank.read_answer(answer(CREDIT), ORDER, NOW)


# ---- refunds


def test_a_refund_goes_to_where_the_money_came_from(bank):
    given = sent(bank.refund(REFUND, NOW))
    root = strict.read(given, schemas())[1].one("CstmrCdtTrfInitn")
    account = root.one("PmtInf/CdtTrfTxInf/CdtrAcct/Id/Othr")

    assert judge(given) == ()
    assert (account.at("Id"), account.at("SchmeNm/Prtry")) == ("FT26306000123", "TXREF")
    assert root.at("GrpHdr/MsgId") == root.at("PmtInf/CdtTrfTxInf/PmtId/EndToEndId") == "RF-1"
    assert root.at("PmtInf/CdtTrfTxInf/RmtInf/Ustrd") == f"RF-1 hoan {REFERENCE}"
    assert root.at("GrpHdr/CtrlSum") == "50000"


def test_a_long_key_becomes_a_short_name_the_same_every_time(bank):
    long = REFUND._replace(key="019aa0a5-b1c0-7d3e-8f4a-2b6c8d0e1f23/refund/1")
    other = long._replace(key=long.key[:-1] + "2")

    later = NOW + timedelta(days=2)
    assert sent(bank.refund(long, NOW)) == sent(bank.refund(long, later))
    assert sent(bank.refund(long, NOW)) != sent(bank.refund(other, NOW))


def test_a_refund_that_no_file_can_carry_is_not_sent(bank):
    for changes in ({"amount_vnd": 0}, {"transaction": "x" * 35}):
        with pytest.raises(Unsendable):
            bank.refund(REFUND._replace(**changes), NOW)
    without = Iso20022(msgspec.structs.replace(ROW, account=None))
    with pytest.raises(Unsendable):
        without.refund(REFUND, NOW)


def status(report_id: str, key: str = "RF-1") -> bytes:
    given = body(report_id).replace(b"REFUND-20261102-0001A", key.encode())
    given = given.replace(b"REFUND-20261102-0001D", key.encode())
    given = given.replace(b"REFUND-20261102-0001", key.encode())
    return given.replace(b"RF26110200001", key.encode())


@pytest.mark.parametrize(
    ("vector", "finding", "code"),
    [
        ("iso20022-bank-02-pain.002.001.10", "pending", "ACCP"),
        ("iso20022-bank-04-pain.002.001.10", "unknown", "RJCT/DUPL"),
        ("iso20022-bank-05-pain.002.001.10", "failed", "RJCT/AM10"),
        ("iso20022-bank-08-pain.002.001.10", "failed", "RJCT/AC01"),
    ],
)
def test_a_status_says_what_became_of_a_refund(bank, vector, finding, code):
    given = answer(status(vector))

    assert bank.read_refunded(given, REFUND, NOW) == (finding, "", code)
    assert bank.read_refund_answer(given, REFUND, NOW) == (finding, "", code)


def test_a_refund_that_a_status_ends_is_known_by_what_we_called_it(bank):
    settled = status("iso20022-bank-02-pain.002.001.10").replace(b"ACCP", b"ACSC")
    document = strict.read(sent(bank.refund(REFUND, NOW)), schemas())[1]
    paid = document.one("CstmrCdtTrfInitn").one("PmtInf").one("CdtTrfTxInf")

    done = bank.read_refunded(answer(settled), REFUND, NOW)

    assert done == ("done", "RF-1", "ACSC")
    assert paid.at("PmtId/EndToEndId") == done.transaction


def test_a_status_of_another_refund_says_nothing(bank):
    with pytest.raises(Refused):
        bank.read_refunded(answer(status("iso20022-bank-02-pain.002.001.10", "RF-2")), REFUND, NOW)


def test_a_booked_debit_is_a_refund_that_is_done(bank):
    debit = report(body("iso20022-bank-03-camt.054.001.08").replace(b"RF26110200001", b"RF-1"))

    asked = msgspec.json.decode(sent(bank.query_refund("q", REFUND, NOW)))
    assert asked["reference"] == "RF-1"
    done = bank.read_refund_answer(answer(debit), REFUND, NOW)
    assert done == ("done", "MB-PMT-1", "DBIT/BOOK")
    pending = answer(debit.replace(b"BOOK", b"PDNG"))
    assert bank.read_refund_answer(pending, REFUND, NOW).finding == "pending"
    other = REFUND._replace(amount_vnd=49_000)
    assert bank.read_refund_answer(answer(debit), other, NOW).finding == "unknown"


def test_a_refund_that_came_back_has_failed(bank):
    debit = report(body("iso20022-bank-03-camt.054.001.08").replace(b"RF26110200001", b"RF-1"))
    start, end = debit.index(b"<Ntry>"), debit.index(b"</Rpt>")
    back = debit[start:end].replace(b"DBIT", b"CRDT").replace(b"MB-PMT-1", b"MB-RTN-1")
    back = back.replace(b"</RltdAgts>", b"</RltdAgts><RtrInf><Rsn><Cd>AC04</Cd></Rsn></RtrInf>")

    found = bank.read_refund_answer(answer(debit[:end] + back + debit[end:]), REFUND, NOW)

    assert found == ("failed", "MB-RTN-1", "CRDT/AC04")
