"""What an operator reads of money in a terminal."""

import io
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from rich.console import Console

from deploy.operating import money, money_shown
from services.operations.money import views
from shared import edge
from shared.errors import Misconfigured

NOW = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)


def drawn(draw: Callable[[Console], None]) -> str:
    console = Console(file=io.StringIO(), record=True, width=200)
    draw(console)
    return " ".join(console.export_text().split())


def test_all_partners_are_shown_by_kind_and_by_day() -> None:
    said = drawn(lambda console: money_shown.overview(console, edge.builtins(views.MONEY)))

    assert "amount 1 23 h 0 min 1 15,000" in said
    assert "vnpay 2026-11-20 1 15,000 3 2 48,000 0 990" in said


def test_nothing_at_all_says_what_to_do() -> None:
    found = {"kinds": [], "days": [], "is_whole": True}

    said = drawn(lambda console: money_shown.overview(console, found))

    assert said == "No break is open. No statement was reconciled yet: motcua reconcile does it."


def test_a_statement_is_shown_with_what_makes_up_its_balance() -> None:
    found = edge.builtins([views.STATEMENT])

    said = drawn(lambda console: money_shown.statements(console, found))

    assert "2 of 3 lines matched" in said
    assert "0 + 48,000 − 0 = 48,000" in said


def test_a_break_is_shown_with_its_history() -> None:
    said = drawn(lambda console: money_shown.one(console, edge.builtins(views.ONE), NOW))

    assert "14700001 15,000 16,000 1 d 0 h" in said
    assert "2026-11-21T01:00:00Z opened order_amount" in said


def test_a_day_without_its_partner_is_refused_before_anything_is_asked() -> None:
    with pytest.raises(Misconfigured, match="Name the partner"):
        money.money(day="2026-11-20")
