"""A line, the money payment holds, what was asked for: they match, or it is known how not."""

from datetime import UTC, date, datetime, timedelta
from typing import Any, get_args

import msgspec
import pytest

from services.payment.domain.lines import Line, Movement
from services.payment.domain.matching import (
    RULINGS,
    UNSTATED,
    Held,
    Known,
    Matched,
    Matching,
    gone,
    held_in,
    judge,
)
from services.payment.domain.ordered import Ordered, orders_in
from services.payment.domain.state import Attempt, Money, Obligation, Payment, Refund
from shared.events.reconciliation import BreakCause, BreakKind, Cure

DAY = date(2026, 11, 20)
NOON = datetime(2026, 11, 20, 5, tzinfo=UTC)
LINE = Line("DVC1", "T1", 16_000, NOON, "paid", 3)
HELD = Held("app", "DVC1", "T1", 16_000, "settled", 16_000, NOON)
ORDERED = Ordered("app", "a-bank", 16_000, waits=True)
NOTHING = Known({}, {})


def match(known: Known, *lines: Line) -> Matched:
    return Matching("a-bank", DAY).take(lines, known)


def known_as(ordered: Ordered | None = ORDERED, **changes: Any) -> Known:
    held = {HELD.key: [HELD._replace(**changes)]} if changes else {}
    return Known(held, {"DVC1": ordered} if ordered else {})


def test_statement_payment_and_application_agree() -> None:
    found = match(known_as(kept_as="settled"), LINE)
    assert (found.lines, found.amount_vnd, found.breaks, found.beyond) == (1, 16_000, (), ())


@pytest.mark.parametrize(
    ("cause", "known", "line"),
    [
        ("order_waits", known_as(), LINE),
        ("order_over", known_as(ORDERED._replace(waits=False)), LINE),
        ("order_amount", known_as(), LINE._replace(amount_vnd=15_999)),
        ("other_partner", known_as(ORDERED._replace(partner="b-bank")), LINE),
        ("foreign", known_as(None), LINE),
        ("foreign", known_as(), LINE._replace(reference="")),
        ("held_amount", known_as(amount_vnd=15_999), LINE),
        ("asked_amount", known_as(kept_as="mismatched", due_vnd=20_000), LINE),
        ("asked_amount", known_as(due_vnd=20_000), LINE),
        ("held_elsewhere", known_as(reference="DVC2"), LINE),
        ("not_sent", known_as(), LINE._replace(kind="refunded")),
        ("not_sent", known_as(kept_as="settled"), LINE._replace(kind="disbursed")),
    ],
)
def test_a_line_that_does_not_match_says_why(cause, known, line) -> None:
    [found] = match(known, line).breaks
    assert (found.cause, found.kind, found.cure) == (cause, *RULINGS[cause])
    assert (found.amount_vnd, found.transaction, found.line) == (line.amount_vnd, "T1", 3)


@pytest.mark.parametrize(
    ("known", "line"),
    [
        (known_as(kept_as="overpaid", due_vnd=0), LINE),  # to be refunded: it is held
        (known_as(kept_as="early", due_vnd=0), LINE),
        (known_as(kept_as="settled"), LINE._replace(reference="")),  # the number is enough
        (Known({HELD.key: [HELD._replace(kept_as="mismatched", amount_vnd=1), HELD]}, {}), LINE),
    ],
)
def test_what_payment_holds_as_it_was_stated_is_matched(known, line) -> None:
    assert match(known, line).lines == 1


@pytest.mark.parametrize(
    ("cause", "known", "expected_vnd"),
    [
        ("order_amount", known_as(ORDERED._replace(amount_vnd=20_000)), 20_000),
        ("held_amount", known_as(amount_vnd=15_999), 15_999),
        ("asked_amount", known_as(kept_as="mismatched", due_vnd=20_000), 20_000),
        ("foreign", NOTHING, 0),
    ],
)
def test_a_break_says_what_we_have(cause, known, expected_vnd) -> None:
    [found] = match(known, LINE).breaks
    assert (found.cause, found.expected_vnd) == (cause, expected_vnd)


def test_every_cause_has_a_kind_and_a_cure_and_every_kind_a_cause() -> None:
    assert set(RULINGS) == set(get_args(BreakCause))
    assert {ruling.kind for ruling in RULINGS.values()} == set(get_args(BreakKind))
    assert {ruling.cure for ruling in RULINGS.values()} == set(get_args(Cure))


def test_only_the_right_amount_of_an_order_of_this_partner_is_told_to_the_lane() -> None:
    told = {cause for cause, ruling in RULINGS.items() if ruling.cure in ("settle", "refund")}
    assert told == {"order_waits", "order_over"}


def test_money_of_an_order_that_no_line_names_may_be_this_very_line_under_another_number() -> None:
    over = ORDERED._replace(waits=False, brought=("paid/T0",))
    known = Known({}, {"DVC1": over})

    def cause(*named: str) -> tuple[str, str]:
        [found] = Matching("a-bank", DAY, named=named).take([LINE], known).breaks
        return found.cause, found.cure

    assert cause("paid/T1") == ("held_elsewhere", "person")
    assert cause("paid/T1", "paid/T0") == ("order_over", "refund")
    two = over._replace(brought=("paid/T0", "paid/T9"))
    known = Known({}, {"DVC1": two})
    assert cause("paid/T1", "paid/T0") == ("held_elsewhere", "person")


def test_a_line_twice_is_a_duplicate_each_further_time() -> None:
    found = match(known_as(kept_as="settled"), LINE, LINE, LINE._replace(number=9))
    assert (found.lines, [b.cause for b in found.breaks]) == (1, ["repeated", "repeated"])
    assert len({b.id for b in found.breaks}) == 2


def test_lines_of_an_earlier_part_count_as_seen() -> None:
    matching = Matching("a-bank", DAY)
    matching.skip([LINE])
    [found] = matching.take([LINE], known_as(kept_as="settled")).breaks
    assert found.cause == "repeated"


def test_money_of_the_day_that_no_line_names_is_missing_there() -> None:
    matching = Matching("a-bank", DAY, lambda at: at == NOON)
    other = HELD._replace(transaction="T2", at=NOON + timedelta(days=1))
    told_otherwise = HELD._replace(kept_as="mismatched", amount_vnd=5)
    [found] = matching.unstated([other, told_otherwise, HELD], set())
    assert (found.cause, found.amount_vnd, found.cure) == ("unstated", 16_000, "ask")
    assert list(matching.unstated([HELD], {HELD.key})) == []


@pytest.mark.parametrize(
    ("movement", "cure"), [("paid", "ask"), ("refunded", "person"), ("disbursed", "person")]
)
def test_what_left_and_no_line_names_is_for_a_person(movement, cure) -> None:
    [found] = Matching("a-bank", DAY).unstated([HELD._replace(kind=movement)], set())
    assert (found.kind, found.cause, found.cure) == ("missing_there", "unstated", cure)


def test_of_every_movement_it_is_known_what_is_done_when_no_line_names_it() -> None:
    assert set(UNSTATED) == set(get_args(Movement))


def test_money_of_another_day_that_a_line_names_is_remembered() -> None:
    matching = Matching("a-bank", DAY, lambda at: at != NOON)
    assert matching.take([LINE], known_as(kept_as="settled")).beyond == (LINE.key,)


def test_a_state_says_what_is_held_and_what_was_asked() -> None:
    obligation = Obligation(status="open", moment="m", lines=(), total_vnd=16_000)
    attempt = Attempt(
        number=1,
        obligation=0,
        reference="DVC1",
        partner="a-bank",
        amount_vnd=16_000,
        opened_at=NOON,
        expires_at=NOON,
    )
    money = Money(
        partner="a-bank", reference="DVC1", transaction="T1", amount_vnd=1, kept_as="mismatched"
    )
    state = Payment(obligations=(obligation,), attempts=(attempt,), money=(money,))
    assert dict(orders_in("app", state)) == {"DVC1": ORDERED}
    [held] = held_in("app", state, "a-bank")
    assert (held.amount_vnd, held.due_vnd, held.kept_as) == (1, 16_000, "mismatched")
    assert list(held_in("app", state, "b-bank")) == []
    back = Refund(
        number=1,
        partner="a-bank",
        reference="DVC1",
        transaction="T1",
        amount_vnd=1,
        reason="amount_differs",
        asked_at=NOON,
        status="done",
        told="R1",
    )
    with_refund = msgspec.structs.replace(state, refunds=(back,))
    [_, gone] = held_in("app", with_refund, "a-bank")
    assert (gone.key, gone.amount_vnd, gone.reference) == ("refunded/R1", 1, "DVC1")
    line = LINE._replace(kind="refunded", transaction="R1", amount_vnd=1)
    assert judge(line, "a-bank", Known({gone.key: [gone]}, {}))[0] == "agrees"
    assert judge(line, "a-bank", Known({}, {}))[0] == "not_sent"
    under_way = msgspec.structs.replace(back, status="unknown")
    [_] = held_in("app", msgspec.structs.replace(state, refunds=(under_way,)), "a-bank")
    settled = msgspec.structs.replace(obligation, status="settled")
    over = msgspec.structs.replace(state, obligations=(settled,))
    assert not dict(orders_in("app", over))["DVC1"].waits


# ---- what we called ourselves

LEFT = Line("", "FT7", 6_000, NOON, "refunded", 4, called="R0F")


def gone_as(number: str) -> Known:
    held = gone("refunded", "app", "DVC1", number, 6_000, NOON)
    return Known({held.key: [held]}, {})


@pytest.mark.parametrize("number", ["R0F", "FT7"])
def test_money_that_left_is_known_by_our_name_of_it_or_by_the_partners_number(number) -> None:
    assert match(gone_as(number), LEFT).lines == 1
    matching = Matching("a-bank", DAY, lambda at: at != NOON)
    [held] = gone_as(number).held.values()
    assert held[0].key in matching.take([LEFT], gone_as(number)).beyond


def test_our_name_goes_before_the_partners_number() -> None:
    other = gone("refunded", "other", "DVC2", "FT7", 1, NOON)
    known = Known({other.key: [other], **gone_as("R0F").held}, {})
    assert match(known, LEFT).lines == 1


def test_a_transfer_of_ours_that_was_booked_twice_is_for_a_person() -> None:
    found = match(gone_as("R0F"), LEFT, LEFT._replace(transaction="FT8", number=5))
    assert (found.lines, [b.cause for b in found.breaks]) == (1, ["repeated"])
