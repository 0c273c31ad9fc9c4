"""Sums over partners and days are those of the log, in whatever order and however often read."""

import random
from collections import Counter
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.operations.domain.breaks import Standing
from services.operations.domain.settlement import (
    Period,
    Sums,
    checks,
    move_of,
    period_of,
    stated,
    together,
    withheld_vnd,
)
from services.operations.journeys import read
from services.operations.money.rows import Ledger, Tables
from services.operations.money.settling import AT_ONCE, Settling
from shared.events import Data, disbursements, payment, refunds
from shared.events.reconciliation import BreakSum, StatementReconciled
from shared.mongo import MongoTable, connect
from tests.services.operations.memory import Group, Store
from tests.services.operations.money.partners import Moved, Partners, heard, settler
from tests.services.operations.story import BEGAN, Log, Story

PARTNERS = ("sen-vang", "sen", "an-phat")
YEAR = Period(date(2026, 1, 1), date(2026, 12, 31))
DAY = date(2026, 6, 8)
OUT: dict[str, Any] = {"period": "2026-06", "bank": "970436", "ending": "0001"}


def moves(story: Story, rng: random.Random) -> list[tuple[str, str, str, int]]:
    """Let money move a few times; return partner, agency, kind and amount of each."""
    out: list[tuple[str, str, str, int]] = []
    unit = rng.choice(("", "00004", "26734"))
    for n in range(rng.randrange(5)):
        partner, vnd = rng.choice(PARTNERS), rng.randrange(1, 100_000)
        of = {"partner": partner, "reference": f"R{n}", "amount_vnd": vnd, "unit": unit}
        paid = {"disbursement": f"D{n}", **of, **OUT}
        words: dict[str, list[Data]] = {
            "settled": [payment.Settled(**of, transaction=f"T{n}")],
            "overpaid": [payment.Overpaid(**of, transaction=f"T{n}")],
            "refunded": [refunds.RefundDone(**of, refund=f"F{n}", transaction=f"T{n}", told="x")],
            "disbursed": [disbursements.DisbursementDone(**paid, transaction="x")],
            "failed": [disbursements.DisbursementFailed(**paid, code="x", by="o-1")],
            "returned": [
                disbursements.DisbursementDone(**paid, transaction="x"),
                disbursements.DisbursementFailed(**paid, code="not_paid", by="o-1"),
            ],
        }
        kind = rng.choice(list(words))
        for word in words[kind]:
            story.log.pass_time(hours=rng.choice((0, 5, 30)))
            story.decide("payment", story.submitted(), word)
        if kind == "returned":
            out.append((partner, unit, "disbursed", vnd))
        if kind != "failed":  # nothing had moved
            out.append((partner, unit, kind, vnd))
    return out


@given(seed=st.integers(0, 2**32))
async def test_sums_over_days_and_agencies_are_those_of_the_log_however_it_is_read(
    seed: int,
) -> None:
    rng, log, store = random.Random(seed), Log(), Store()
    moved = [m for n in range(1, 6) for m in moves(Story(log, n), rng)]
    records = log.records
    store.trouble.fails = lambda: rng.random() < 0.02
    for _ in range(2):  # read by one process, and by another from the beginning
        await store.read(Group(records), batch=rng.choice((3, 7, 1_000)))
    store.trouble.fails = lambda: False

    wanted = Counter[tuple[str, str, str]]()
    for partner, unit, kind, vnd in moved:
        wanted[partner, unit, f"{kind}_vnd"] += vnd
    settling = settler(store, lambda: log.now)
    for partner in PARTNERS:
        by_day = await settling.moved(partner, YEAR, "day")
        by_unit = await settling.moved(partner, YEAR, "unit")
        whole = together(by_day.values())
        assert whole == together(by_unit.values())
        for unit, sums in by_unit.items():
            for name in Sums.__struct_fields__[1:]:
                assert getattr(sums, name) == wanted.pop((partner, unit, name), 0)
        months = [together((await settling.moved(partner, m, "day")).values()) for m in YEAR.months]
        assert together(months) == whole
    assert not wanted.total()


async def test_what_has_stayed_is_carried_from_day_to_day_within_the_year(log: Log) -> None:
    store, story = Store(), Story(log)
    for n, vnd in enumerate((1_000, 20, 300)):
        word = payment.Settled(
            partner="sen", reference=f"R{n}", transaction=f"T{n}", amount_vnd=vnd
        )
        story.decide("payment", story.submitted(), word)
        log.pass_time(days=1)
    await store.read(Group(log.records))
    settling = settler(store, lambda: log.now)
    days = [BEGAN.date() + timedelta(days=n) for n in range(3)]
    found = [await settling.report("sen", Period(day, day)) for day in days]
    assert [(r.opening_vnd, r.closing_vnd) for r in found] == [
        (0, 1_000),
        (1_000, 1_020),
        (1_020, 1_320),
    ]
    again = await settling.report("sen", Period(days[0], days[0]))
    assert again == found[0]
    first = await settling.report("sen", Period(date(2027, 1, 1), date(2027, 1, 1)))
    assert first.opening_vnd == 0


def test_what_another_service_or_a_sender_says_moves_nothing(story: Story) -> None:
    word = payment.Settled(partner="sen", reference="R", transaction="T", amount_vnd=1)
    story.external("payment.inbox", "/partners/sen", word)
    assert [move_of(read(record)) for record in story.log.records] == [None]


def word(**changed: Any) -> StatementReconciled:
    said: dict[str, Any] = {
        "partner": "sen",
        "day": DAY,
        "sha256": "0" * 64,
        "correction": 0,
        "lines": 3,
        "opening_vnd": 100,
        "closing_vnd": 148,
        "paid_vnd": 58,
        "left_vnd": 10,
        "matched": 2,
        "matched_vnd": 60,
        "breaks": (
            BreakSum(kind="amount", count=1, amount_vnd=8),
            BreakSum(kind="missing_there", count=1, amount_vnd=77),
        ),
        "fee_vnd": 5,
    }
    return StatementReconciled(**said | changed)


def test_a_fee_that_was_kept_of_the_money_is_seen_by_the_lines() -> None:
    assert withheld_vnd(word()) == 0
    net = word(paid_vnd=53, closing_vnd=143)  # its lines say what is left, we what was paid
    assert withheld_vnd(net) == 5
    assert (stated([net]).to_pay_vnd, stated([word()]).to_pay_vnd) == (43, 48)
    assert all(check.is_equal for check in checks([net], [(0, 0)]))


NEXT = DAY + timedelta(days=1)


@pytest.mark.parametrize(
    ("days", "broken"),
    [
        ([word()], set()),
        ([word(closing_vnd=150)], {"balance"}),
        ([word(matched_vnd=61)], {"lines"}),
        ([word(), word(day=NEXT, opening_vnd=148, closing_vnd=196)], set()),
        ([word(), word(day=NEXT, opening_vnd=147, closing_vnd=195)], {"carried"}),
        ([word(), word(day=NEXT + timedelta(days=1), opening_vnd=1, closing_vnd=49)], set()),
        # a format without balances: each day begins with nothing
        (
            [
                word(opening_vnd=0, closing_vnd=48),
                word(day=NEXT, opening_vnd=0, closing_vnd=48),
            ],
            set(),
        ),
    ],
)
def test_what_has_to_be_equal_is_said_to_be_or_not(
    days: list[StatementReconciled], broken: set[str]
) -> None:
    found = checks(days, [(8, 8)])
    assert {check.name for check in found if not check.is_equal} == broken
    odd = checks(days, [(8, 7), (7, 8)])
    assert {c.name for c in odd if not c.is_equal} == broken | {"books"}


async def test_of_what_came_back_nothing_is_left_out_however_much_it_is(
    log: Log, story: Story
) -> None:
    store, out = Store(), AT_ONCE + 1
    for n in range(out):
        paid = {"disbursement": f"D{n}", "partner": "sen", "reference": f"R{n}", "amount_vnd": 1}
        story.decide(
            "payment",
            story.submitted(),
            disbursements.DisbursementDone(**paid, **OUT, transaction=f"x{n}"),
            disbursements.DisbursementFailed(**paid, **OUT, code="not_paid", by="o-1"),
        )
    await store.read(Group(log.records), batch=1_000)
    report = await settler(store, lambda: log.now).report("sen", YEAR)
    assert (report.moved.disbursed_vnd, report.moved.returned_vnd, report.net_vnd) == (out, out, 0)


class Cut(Ledger):
    """A ledger with more breaks than it looks at."""

    async def standings_of(self, *of: Any) -> tuple[list[Standing], bool]:
        found, _ = await super().standings_of(*of)
        return found, False


async def test_books_are_not_known_to_be_right_where_not_every_break_was_looked_at(
    log: Log,
) -> None:
    store, partners = Store(), Partners(log)
    partners.states("sen", DAY, paid_vnd=0, closing_vnd=0, matched=0, matched_vnd=0, breaks=())
    await heard(store, log)
    tables = Tables(*(store.tables[name] for name in Tables._fields))
    for ledger, holds in ((Ledger(tables), True), (Cut(tables), False)):
        moved = Moved(store.tables["names"].rows)
        settling = Settling(moved, store.journeys, ledger, lambda: log.now)
        report = await settling.report("sen", Period(DAY, DAY))
        assert (report.breaks.is_whole, report.holds) == (holds, holds)


async def test_the_first_month_there_is_has_nothing_before_it(log: Log) -> None:
    settling = settler(Store(), lambda: log.now)
    report = await settling.report("sen", Period(date.min, date(1, 1, 31)))
    assert (report.opening_vnd, report.holds, report.outcome) == (0, False, "nothing")


@pytest.mark.parametrize(
    ("faults", "broken"),
    [
        ({"closing_vnd": 1_000}, {"balance"}),
        ({"matched_vnd": 7}, {"lines"}),
        ({"opening_vnd": 1_000, "closing_vnd": 1_000}, {"carried"}),
    ],
)
def test_faults_of_two_days_do_not_make_up_for_each_other(
    faults: dict[str, int], broken: set[str]
) -> None:
    begins = [DAY + timedelta(days=n) for n in range(5)]
    stands = {"opening_vnd": 100, "closing_vnd": 148}
    days = []
    for n, (day, sign) in enumerate(zip(begins, (0, 1, 0, -1, 0), strict=True)):
        sound = {name: vnd + 48 * n for name, vnd in stands.items()} | {"matched_vnd": 60}
        days.append(word(day=day, **{k: v + sign * faults.get(k, 0) for k, v in sound.items()}))
    found = checks(days, [])
    assert all(check.one_vnd == check.other_vnd for check in found if check.name in broken)
    assert broken <= {check.name for check in found if not check.is_equal}


async def test_days_of_money_without_a_statement_are_told_apart_from_what_is_equal(
    log: Log, story: Story
) -> None:
    store, partners = Store(), Partners(log)
    came = {"partner": "sen", "reference": "R", "transaction": "T"}
    story.decide("payment", story.submitted(), payment.Overpaid(**came, amount_vnd=5_000))
    await store.read(Group(log.records), batch=1_000)
    settling = settler(store, lambda: log.now)
    before = await settling.report("sen", YEAR)
    assert (before.outcome, before.untold_days, before.holds) == ("nothing", 1, False)
    empty = {"paid_vnd": 0, "closing_vnd": 0, "matched": 0, "matched_vnd": 0, "breaks": ()}
    partners.states("sen", DAY - timedelta(days=40), **empty)
    await heard(store, log)
    after = await settling.report("sen", YEAR)
    assert (after.outcome, after.untold_days, after.holds) == ("partly", 1, True)


def test_a_period_is_a_day_or_a_month() -> None:
    assert period_of("2026-02") == Period(date(2026, 2, 1), date(2026, 2, 28))
    assert period_of("2026-11-20") == Period(date(2026, 11, 20), date(2026, 11, 20))
    assert [period_of(text) for text in ("2026-13", "2026-02-30", "2026", "", "x")] == [None] * 5


async def test_the_database_sums_as_the_rows_in_memory_do(log: Log, mongo_url: str) -> None:
    rng, store = random.Random(7), Store()
    for n in range(1, 30):
        moves(Story(log, n), rng)
    await store.read(Group(log.records), batch=1_000)
    moved = store.tables["names"].rows
    database = connect(mongo_url, f"test_moved_{uuid4().hex[:8]}")
    try:
        table = MongoTable(database["names"])
        await table.insert([*moved.values()])
        ours, theirs = settler(store, lambda: log.now), settler(store, lambda: log.now, table)
        for partner in PARTNERS:
            for period in (YEAR, Period(BEGAN.date(), BEGAN.date() + timedelta(days=3))):
                assert await ours.report(partner, period) == await theirs.report(partner, period)
    finally:
        await database.client.drop_database(database.name)
        database.client.close()
