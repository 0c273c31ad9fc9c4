"""A bank's camt.053 is a statement: what is booked, with its own balances."""

import io
from datetime import date

import pytest

from services.payment.domain.luhn import check_digit
from services.payment.statements import Asked, Line, Statement, Unfit
from services.payment.statements.checking import check
from services.payment.statements.formats import reader

ASKED = Asked("a-bank", date(2026, 11, 20))
OURS = f"DVC27819000000123{check_digit('27819000000123')}"[:18]

FILE = """<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt>
<GrpHdr><MsgId>M1</MsgId><CreDtTm>2026-11-21T01:00:00+07:00</CreDtTm></GrpHdr>
<Stmt><Id>S1</Id><Acct><Id><Othr><Id>1903001</Id></Othr></Id><Ccy>VND</Ccy></Acct>
{opening}{closing}{entries}</Stmt></BkToCstmrStmt></Document>
"""
BALANCE = (
    "<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp>"
    '<Amt Ccy="VND">{vnd}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-11-20</Dt></Dt></Bal>'
)
ENTRY = (
    '<Ntry><Amt Ccy="VND">{vnd}</Amt><CdtDbtInd>{side}</CdtDbtInd><Sts><Cd>{status}</Cd></Sts>'
    "<BookgDt><Dt>2026-11-20</Dt></BookgDt><AcctSvcrRef>{number}</AcctSvcrRef>"
    "<BkTxCd><Prtry><Cd>TRF</Cd></Prtry></BkTxCd><NtryDtls><TxDtls><Refs>"
    "<EndToEndId>{reference}</EndToEndId></Refs></TxDtls></NtryDtls></Ntry>"
)


def entry(number: str, vnd: int, reference: str = "NOTPROVIDED", side="CRDT", status="BOOK") -> str:
    return ENTRY.format(number=number, vnd=vnd, reference=reference, side=side, status=status)


def a_file(*entries: str, closing_vnd: int = 110_000) -> io.BytesIO:
    opening = BALANCE.format(code="OPBD", vnd=100_000)
    closing = BALANCE.format(code="CLBD", vnd=closing_vnd)
    return io.BytesIO(
        FILE.format(opening=opening, closing=closing, entries="".join(entries)).encode()
    )


ALL = (
    entry("FT1", 16_000, OURS),
    entry("FT2", 6_000, side="DBIT"),
    entry("FT3", 9_000, OURS, status="PDNG"),
)


def read(file: io.BytesIO) -> tuple[list[Line], Statement]:
    lines, found = reader(file)(file, ASKED), []
    while True:
        try:
            found.append(next(lines))
        except StopIteration as end:
            return found, end.value


def test_what_is_booked_is_a_line_and_what_is_not_is_none() -> None:
    lines, statement = read(a_file(*ALL))
    assert [(x.reference, x.transaction, x.amount_vnd, x.kind) for x in lines] == [
        (OURS, "FT1", 16_000, "paid"),
        ("", "FT2", 6_000, "refunded"),
    ]
    assert statement == Statement(*ASKED, 100_000, 110_000, 2)


def test_a_debit_with_the_name_of_a_disbursement_is_one() -> None:
    names = ("D" + "0F" * 17, "D" + "0F" * 16, "R" + "0F" * 17, "NOTPROVIDED")
    debits = [entry(f"FT{n}", 1, name, side="DBIT") for n, name in enumerate(names)]
    lines, _ = read(a_file(*debits, closing_vnd=99_996))
    assert [x.kind for x in lines] == ["disbursed", "refunded", "refunded", "refunded"]
    assert [x.called for x in lines] == [*names[:3], ""]


def test_what_left_is_told_by_our_name_of_it_too() -> None:
    file = a_file(entry("FT1", 20_000, "R" + "0F" * 17), entry("FT2", 10_000, "R1", side="DBIT"))
    assert check(reader(file)(file, ASKED), ASKED).keys == {
        "paid/FT1",
        "refunded/FT2",
        "refunded/R1",
    }


def test_a_statement_of_an_account_that_is_not_ours_is_refused() -> None:
    file = a_file(*ALL)
    assert check(reader(file, {"1", "1903001"})(file, ASKED), ASKED).lines == 2
    file = a_file(*ALL)
    with pytest.raises(Unfit, match="account 1903001 is none of a-bank's row"):
        check(reader(file, {"1"})(file, ASKED), ASKED)


def test_it_passes_the_check_that_every_statement_passes() -> None:
    file = a_file(*ALL)
    assert check(reader(file)(file, ASKED), ASKED).lines == 2


@pytest.mark.parametrize(
    ("file", "said"),
    [
        (a_file(*ALL, closing_vnd=110_001), "AM10"),
        (a_file(ALL[0].replace("VND", "USD")), "AM03"),
        (io.BytesIO(b"<Document/>"), "ask the bank for it anew"),
        (io.BytesIO(b"<"), "ask the bank for it anew"),
    ],
)
def test_a_file_that_is_none_is_refused(file, said) -> None:
    with pytest.raises(Unfit) as refused:
        check(reader(file)(file, ASKED), ASKED)
    assert said in str(refused.value)
