"""Money paid out by a bank that speaks ISO 20022: one pain.001, and what its answers mean."""

import re
from typing import Any

import pytest

from services.payment.gateways import Refused, Sending, Unsendable
from services.payment.gateways.disbursing import Disbursement, Disburses, Payee
from services.payment.gateways.iso20022.gateway import Iso20022
from services.payment.gateways.iso20022.sent import is_out, out
from services.payment.iso20022 import strict
from services.payment.iso20022.transfers import judge
from tests.services.payment.gateways.iso20022.iso20022_words import ACCOUNT, NOW, ROW, answer
from tests.services.payment.iso20022.iso_vectors import body, schemas

PAYEE = Payee(name="Trần Thị Thử Nghiệm", bank="970436", number="0020100000101")
KEY = "019aa0a5-b1c0-7d3e-8f4a-2b6c8d0e1f23.disbursement.1"
ALLOWANCE = Disbursement(KEY, 500_000, "Tro cap 2026-11", NOW)
BANK = Iso20022(ROW)
KNOWN_BY = out(ALLOWANCE).encode()


def sent(sending: Any) -> bytes:
    assert isinstance(sending, Sending)
    return sending.body


def test_a_payee_is_never_shown():
    assert repr(PAYEE) == "Payee()"
    assert isinstance(BANK, Disburses)


def test_an_allowance_is_one_transfer_to_the_account_of_its_payee():
    given = sent(BANK.disburse(ALLOWANCE, PAYEE, NOW))
    root = strict.read(given, schemas())[1].one("CstmrCdtTrfInitn").one("PmtInf")
    paid = root.one("CdtTrfTxInf")

    assert judge(given) == ()
    assert root.at("DbtrAcct/Id/Othr/Id") == ACCOUNT.number
    assert paid.at("CdtrAcct/Id/Othr/Id") == PAYEE.number
    assert paid.at("CdtrAgt/FinInstnId/ClrSysMmbId/MmbId") == PAYEE.bank
    assert paid.at("Cdtr/Nm") == "Tran Thi Thu Nghiem"
    assert paid.at("Amt/InstdAmt") == "500000"
    assert is_out(paid.at("PmtId/EndToEndId"))
    assert sent(BANK.disburse(ALLOWANCE, PAYEE, NOW)) == given, "sent again, it is the same file"


def test_another_attempt_has_another_name_at_the_bank():
    assert out(ALLOWANCE) != out(ALLOWANCE._replace(reference=f"{KEY}.2"))
    assert not is_out("DVC041200000012341")


def test_what_no_bank_could_take_is_not_sent_and_says_nothing_of_the_payee():
    with pytest.raises(Unsendable) as refused:
        BANK.disburse(ALLOWANCE._replace(amount_vnd=0), PAYEE, NOW)
    assert PAYEE.number not in str(refused.value)


@pytest.mark.parametrize(
    ("vector", "finding", "code"),
    [
        ("iso20022-bank-02-pain.002.001.10", "pending", "ACCP"),
        ("iso20022-bank-04-pain.002.001.10", "unknown", "RJCT/DUPL"),
        ("iso20022-bank-08-pain.002.001.10", "failed", "RJCT/AC01"),
    ],
)
def test_a_status_says_what_became_of_it(vector, finding, code):
    said = answer(re.sub(rb"(RF26110200001|REFUND-20261102-0001[AD]?)", KNOWN_BY, body(vector)))

    assert BANK.read_disbursed(said, ALLOWANCE, NOW) == (finding, "", code)
    assert BANK.read_disbursement_answer(said, ALLOWANCE, NOW) == (finding, "", code)
    with pytest.raises(Refused, match="another file"):
        BANK.read_disbursed(said, ALLOWANCE._replace(reference=f"{KEY}.2"), NOW)
