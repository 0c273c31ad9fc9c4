"""Receipts: what is issued, and what may become of it."""

from datetime import UTC, date, datetime, timedelta
from typing import get_args

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.payment.domain.fees import line
from services.payment.domain.receipts import (
    KINDS,
    LETTERS,
    MOVES,
    Claim,
    Desk,
    ReceiptStatus,
    ReceiptTrigger,
    with_receipts,
)
from services.payment.domain.state import Payment
from shared.catalogue.fees import Kind
from shared.events.payment import (
    ReceiptAdjusted,
    ReceiptInvalidated,
    ReceiptIssued,
    ReceiptReplaced,
)

ON = date(2026, 11, 20)
LINES = (line("fee", "x", 5), line("charge", "x", 7), line("fee", "x", 11))


@pytest.fixture
def desk():
    numbers: dict[Claim, int] = {}

    def number(claim):
        return numbers.setdefault(claim, len(numbers) + 1)

    return Desk(application="a", unit="26737", on=ON, number=number, receipts=(), events=[])


def test_every_kind_has_a_receipt_of_its_own():
    assert set(KINDS) == set(LETTERS) == set(get_args(Kind))
    assert len(set(LETTERS.values())) == len(LETTERS)


def test_the_table_of_moves_is_complete():
    assert set(MOVES) == set(get_args(ReceiptStatus))
    assert all(set(row) == set(get_args(ReceiptTrigger)) for row in MOVES.values())


def test_receipts_tell_fee_from_charge_and_sum_up(desk):
    desk.issue(1, "DVC1", LINES)

    assert [(r.series, r.number, r.kind, r.amount_vnd) for r in desk.receipts] == [
        ("P26", "00000001", "fee", 16),
        ("L26", "00000002", "charge", 7),
    ]
    assert sum(r.amount_vnd for r in desk.events) == 23
    assert {(r.unit, r.year, r.issued_on) for r in desk.events} == {("26737", 2026, ON)}


def test_where_no_unit_is_known_the_number_is_made_of_the_orders(desk):
    desk.unit = ""
    desk.issue(1, "DVC1", LINES[:1])
    desk.tell(desk.receipts[0], "reworded", "x", LINES[2])

    assert [r.number for r in desk.receipts] == ["DVC1-P", "DVC1-P2"]


@pytest.mark.parametrize(
    ("trigger", "event", "status"),
    [
        ("lowered", ReceiptAdjusted, "adjusted"),
        ("reworded", ReceiptReplaced, "replaced"),
        ("refunded", ReceiptInvalidated, "invalid"),
    ],
)
def test_what_was_issued_is_followed_by_another_or_made_invalid_and_never_gone(
    desk, trigger, event, status
):
    desk.issue(1, "DVC1", LINES[:1])
    (issued,) = desk.receipts

    desk.tell(issued, trigger, "why", line("fee", "x", 3))

    old, *new = desk.receipts
    assert (old.status, old.number, old.amount_vnd) == (status, issued.number, issued.amount_vnd)
    assert type(desk.events[-1]) is event
    assert desk.events[-1].reason == "why"
    assert [(r.status, r.number, r.of) for r in new] == (
        [] if status == "invalid" else [("valid", "00000002", issued.number)]
    )
    assert old.by == (new[0].number if new else "")


@pytest.mark.parametrize("trigger", get_args(ReceiptTrigger))
@pytest.mark.parametrize("status", ["adjusted", "replaced", "invalid"])
def test_what_counts_no_more_is_left_as_it_is(desk, status, trigger):
    desk.issue(1, "DVC1", LINES[:1])
    desk.put(desk.receipts[0], status=status)
    before, said = desk.receipts, len(desk.events)

    desk.tell(before[0], trigger, "why", line("fee", "x", 3))

    assert desk.receipts == before
    assert len(desk.events) == said


def test_what_a_receipt_is_for_is_told_without_being_kept_twice(an_office, a):
    office = an_office()
    office.hear(a.routed())
    (*_, issued) = office.hear(a.paid(reference=office.state.attempts[0].reference))
    (kept,) = office.state.receipts

    assert kept.lines == ()
    assert office.state.with_lines(kept).lines == issued.lines == office.state.obligations[0].lines


EVE = datetime(2026, 12, 31, 15, tzinfo=UTC)
INSTANTS = st.integers(0, 4 * 3_600).map(lambda s: EVE + timedelta(seconds=s))


@given(INSTANTS)
def test_the_year_of_a_receipt_turns_at_midnight_in_viet_nam(an_office, a, at):
    office = an_office()
    office.hear(a.routed())
    office.now = at
    (issued,) = [
        e
        for e in office.hear(a.paid(reference=office.state.attempts[0].reference))
        if isinstance(e, ReceiptIssued)
    ]

    is_new_year = at >= datetime(2026, 12, 31, 17, tzinfo=UTC)
    assert (issued.year, issued.series) == ((2027, "P27") if is_new_year else (2026, "P26"))
    assert issued.number == "00000001"


def test_a_state_from_before_receipts_were_kept_has_those_that_were_issued(an_office, a):
    office = an_office()
    office.hear(a.routed())
    reference = office.state.attempts[0].reference
    office.hear(a.paid(reference=reference))
    old = msgspec.to_builtins(office.state)
    del old["receipts"]

    state = msgspec.convert(with_receipts(old), Payment)

    assert [(r.number, r.amount_vnd, r.attempt) for r in state.receipts] == [
        (f"{reference}-P", 16_000, 1)
    ]
    assert with_receipts({}) == {}


def test_what_was_given_back_before_receipts_were_kept_has_none_that_counts(an_office, a):
    office = an_office()
    office.hear(a.routed())
    office.hear(a.paid(reference=office.state.attempts[0].reference))
    old = msgspec.to_builtins(office.state)
    del old["receipts"]
    old["obligations"][0]["status"] = "refunded"

    (receipt,) = msgspec.convert(with_receipts(old), Payment).receipts

    assert receipt.status == "invalid"
