"""A day of the sandbox bank's books is a statement that payment can reconcile."""

import io
from datetime import UTC, date, datetime, timedelta

import httpx
import pytest

from deploy.sandbox.bank.bank import Bank, Merchant
from deploy.sandbox.bank.books import Books, Order
from deploy.sandbox.bank.http import create_app
from deploy.sandbox.posts import Posts
from services.payment.statements import Asked
from services.payment.statements.checking import Checked, check
from services.payment.statements.formats import reader


class Clock:
    """A clock that is set."""

    def __init__(self) -> None:
        self.at = datetime(2026, 11, 19, 16, 59, 59, tzinfo=UTC)  # before midnight in Viet Nam

    def __call__(self) -> datetime:
        return self.at


@pytest.fixture
async def http():
    clock = Clock()
    books = Books(clock)
    async with httpx.AsyncClient() as calls:
        app = create_app(Bank(Merchant("M", "S"), books, Posts(calls, "http://merchant", 1.0)))
        for n in range(4):
            books.move(books.enter(Order(f"DVC{n}", 16_000)), 16_000)
            clock.at += timedelta(seconds=1)
        order = books.enter(Order("DVC3", 16_000))
        books.give_back(order, order.movements[0].transaction, 6_000, 0.0)
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://bank") as asking:
            yield asking


def checked(text: str, day: date) -> Checked:
    file, asked = io.BytesIO(text.encode()), Asked("vnpay", day)
    return check(reader(file)(file, asked), asked)


async def test_a_day_stands_between_the_balances_before_and_after_it(http) -> None:
    first = (await http.get("/sandbox/statements/20261119.csv")).text
    second = (await http.get("/sandbox/statements/20261120.csv")).text
    assert checked(first, date(2026, 11, 19)).lines == 1
    found = checked(second, date(2026, 11, 20))
    assert (found.lines, found.paid_vnd, found.left_vnd) == (4, 48_000, 6_000)
    assert (found.statement.opening_vnd, found.statement.closing_vnd) == (16_000, 58_000)


async def test_a_day_on_which_nothing_moved_is_a_statement_too(http) -> None:
    empty = await http.get("/sandbox/statements/20261121.csv")
    assert checked(empty.text, date(2026, 11, 21)).lines == 0
    assert (await http.get("/sandbox/statements/today.csv")).status_code == 422
