"""What a bank tells of the same money is known again, in whichever message, numbered or not."""

import io
from datetime import date

import pytest

from services.payment.gateways.iso20022.gateway import Iso20022
from services.payment.statements import Asked
from services.payment.statements.formats import reader
from tests.services.payment.gateways.iso20022.iso20022_words import (
    CREDIT,
    NOW,
    ORDER,
    REFERENCE,
    ROW,
    answer,
    call,
)

NUMBER = b"<AcctSvcrRef>FT26306000123</AcctSvcrRef>"
BARE = CREDIT.replace(NUMBER, b"")
DETAILS = BARE[BARE.index(b"<TxDtls>") : BARE.index(b"</NtryDtls>")]
DAY = b"<BookgDt><Dt>2026-11-02</Dt></BookgDt>"
BALANCE = (
    b"<Bal><Tp><CdOrPrtry><Cd>%s</Cd></CdOrPrtry></Tp>"
    b'<Amt Ccy="VND">%d</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-11-02</Dt></Dt></Bal>'
)


def as_asked(told: bytes) -> bytes:
    return (
        told.replace(b"camt.054", b"camt.052")
        .replace(b"BkToCstmrDbtCdtNtfctn", b"BkToCstmrAcctRpt")
        .replace(b"Ntfctn>", b"Rpt>")
        .replace(b"NDVCQG-PI-0001", b"REPORT-1")
    )


def as_stated(told: bytes, closing_vnd: int = 150_000) -> bytes:
    balances = BALANCE % (b"OPBD", 0) + BALANCE % (b"CLBD", closing_vnd)
    return (
        told.replace(b"camt.054", b"camt.053")
        .replace(b"BkToCstmrDbtCdtNtfctn", b"BkToCstmrStmt")
        .replace(b"Ntfctn>", b"Stmt>")
        .replace(b"NDVCQG-PI-0001", b"STATEMENT-1")
        .replace(b"</Acct>", b"</Acct>" + balances, 1)
    )


def told(given: bytes) -> list[str]:
    return [n.transaction for n in Iso20022(ROW).read_callback(call(given), NOW)]


def stated(given: bytes) -> list[tuple[str, str]]:
    file = io.BytesIO(given)
    lines = reader(file)(file, Asked("song-cau", date(2026, 11, 2)))
    return [(line.transaction, line.reference) for line in lines]


def in_one_entry(*details: bytes, total_vnd: int) -> bytes:
    """Return several transactions that are booked as one."""
    given = BARE.replace(DETAILS, b"".join(details))
    before = b'<Amt Ccy="VND">150000</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>'
    return given.replace(before, before.replace(b"150000", b"%d" % total_vnd))


def test_a_credit_without_a_number_is_known_again_in_every_message() -> None:
    [number] = told(BARE)
    again = BARE.replace(b"<Id>NDVCQG-PI-0001</Id>", b"<Id>RESENT-2</Id>")
    asked = Iso20022(ROW).read_answer(answer(as_asked(BARE)), ORDER, NOW)

    assert number.startswith("20261102-")
    assert len(number) <= 34, "a number of a transaction has 35 letters at most"
    assert told(again) == [number]
    assert (asked.finding, asked.transaction) == ("paid", number)
    assert stated(as_stated(BARE)) == [(number, REFERENCE)]


def test_it_is_the_same_where_the_payer_named_the_order_in_another_place() -> None:
    given = f"<EndToEndId>{REFERENCE}<".encode()
    in_text = BARE.replace(given, b"<EndToEndId>NOTPROVIDED<")

    assert told(in_text) == told(BARE)


@pytest.mark.parametrize(
    ("found", "instead"),
    [
        (b"1234567890123", b"NL26MOCK0000000077"),
        (b"2026-11-02</Dt></BookgDt>", b"2026-11-03</Dt></BookgDt>"),
        (b">150000<", b">150001<"),
        (REFERENCE.encode(), b"DVC041200000012358"),
    ],
)
def test_other_money_has_another_number(found, instead) -> None:
    other = BARE.replace(found, instead)

    assert other != BARE
    assert told(other) != told(BARE)


def test_a_number_of_the_bank_goes_before_what_it_says() -> None:
    assert told(CREDIT) == ["FT26306000123"]


def test_what_can_never_be_told_again_is_no_payment_but_has_its_order_asked_after() -> None:
    [notice] = Iso20022(ROW).read_callback(call(BARE.replace(DAY, b"")), NOW)

    assert (notice.reference, notice.transaction, notice.finding) == (REFERENCE, "", "pending")


def test_in_a_statement_of_a_day_it_is_of_that_day() -> None:
    assert stated(as_stated(BARE.replace(DAY, b""))) == stated(as_stated(BARE))


def test_what_is_told_singly_and_booked_as_one_entry_is_known_again() -> None:
    other = DETAILS.replace(REFERENCE.encode(), b"DVC041200000012358")
    one, two = in_one_entry(DETAILS, total_vnd=150_000), in_one_entry(other, total_vnd=150_000)
    batch = as_stated(in_one_entry(other, DETAILS, total_vnd=300_000), 300_000)
    numbered = batch.replace(DAY, DAY + b"<AcctSvcrRef>BATCH1</AcctSvcrRef>")

    assert [n for n, _ in stated(batch)] == [*told(two), *told(one)]
    assert stated(numbered) == stated(batch), "the number of the entry is of none of them"


def test_a_transaction_of_a_batch_has_the_number_that_it_was_told_by() -> None:
    own = DETAILS.replace(b"<Refs>", b"<Refs><AcctSvcrRef>FT26306000123</AcctSvcrRef>")
    other = own.replace(b"FT26306000123", b"FT26306000124")
    batch = as_stated(in_one_entry(own, other, total_vnd=300_000), 300_000)

    assert [n for n, _ in stated(batch)] == ["FT26306000123", "FT26306000124"]
    assert told(BARE.replace(DETAILS, own)) == told(CREDIT)
