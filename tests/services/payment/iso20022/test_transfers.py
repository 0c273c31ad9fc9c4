"""Money out: what we write is what a bank takes, exactly."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.payment.iso20022 import requests, strict, transfers
from services.payment.iso20022.nodes import Node
from services.payment.iso20022.requests import Request
from services.payment.iso20022.transfers import Transfer, judge
from services.payment.iso20022.words import Malformed
from services.payment.iso20022.written import Party, is_iban, plain
from tests.services.payment.iso20022.iso_vectors import body, schemas

AT = datetime(2026, 11, 1, 17, 30, tzinfo=UTC)  # the 2nd in Vietnam
OFFICE = Party("Sở Tư pháp tỉnh Mẫu", "1234567890123", "970415")
CITIZEN = Party("Nguyễn Thị Ân", "0011223344556", "970436")


def a_transfer(**changes: Any) -> Transfer:
    return Transfer("RDVC2611020000017", 150_000, CITIZEN, "hoàn lệ phí")._replace(**changes)


def built(*some: Transfer) -> Node:
    given = transfers.build("R-1", OFFICE.name, OFFICE, some or (a_transfer(),), AT)
    return strict.read(given, schemas())[1].one("CstmrCdtTrfInitn")


def leaves(node: Node, above: str = "") -> list[tuple[str, str]]:
    path = f"{above}/{node.name}"
    below = [leaf for child in node.children for leaf in leaves(child, path)]
    return below or [(path, node.text)]


def test_a_refund_is_written_as_the_public_example_is():
    example = strict.read(body("iso20022-vn-pain001-refund"), schemas())[1]
    paths = [path for path, _ in leaves(example.children[0])]

    ours = [p for p, _ in leaves(built()) if not p.endswith(("PmtInf/NbOfTxs", "PmtInf/CtrlSum"))]

    assert ours == paths, "the example leaves out the totals of the batch"


def test_a_transfer_carries_our_key_through_the_chain_and_in_the_text():
    root = built()

    assert root.at("PmtInf/CdtTrfTxInf/PmtId/EndToEndId") == "RDVC2611020000017"
    assert root.at("PmtInf/CdtTrfTxInf/RmtInf/Ustrd") == "RDVC2611020000017 hoan le phi"
    assert root.at("PmtInf/CdtTrfTxInf/CdtrAcct/Id/Othr/Id") == CITIZEN.account
    assert root.at("PmtInf/CdtTrfTxInf/CdtrAgt/FinInstnId/ClrSysMmbId/MmbId") == CITIZEN.bank
    assert root.at("PmtInf/CdtTrfTxInf/Cdtr/Nm") == "Nguyen Thi An"


def test_times_and_dates_are_those_of_vietnam():
    root = built()

    assert root.at("GrpHdr/CreDtTm") == "2026-11-02T00:30:00+07:00"
    assert root.at("PmtInf/ReqdExctnDt/Dt") == "2026-11-02"


@given(st.lists(st.integers(1, 10**12), min_size=1, max_size=5))
def test_the_totals_are_exact(amounts):
    some = [a_transfer(key=f"K{i}", amount_vnd=vnd) for i, vnd in enumerate(amounts)]
    root = built(*some)

    for totals in (root.one("GrpHdr"), root.one("PmtInf")):
        assert int(totals.at("NbOfTxs")) == len(amounts)
        assert totals.at("CtrlSum") == str(sum(amounts))


@given(name=st.text(max_size=200), why=st.text(max_size=200))
def test_any_name_and_reason_can_be_written_or_is_refused(name, why):
    transfer = a_transfer(to=CITIZEN._replace(name=name), why=why)
    if plain(name, 70):
        assert built(transfer).at("PmtInf/CdtTrfTxInf/RmtInf/Ustrd").startswith(transfer.key)
    else:
        with pytest.raises(Malformed):
            built(transfer)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"key": "K" * 36}, "FF01"),
        ({"key": ""}, "FF01"),
        ({"amount_vnd": 0}, "AM01"),
        ({"amount_vnd": -5}, "FF01"),
        ({"amount_vnd": 10**18}, "FF01"),
        ({"to": CITIZEN._replace(account="9" * 35)}, "FF01"),
        ({"to": CITIZEN._replace(account="1\x00")}, "FF01"),
        ({"to": CITIZEN._replace(bank="9" * 36)}, "FF01"),
        ({"to": CITIZEN._replace(scheme="S" * 36)}, "FF01"),
    ],
)
def test_what_a_bank_would_refuse_is_never_sent(changes, code):
    with pytest.raises(Malformed) as caught:
        built(a_transfer(**changes))

    assert caught.value.code == code


def test_a_key_stands_once_in_a_file():
    with pytest.raises(Malformed) as caught:
        built(a_transfer(), a_transfer(amount_vnd=2))

    assert caught.value.code == "AM05"


@pytest.mark.parametrize("count", [0, transfers.BATCH_LIMIT + 1])
def test_a_file_has_some_transfers_but_not_too_many(count):
    with pytest.raises(Malformed) as caught:
        transfers.build("R-1", "x", OFFICE, [a_transfer(key=f"K{i}") for i in range(count)], AT)

    assert caught.value.code == "AM18"


def test_an_account_that_is_an_iban_is_written_as_one():
    abroad = Party("Nguyen Thi An", "NL91ABNA0417164300", "ABNANL2A")
    root = built(a_transfer(to=abroad))

    assert root.at("PmtInf/CdtTrfTxInf/CdtrAcct/Id/IBAN") == abroad.account
    assert root.at("PmtInf/CdtTrfTxInf/CdtrAgt/FinInstnId/BICFI") == abroad.bank
    assert not is_iban("NL92ABNA0417164300"), "its check digits are wrong"
    assert not is_iban("0011223344556")


@pytest.mark.parametrize(
    ("found", "instead", "code"),
    [
        (b"<CtrlSum>50000</CtrlSum><InitgPty>", b"<CtrlSum>50000.01</CtrlSum><InitgPty>", "AM10"),
        (b"<NbOfTxs>1</NbOfTxs><CtrlSum>50000</CtrlSum><ReqdEx",
         b"<NbOfTxs>01</NbOfTxs><CtrlSum>50000.00</CtrlSum><ReqdEx", ""),
        (b'<InstdAmt Ccy="VND">50000<', b'<InstdAmt Ccy="VND">50000.00<', ""),
        (b'<InstdAmt Ccy="VND">50000<', b'<InstdAmt Ccy="USD">50000<', "AM03"),
        (b'<InstdAmt Ccy="VND">50000<', b'<InstdAmt Ccy="VND">50000.50<', "FF01"),
        (b'<InstdAmt Ccy="VND">50000</InstdAmt>', b'<EqvtAmt><Amt Ccy="EUR">2</Amt>'
         b"<CcyOfTrf>VND</CcyOfTrf></EqvtAmt>", "AM03 AM10"),
        (b"NL26MOCK0000000077", b"NL27MOCK0000000077", "AC01"),
        (b"<Ccy>VND</Ccy>", b"<Ccy>USD</Ccy>", "AM03"),
    ],
)  # fmt: skip
def test_a_file_is_judged_as_a_bank_judges_it(found, instead, code):
    changed = body("iso20022-pain001-001-refund").replace(found, instead)

    assert {f.code for f in judge(changed)} == set(code.split())


# ---- requests to pay


def test_a_request_to_pay_is_the_public_example_but_for_the_name_of_its_batch():
    payer = Party("NGUYEN THI AN", "0011223344556", "970436")
    office = Party("SO TU PHAP TINH MAU", "1234567890123", "970415")
    at = datetime(2026, 11, 2, 2, 15, 30, tzinfo=UTC)
    until = at.replace(minute=30)
    asked = Request("DVC2611020000017", 150_000, payer, office, "LE PHI HO TICH", until)

    given = requests.build("DVCQG-RTP-20261102-0001", office.name, asked, at)

    example = body("iso20022-vn-pain013")
    assert given == example.replace(b"DVCQG-PI-0001", b"DVCQG-RTP-20261102-0001")


def test_a_request_may_not_know_the_payers_account():
    asked = Request("DVC1", 1, CITIZEN._replace(account=""), OFFICE, "", AT)
    root = strict.read(requests.build("M", "x", asked, AT), schemas())[1]

    assert root.find("CdtrPmtActvtnReq/PmtInf/DbtrAcct") is None
    with pytest.raises(Malformed):
        requests.build("M" * 36, "x", asked, AT)
