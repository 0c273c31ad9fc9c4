"""When a break can be marked as reconciled, and when not: from what was said of it."""

from datetime import date, timedelta
from typing import Any

import pytest

from services.operations.domain.acting.reconciling import MARK_RECONCILED
from services.operations.domain.actions import Command, Given, Saying
from services.operations.domain.breaks import Closing, Opening, Said, Turn, break_of
from shared.catalogue import load
from shared.events.reconciliation import (
    BreakClosed,
    BreakOpened,
    CloseAsked,
    CloseChecked,
    CloseRefused,
    CloseWaiting,
)
from tests.services.operations.story import BEGAN

CATALOGUE = load()
BREAK = "sen-vang.2026-06-08.amount.0000000000000001"
FIRST, THIRD = f"{BREAK}.0001", f"{BREAK}.0003"
OF: Any = {"partner": "sen-vang", "break_id": BREAK}
WISH = Said("ask", BEGAN, CloseAsked(**OF, by="o-1", reason="sent back"))
WAITS = Said("ask.waiting", BEGAN, CloseWaiting(**OF, asked="ask", by="o-1", amount_vnd=2))


def opening(id_: str = FIRST) -> Opening:
    word = BreakOpened(
        **OF,
        day=date(2026, 6, 8),
        kind="amount",
        cause="order_amount",
        cure="person",
        movement="paid",
        application="",
        reference="DVC1",
        transaction="T1",
        amount_vnd=15_000,
        expected_vnd=16_000,
        booked_at=BEGAN - timedelta(hours=20),
        line=1,
    )
    return Opening(id_, BEGAN, word)


def closing() -> Closing:
    word = BreakClosed(
        **OF, day=date(2026, 6, 8), kind="amount", amount_vnd=15_000, because="corrected"
    )
    return Closing(f"{BREAK}.0002", BEGAN, word)


def answered(approved: bool) -> list[Turn]:
    word = CloseChecked(**OF, asked="ask", approved=approved, by="o-2", reason="seen")
    no = CloseRefused(**OF, asked="ask", by="o-2", because="rejected", reason="seen")
    return [Said("check", BEGAN, word), Said("check.refused", BEGAN, no)]


@pytest.mark.parametrize(
    ("turns", "comes"),
    [
        ([opening()], FIRST),
        ([opening(), WISH], FIRST),  # payment has not heard it yet, or was down: again is harmless
        ([opening(), WISH, WAITS], "wish_waits"),
        ([opening(), WISH, WAITS, *answered(approved=False)], FIRST),
        ([opening(), closing()], "break_over"),
        ([opening(), closing(), opening(THIRD)], "break_over"),  # it is another row's by now
        ([], "break_over"),
    ],
)
def test_what_is_open_and_waits_for_nobody_is_marked(turns: list[Turn], comes: str) -> None:
    planned = MARK_RECONCILED.plan("payment", FIRST, (), Given(BEGAN, CATALOGUE, turns=turns))
    if comes == FIRST:
        assert planned == Command("payment.reconciliation", FIRST, "", BREAK)
    else:
        assert planned == comes


def test_the_command_names_both_and_the_break() -> None:
    said = Saying(BREAK, "o-1", "sent back", "o-2", partner="sen-vang")
    both = said._replace(principal="local#o-1", checked_principal="local#o-2")
    assert MARK_RECONCILED.needs_check
    assert MARK_RECONCILED.say(both) == CloseAsked(
        **OF,
        by="o-1",
        reason="sent back",
        principal="local#o-1",
        checked_by="o-2",
        checked_principal="local#o-2",
    )


@pytest.mark.parametrize(
    ("key", "break_id"),
    [
        (f"018f/payment/reconciliation_break/{FIRST}", BREAK),
        ("018f/payment/held/", ""),
        ("018f/payment/awaiting_payment/DVC.1", ""),
    ],
)
def test_a_row_of_a_break_is_told_by_its_key(key: str, break_id: str) -> None:
    assert break_of(key) == break_id
