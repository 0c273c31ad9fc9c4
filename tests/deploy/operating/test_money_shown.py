"""What an operator reads of money in a terminal."""

import io
from collections.abc import Callable
from datetime import UTC, datetime
from typing import get_args

import pytest
from rich.console import Console

from deploy.operating import money, money_shown
from services.operations.domain.partner_flow import Standing
from services.operations.domain.settlement import Equation
from services.operations.money import examples, health, settlement_examples
from shared import edge
from shared.errors import Misconfigured

NOW = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)


def drawn(draw: Callable[[Console], None]) -> str:
    console = Console(file=io.StringIO(), record=True, width=200)
    draw(console)
    return " ".join(console.export_text().split())


def test_all_partners_are_shown_by_kind_and_by_day() -> None:
    said = drawn(lambda console: money_shown.overview(console, edge.builtins(examples.MONEY)))

    assert "amount 1 23 h 0 min 1 15,000" in said
    assert "vnpay 2026-11-20 1 15,000 3 2 48,000 0 990" in said


def test_nothing_at_all_says_what_to_do() -> None:
    found = {"kinds": [], "days": [], "is_whole": True}

    said = drawn(lambda console: money_shown.overview(console, found))

    assert said == "No break is open. No statement was reconciled yet: motcua reconcile does it."


def test_a_statement_is_shown_with_what_makes_up_its_balance() -> None:
    found = edge.builtins([examples.STATEMENT])

    said = drawn(lambda console: money_shown.statements(console, found))

    assert "2 of 3 lines matched" in said
    assert "0 + 48,000 − 0 = 48,000" in said


def test_a_break_is_shown_with_its_history() -> None:
    said = drawn(lambda console: money_shown.one(console, edge.builtins(examples.ONE), NOW))

    assert "14700001 15,000 16,000 1 d 0 h" in said
    assert "2026-11-21T01:00:00Z opened order_amount" in said


def test_partners_are_shown_with_their_last_hour_and_day() -> None:
    found = edge.builtins(health.PARTNERS)

    said = drawn(lambda console: money_shown.partners(console, found, NOW))

    assert "sen-vang answers 29 s 23 0 96 of 120 96% 41 s 5 min 4 s 96 of 120" in said
    assert "counted 2 s ago" in said


def test_partners_of_whom_nothing_was_heard_are_said_to_be_none() -> None:
    said = drawn(lambda console: money_shown.partners(console, {"partners": []}, NOW))

    assert said == "Nothing was heard of any partner yet."


def test_a_settlement_is_shown_with_its_days_agencies_and_what_has_to_be_equal() -> None:
    found = edge.builtins(settlement_examples.SETTLEMENT)

    said = drawn(lambda console: money_shown.settlement(console, found))

    assert "2026-11-20 48,000 16,000 16,000 64,000 16,000 990 48,000" in said
    assert "26734 120,000 48,000 16,000 16,000 168,000" in said
    assert "✓ statements: opening + in − out = closing: 168,000 = 168,000" in said
    assert set(money_shown.EQUATIONS) == set(get_args(Equation))


@pytest.mark.parametrize(("of", "when"), [("", ""), ("sen-vang", ""), ("", "2026-11")])
def test_a_settlement_of_nobody_or_of_no_time_is_refused_before_it_is_asked(
    of: str, when: str
) -> None:
    with pytest.raises(Misconfigured, match="Name partner and period"):
        money.money("settlement", of, when)


def test_every_standing_has_a_word() -> None:
    assert set(money_shown.STANDING) == set(get_args(Standing))


@pytest.mark.parametrize("said", [{"close": "a", "approve": "b"}, {"approve": "a", "reject": "b"}])
def test_two_things_at_once_are_refused_before_anything_is_said(said: dict[str, str]) -> None:
    with pytest.raises(Misconfigured, match="Say one thing"):
        money.money(of=examples.BREAK.id, **said)


def test_what_is_said_of_no_break_is_refused() -> None:
    with pytest.raises(Misconfigured, match="Name the break"):
        money.money(of="sen-vang", close="sent back")


def test_a_day_without_its_partner_is_refused_before_anything_is_asked() -> None:
    with pytest.raises(Misconfigured, match="Name the partner"):
        money.money(day="2026-11-20")
