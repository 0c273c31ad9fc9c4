"""Money paid out by a bank that speaks our own protocol: what is asked, what its answers mean."""

import json

import msgspec
import pytest

from services.payment.gateways import Account, Refused, Unsendable
from services.payment.gateways.disbursing import Disbursement, Disburses, Payee
from services.payment.gateways.neutral.gateway import Neutral
from tests.services.payment.gateways.neutral.neutral_words import ROW, answered
from tests.services.payment.gateways.platform.piped_vectors import NOW

PAYEE = Payee(name="Trần Thị Thử Nghiệm", bank="970436", number="0020100000101")
ALLOWANCE = Disbursement("A.disbursement.1", 500_000, "Tro cap 2026-11", NOW)
BANK = Neutral(ROW)
OUTCOME = {"disbursement": ALLOWANCE.reference, "transaction": "D1", "amount_vnd": 500_000}
ASKED = {"kind": "disbursement", "reference": ALLOWANCE.reference, "currency": "VND"}


def asked(payee=PAYEE, **changes):
    return json.loads(BANK.disburse(ALLOWANCE._replace(**changes), payee, NOW).body)


def test_an_allowance_is_one_request_with_its_payee():
    assert isinstance(BANK, Disburses)
    given = asked()
    assert given["disbursement"] == ALLOWANCE.reference
    assert (given["bank"], given["number"], given["name"]) == (PAYEE.bank, PAYEE.number, PAYEE.name)
    assert given["amount_vnd"] == 500_000
    assert asked() == given, "sent again, it is the same request"


def test_the_way_is_the_banks_own_napas_or_citad():
    ours = Account(bank=PAYEE.bank, number="123456", name="Kho bạc thử nghiệm")
    home = Neutral(msgspec.structs.replace(ROW, account=ours))
    assert json.loads(home.disburse(ALLOWANCE, PAYEE, NOW).body)["route"] == "same_bank"
    assert asked(amount_vnd=499_999_999)["route"] == "napas"
    assert asked(amount_vnd=500_000_000)["route"] == "citad"


def test_what_has_no_form_of_this_protocol_is_not_sent():
    with pytest.raises(Unsendable) as refused:
        asked(msgspec.structs.replace(PAYEE, number="00 20"))
    assert "00 20" not in str(refused.value)


@pytest.mark.parametrize("status", ["done", "failed", "pending"])
def test_a_status_says_what_became_of_it(status):
    said = answered("disburse", status=status, **OUTCOME)
    assert BANK.read_disbursed(said, ALLOWANCE, NOW) == (status, "D1", status)
    later = answered("status", status=status, transaction="D1", amount_vnd=500_000, **ASKED)
    assert BANK.read_disbursement_answer(later, ALLOWANCE, NOW) == (status, "D1", status)


@pytest.mark.parametrize(
    ("code", "finding"), [("account_not_taken", "failed"), ("not_now", "unknown")]
)
def test_only_what_the_bank_surely_refused_has_failed(code, finding):
    refused = answered("disburse", 422, code=code)
    assert BANK.read_disbursed(refused, ALLOWANCE, NOW) == (finding, "", code)
    asked_after = answered("status", 404, code="unknown_reference")
    assert BANK.read_disbursement_answer(asked_after, ALLOWANCE, NOW).finding == "unknown"


def test_an_answer_about_another_is_refused():
    other = ALLOWANCE._replace(reference="A.disbursement.2")
    with pytest.raises(Refused, match="another disbursement"):
        BANK.read_disbursed(answered("disburse", status="done", **OUTCOME), other, NOW)
    later = answered("status", status="done", transaction="D1", amount_vnd=500_001, **ASKED)
    with pytest.raises(Refused, match="another amount"):
        BANK.read_disbursement_answer(later, ALLOWANCE, NOW)
