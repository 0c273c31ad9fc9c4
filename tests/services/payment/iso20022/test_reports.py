"""What was booked, as camt.052, camt.053 and camt.054 tell it."""

import tracemalloc
from collections.abc import Iterator

import pytest

from services.payment.iso20022.reports import (
    INTRADAY,
    NOTIFICATIONS,
    STATEMENTS,
    Head,
    Movement,
    read_reports,
)
from services.payment.iso20022.words import Malformed
from tests.services.payment.iso20022.iso_vectors import REPORTS, body

STATEMENT = body("iso20022-bank-10-camt.053.001.08")
CREDIT = body("iso20022-vn-camt054-credit")
ENTRY = CREDIT[CREDIT.index(b"<Ntry>") : CREDIT.index(b"</Ntfctn>")]
DETAILS = ENTRY[ENTRY.index(b"<TxDtls>") : ENTRY.index(b"</NtryDtls>")]


def read(given: bytes) -> list[Movement]:
    return [m for m in read_reports([given], REPORTS) if isinstance(m, Movement)]


def refused(given: bytes) -> Malformed:
    with pytest.raises(Malformed) as caught:
        read(given)
    return caught.value


def test_a_credit_names_our_order_and_its_own_number():
    [movement] = read(CREDIT)

    assert movement.number == "FT26306000123"
    assert (movement.amount_vnd, movement.booked, movement.reversal) == (150_000, True, False)
    assert movement.reference == "DVC2611020000017"
    assert movement.texts == ("DVC2611020000017 LE PHI HO TICH",)
    assert str(movement.day) == "2026-11-02"


def test_a_reference_that_the_payer_gave_in_its_place_is_told_apart_from_what_else_is_written():
    [movement] = read(body("iso20022-bank-01-camt.054.001.08"))

    assert movement.reference == "", "NOTPROVIDED is no reference"
    assert movement.structured == ("DVC26110200001",)
    assert movement.texts == ("PHI DVC 000.00.00.H26-261102-0001",)


def test_a_debit_is_negative_and_names_our_file():
    [movement] = read(body("iso20022-bank-03-camt.054.001.08"))

    assert (movement.amount_vnd, movement.message) == (-50_000, "REFUND-20261102-0001")


def test_the_same_entry_has_the_same_number_at_once_and_at_the_end_of_the_day():
    at_once = [*read(body("iso20022-bank-01-camt.054.001.08"))]
    at_once += read(body("iso20022-bank-03-camt.054.001.08"))

    assert {m.number for m in at_once} == {m.number for m in read(STATEMENT)}


@pytest.mark.parametrize(
    "instead", [b"", b"<AcctSvcrRef>NOTPROVIDED</AcctSvcrRef>"], ids=["none", "not provided"]
)
def test_an_entry_without_a_number_of_the_bank_has_none(instead):
    bare = CREDIT.replace(b"<AcctSvcrRef>FT26306000123</AcctSvcrRef>", instead)
    [movement] = read(bare)

    assert (movement.number, movement.account) == ("", "1234567890123")


@pytest.mark.parametrize(
    ("given", "day"),
    [
        (b"<Dt>2026-11-02</Dt>", "2026-11-02"),
        (b"<Dt>2026-11-02Z</Dt>", "2026-11-02"),
        (b"<DtTm>2026-11-02T09:00:00</DtTm>", "2026-11-02"),
        (b"<DtTm>2026-11-02T09:00:00+07:00</DtTm>", "2026-11-02"),
        (b"<DtTm>2026-11-01T18:00:00.5Z</DtTm>", "2026-11-02"),
    ],
)
def test_a_booking_at_an_instant_is_of_the_day_that_it_is_here(given, day):
    [movement] = read(CREDIT.replace(b"<Dt>2026-11-02</Dt>", given))

    assert str(movement.day) == day


def test_an_instant_beyond_all_years_is_refused():
    late = CREDIT.replace(b"<Dt>2026-11-02</Dt>", b"<DtTm>9999-12-31T23:00:00Z</DtTm>")

    assert refused(late).code == "DT01"


@pytest.mark.parametrize("status", ["PDNG", "INFO", "FUTR"])
def test_what_is_not_booked_is_no_money_yet(status):
    [movement] = read(CREDIT.replace(b"BOOK", status.encode()))

    assert not movement.booked


def test_an_entry_of_several_transactions_is_told_one_by_one():
    other = DETAILS.replace(b"150000", b"50000").replace(b"DVC2611020000017", b"DVC9")
    several = CREDIT.replace(DETAILS, DETAILS + other).replace(
        b'<Amt Ccy="VND">150000</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>',
        b'<Amt Ccy="VND">200000</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>',
    )

    assert [(m.number, m.amount_vnd, m.reference) for m in read(several)] == [
        ("", 150_000, "DVC2611020000017"),
        ("", 50_000, "DVC9"),
    ]
    assert refused(CREDIT.replace(DETAILS, DETAILS + other)).code == "AM10"


def test_several_transactions_must_each_say_their_amount():
    silent = DETAILS.replace(b'<Amt Ccy="VND">150000</Amt><CdtDbtInd>CRDT</CdtDbtInd>', b"")

    assert read(CREDIT.replace(DETAILS, silent))[0].amount_vnd == 150_000
    assert refused(CREDIT.replace(DETAILS, DETAILS + silent)).code == "AM09"


def test_a_reversal_and_a_return_are_told_as_such():
    reversed_ = CREDIT.replace(b"<Sts>", b"<RvslInd>true</RvslInd><Sts>")
    returned = CREDIT.replace(b"</RmtInf>", b"</RmtInf><RtrInf><Rsn><Cd>AC04</Cd></Rsn></RtrInf>")

    assert read(reversed_)[0].reversal
    assert read(returned)[0].returned == "AC04"


@pytest.mark.parametrize(
    ("found", "instead", "code"),
    [
        (b'Ccy="VND"', b'Ccy="USD"', "AM03"),
        (b"<Ccy>VND</Ccy>", b"<Ccy>USD</Ccy>", "AM03"),
        (b">150000<", b">150000.50<", "FF01"),
        (b">150000<", b">-150000<", "FF01"),
    ],
)
def test_what_is_no_whole_number_of_dong_is_refused(found, instead, code):
    assert refused(CREDIT.replace(found, instead)).code == code


def test_zeros_after_the_point_are_no_decimals():
    assert read(CREDIT.replace(b">150000<", b">150000.00<"))[0].amount_vnd == 150_000


# ---- statements


def test_a_statement_tells_its_balances_before_its_entries():
    head = next(read_reports([STATEMENT], STATEMENTS))

    account = "NL26MOCK0000000077"
    assert head == Head("Stmt", "MB-C053-KBNN-1", account, 5_000_000, 5_100_000)


@pytest.mark.parametrize(
    ("found", "instead", "code"),
    [
        (b">5100000<", b">5100001<", "AM10"),
        (b"<NbOfNtries>2<", b"<NbOfNtries>3<", "AM18"),
        (b"<TtlCdtNtries><NbOfNtries>1<", b"<TtlCdtNtries><NbOfNtries>2<", "AM18"),
        (b"<Sum>200000<", b"<Sum>200001<", "AM10"),
        (b"<Sum>50000<", b"<Sum>5000<", "AM10"),
        (b"CLBD", b"ITBD", "FF01"),
        (b"OPBD", b"ITBD", "FF01"),
    ],
)
def test_a_statement_that_contradicts_itself_is_refused(found, instead, code):
    assert refused(STATEMENT.replace(found, instead)).code == code


def test_what_is_not_booked_does_not_move_the_balance():
    pending = STATEMENT.replace(b"<Cd>BOOK</Cd>", b"<Cd>PDNG</Cd>", 1)

    assert refused(pending).code == "AM10"
    assert len(read(pending.replace(b">5100000<", b">5150000<"))) == 2


def test_an_overdrawn_balance_is_below_zero():
    found = b"5000000</Amt><CdtDbtInd>CRDT"
    overdrawn = STATEMENT.replace(found, b"40000</Amt><CdtDbtInd>DBIT")

    assert len(read(overdrawn.replace(b">5100000<", b">60000<"))) == 2


def test_a_page_of_a_statement_may_have_interim_balances():
    page = b"<StmtPgntn><PgNb>%d</PgNb><LastPgInd>%s</LastPgInd></StmtPgntn><ElctrncSeqNb>"

    def paged(number: int, last: bytes, opening: bytes, closing: bytes) -> bytes:
        found = STATEMENT.replace(b"<ElctrncSeqNb>", page % (number, last))
        return found.replace(b"OPBD", opening).replace(b"CLBD", closing)

    for given in (
        paged(1, b"true", b"OPBD", b"CLBD"),
        paged(1, b"false", b"OPBD", b"ITBD"),
        paged(2, b"false", b"ITBD", b"ITBD"),
        paged(2, b"true", b"ITBD", b"CLBD"),
    ):
        assert len(read(given)) == 2
        assert refused(given.replace(b">5100000<", b">5100001<")).code == "AM10"


def test_a_report_during_the_day_is_held_to_its_interim_balance():
    report = STATEMENT.replace(b"camt.053", b"camt.052").replace(
        b"BkToCstmrStmt", b"BkToCstmrAcctRpt"
    )
    report = report.replace(b"<Stmt>", b"<Rpt>").replace(b"</Stmt>", b"</Rpt>")
    report = report.replace(b"CLBD", b"ITBD")

    head, *movements = read_reports([report], INTRADAY)

    assert isinstance(head, Head)
    assert (head.kind, head.closing_vnd, len(movements)) == ("Rpt", 5_100_000, 2)
    assert refused(report.replace(b">5100000<", b">5100001<")).code == "AM10"


def test_a_file_may_hold_several_reports():
    start, end = STATEMENT.index(b"<Stmt>"), STATEMENT.index(b"</BkToCstmrStmt>")
    several = STATEMENT[:end] + STATEMENT[start:end] + STATEMENT[end:]

    found = [type(m).__name__ for m in read_reports([several], STATEMENTS)]

    assert found == ["Head", "Movement", "Movement"] * 2


@pytest.mark.parametrize("version", ["07", "09"])
def test_near_versions_are_read(version):
    other = CREDIT.replace(b"camt.054.001.08", f"camt.054.001.{version}".encode())

    assert read(other) == read(CREDIT)


def test_a_statement_is_no_notification():
    with pytest.raises(Malformed, match=r"send camt\.054"):
        list(read_reports([STATEMENT], NOTIFICATIONS))


def test_a_long_statement_is_never_held_in_memory():
    count = 3_000
    start, end = STATEMENT.index(b"<TxsSummry>"), STATEMENT.index(b"<Ntry>")
    credit = STATEMENT[STATEMENT.rindex(b"<Ntry>") : STATEMENT.index(b"</Stmt>")]

    def chunks() -> Iterator[bytes]:
        closing = 5_000_000 + count * 150_000
        yield STATEMENT[:start].replace(b">5100000<", b">%d<" % closing)
        for number in range(count):
            yield credit.replace(b"MB-RCV-1", b"MB-RCV-%d" % number)
        yield STATEMENT[STATEMENT.index(b"</Stmt>") :]

    assert end > start
    tracemalloc.start()
    try:
        found = sum(1 for _ in read_reports(chunks(), STATEMENTS))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert found == count + 1
    assert peak < 1_000_000, "3,000 entries are 2.3 MB"
