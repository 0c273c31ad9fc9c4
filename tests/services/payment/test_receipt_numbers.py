"""Numbers of receipts are unique and contiguous, however they are claimed and whoever dies."""

import random
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.payment.domain.receipts import Claim, Series
from services.payment.receipt_numbers import KEPT, SKEW, ReceiptNumbers
from shared.errors import Misconfigured, Unknown

ON = date(2026, 11, 20)


def claim(n, **changes):
    whole = {"application": f"a{n}", "attempt": 1, "kind": "fee", "nth": 0, "unit": "26737"}
    return Claim(**(whole | {"on": ON} | changes))


class Faulty:
    """A table whose next inserts do a part, and say that nobody knows."""

    def __init__(self, rows, chance):
        self._rows, self._chance, self.calls = rows, chance, []

    def __getattr__(self, name):
        method = getattr(self._rows, name)

        async def counted(*args):
            self.calls.append(name)
            return await method(*args)

        return counted

    async def insert(self, rows):
        self.calls.append("insert")
        if self._chance.random() < 0.3:
            await self._rows.insert(rows[: self._chance.randint(0, len(rows))])
            raise Unknown("lost")
        await self._rows.insert(rows)


@pytest.fixture
def rows(a):
    return a.rows()


@pytest.fixture
def numbers(rows, a):
    return ReceiptNumbers(rows, lambda: a.now)


def test_a_series_begins_at_one_and_each_kind_unit_and_year_has_its_own(numbers, a):
    claims = [
        claim(1),
        claim(2),
        claim(1, kind="charge"),
        claim(3, unit="26740"),
        claim(4, on=date(2027, 1, 1)),
        claim(5),
    ]

    found = a.run(numbers.claim(dict.fromkeys(claims, a.now)))

    assert [found[c] for c in claims] == [1, 2, 1, 1, 1, 3]


def test_the_same_claim_has_the_same_number_also_in_another_process(rows, a):
    first = a.run(ReceiptNumbers(rows, lambda: a.now).claim({claim(1): a.now, claim(2): a.now}))

    again = ReceiptNumbers(rows, lambda: a.now)
    assert a.run(again.claim({claim(2): a.now, claim(3): a.now})) == {claim(2): 2, claim(3): 3}
    assert a.run(again.claim({claim(1): a.now})) == {claim(1): first[claim(1)]}


def test_what_was_claimed_elsewhere_before_is_found_behind_many_others(rows, a):
    dead = ReceiptNumbers(rows, lambda: a.now)
    a.run(dead.claim({claim("lost"): a.now}))
    later = a.now + timedelta(hours=1)
    others = ReceiptNumbers(rows, lambda: later)
    for n in range(5 * KEPT):
        a.run(others.claim({claim(n): later}))

    for heir in (others, ReceiptNumbers(rows, lambda: later)):
        assert a.run(heir.claim({claim("lost"): a.now - SKEW / 2})) == {claim("lost"): 1}


def test_a_batch_costs_one_insert_once_its_series_are_known(rows, a):
    table = Faulty(rows, random.Random(1))
    table._chance.random = lambda: 1.0
    numbers = ReceiptNumbers(table, lambda: a.now)
    a.run(numbers.claim({claim(n, unit=str(n)): a.now for n in range(9)}))
    table.calls.clear()

    a.run(numbers.claim({claim(f"x{n}", unit=str(n % 9)): a.now for n in range(100)}))
    a.run(numbers.claim({}))

    assert table.calls == ["insert"]


def test_a_series_that_is_full_is_said(rows, numbers, a):
    last = "26737/P26/99999999"
    rows.rows[last] = {"_id": last, "owner": "x/1/fee/0", "at": a.now - timedelta(days=1)}

    with pytest.raises(Misconfigured, match="unit 26737 has no number left in P26"):
        a.run(numbers.claim({claim(1): a.now}))


async def test_whose_receipt_it_is_can_be_asked(numbers, a):
    await numbers.claim({claim(1): a.now})

    assert await numbers.application("26737", "P26", 1) == "a1"
    assert await numbers.application("26737", "P26", 2) == ""


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 2**32), st.integers(1, 40), st.integers(1, 4))
def test_numbers_are_unique_and_contiguous_whoever_claims_in_any_order_and_dies(
    a, seed, applications, processes
):
    chance, rows = random.Random(seed), a.rows()
    minute = timedelta(minutes=1)
    clock = [a.now]
    living = [ReceiptNumbers(Faulty(rows, chance), lambda: clock[0]) for _ in range(processes)]
    open_ = {claim(n, kind=chance.choice(["fee", "charge"])): a.now for n in range(applications)}
    decided: dict[Claim, int] = {}
    while open_:
        clock[0] += chance.random() * 5 * minute
        place = chance.randrange(processes)
        batch = chance.sample(sorted(open_), min(len(open_), chance.randint(1, 6)))
        try:
            found = a.run(living[place].claim({c: open_[c] for c in batch}))
        except Unknown:
            continue
        if chance.random() < 0.3:  # it dies before it has decided
            living[place] = ReceiptNumbers(Faulty(rows, chance), lambda: clock[0])
            continue
        decided |= found
        for each in batch:
            del open_[each]

    for kind in ("fee", "charge"):
        given_out = sorted(n for c, n in decided.items() if c.kind == kind)
        assert given_out == list(range(1, len(given_out) + 1))
    assert len(rows.rows) == len(decided)
    assert Series("26737", 2026, "fee").code == "P26"
