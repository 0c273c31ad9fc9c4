"""A day is reconciled: what matches, what is cured, what waits; once, wherever a run is cut off."""

from collections import Counter
from datetime import timedelta

import pytest

from deploy.reconciling.queue import TooMany
from deploy.sandbox.neutral.file import Entry, written
from services.payment.breaks import closed
from services.payment.statements import Unfit
from shared.events.payment import Notified, QueryRequested, Settled, Unstated
from shared.events.reconciliation import BreakClosed
from tests.deploy.reconciling.conftest import DAY, PARTNER_NAME, Killed
from tests.services.payment.office import AMOUNT_VND, NOW

OPENED, CLOSED = "reconciliation.break_opened", "reconciliation.break_closed"


def kinds(found) -> dict[str, int]:
    return {s.kind: s.count for s in found.report.breaks}


async def test_a_day_on_which_all_is_told_is_matched_to_the_dong(world) -> None:
    lines = [await world.paid(n) for n in range(5)]
    found = await world.run(world.file(*lines))
    report = found.report
    assert (report.lines, report.matched, report.matched_vnd) == (5, 5, 5 * AMOUNT_VND)
    assert (report.breaks, found.open_now, world.told) == ((), (), [])
    assert [e.type for e in world.published] == ["statement.reconciled"]
    assert world.stated.rows == {}


async def test_the_same_file_again_changes_nothing_and_says_nothing(world) -> None:
    lines = [await world.paid(1), world.line("DVC0", 2)]
    path = world.file(*lines)
    first = await world.run(path)
    rows, said = dict(world.statements.rows), len(world.published)
    again = await world.run(path)
    assert again.again
    assert again.report == first.report
    assert (world.statements.rows, len(world.published)) == (rows, said)
    assert (again.opened, again.closed) == (0, {})
    assert [s.id for s in again.open_now] == [s.id for s in first.open_now]


async def test_money_that_nobody_told_of_settles_late_and_once(world) -> None:
    line = world.line(await world.order(1), 1)
    found = await world.run(world.file(line))
    assert kinds(found) == {"missing_here": 1}
    assert (await world.state(line)).obligations[0].status == "settled"
    assert [c.because for c in world.said(CLOSED)] == ["cured"]
    assert found.open_now == ()
    await world.call(line)  # the callback comes after all
    assert len((await world.state(line)).money) == 1
    assert sum(Settled.TYPE.encode() in value for value in world.decided) == 1


async def test_money_for_an_order_that_is_over_is_kept_to_be_refunded(world) -> None:
    paid = await world.paid(1)
    late = paid._replace(transaction="T2")
    found = await world.run(world.file(paid, late))
    assert kinds(found) == {"late": 1}
    state = await world.state(paid)
    assert state.to_refund_vnd == AMOUNT_VND
    assert found.open_now == ()


async def test_one_payment_under_two_numbers_is_never_given_back_by_itself(world) -> None:
    paid = await world.paid(1)
    found = await world.run(world.file(paid._replace(transaction="T2")))
    await world.decide()
    assert kinds(found) == {"duplicate": 1, "missing_there": 1}
    assert {e.type for e in world.told} == {Unstated.TYPE}
    assert (await world.state(paid)).to_refund_vnd == 0
    assert {s.opened.transaction for s in found.open_now} == {"T1", "T2"}


async def test_a_lane_that_does_not_answer_leaves_the_break_open_until_the_next_run(world) -> None:
    world.patience_s = 0.0
    path = world.file(world.line(await world.order(1), 1))
    assert len((await world.run(path)).open_now) == 1
    await world.decide()
    again = await world.run(path)
    assert (again.open_now, again.closed["cured"]) == ((), 1)


async def test_money_that_no_line_names_is_asked_about(world) -> None:
    named, unnamed = await world.paid(1), await world.paid(2)
    found = await world.run(world.file(named))
    assert kinds(found) == {"missing_there": 1}
    [break_] = world.said(OPENED)
    assert (break_.transaction, break_.reference) == ("T2", unnamed.reference)
    assert [e.type for e in world.told] == [Unstated.TYPE]
    await world.decide()
    assert any(QueryRequested.TYPE.encode() in value for value in world.decided)


async def test_another_days_statement_that_names_it_closes_it(world) -> None:
    unnamed = await world.paid(2)
    await world.run(world.file())
    tomorrow = world.file(unnamed, name="b.csv")
    found = await world.run(tomorrow, DAY + timedelta(days=1))
    assert (found.report.matched, found.report.breaks) == (1, ())
    [word] = world.said(CLOSED)
    assert (word.day, word.because) == (DAY, "stated")


@pytest.mark.parametrize("is_of_the_day", [True, False])
async def test_money_that_left_and_no_line_names_waits_for_a_person_or_another_statement(
    world, is_of_the_day
) -> None:
    entry = Entry(await world.paid_out(1), "D1", 500_000, "20261121090000", "disburse")
    found = await world.run(world.file())
    [waiting] = found.open_now
    assert (waiting.opened.kind, waiting.opened.cure) == ("missing_there", "person")
    assert world.told == []
    tomorrow = world.folder / "b.txt"
    tomorrow.write_bytes(written(PARTNER_NAME, "20261121", 10**7, [entry]))
    if not is_of_the_day:
        world.decided = []
    assert (await world.run(tomorrow, DAY + timedelta(days=1))).report.matched == 1
    [word] = world.said(CLOSED)
    assert (word.day, word.because) == (DAY, "stated")


async def test_money_that_an_earlier_statement_named_is_not_missed_on_its_own_day(world) -> None:
    early = await world.paid(1)
    yesterday = world.file(early, name="y.csv")
    assert (await world.run(yesterday, DAY - timedelta(days=1))).report.matched == 1
    assert (await world.run(world.file())).report.breaks == ()


async def test_a_correction_opens_and_closes_what_it_changes_and_nothing_else(world) -> None:
    lines = [await world.paid(n) for n in range(4)]
    unknown = world.line("DVC0", 9)
    await world.run(world.file(*lines[:3], unknown))
    assert {b.kind for b in world.said(OPENED)} == {"unknown", "missing_there"}
    said = len(world.published)
    found = await world.run(world.file(*lines, name="b.csv"))
    assert (found.report.correction, found.added, found.removed) == (1, 1, 1)
    assert found.open_now == ()
    assert {c.kind for c in world.said(CLOSED)} == {"unknown", "missing_there"}
    assert {e.type for e in world.published[said:]} == {OPENED, CLOSED, "statement.reconciled"}
    assert len(world.said(OPENED)) == 2
    await world.run(world.file(*lines[:3], unknown, name="c.csv"))  # the first one was right
    assert len(world.said(OPENED)) == 4


async def test_what_a_person_closed_stays_closed(world) -> None:
    unknown = world.line("DVC0", 9)
    [standing] = (await world.run(world.file(unknown))).open_now
    opened = standing.opened
    word = BreakClosed(
        partner=opened.partner,
        day=opened.day,
        break_id=opened.break_id,
        kind=opened.kind,
        amount_vnd=opened.amount_vnd,
        because="person",
        reason="x",
        by="o",
    )
    await world.breaks.put([closed(standing, NOW, word)])
    paid = await world.paid(1)
    found = await world.run(world.file(unknown, paid, name="b.csv"))
    assert (found.open_now, kinds(found)) == ((), {"unknown": 1})


async def test_a_transaction_that_stands_with_another_order_is_told_to_nobody(world) -> None:
    paid = await world.paid(1)
    other = paid._replace(reference=await world.order(2))
    found = await world.run(world.file(other))
    assert kinds(found) == {"duplicate": 1}
    assert world.told == []


async def test_every_dong_of_a_file_is_matched_or_in_a_break(world) -> None:
    paid = await world.paid(1)
    wrong = await world.paid(2, amount_vnd=15_000)
    lines = [paid, paid, wrong, world.line("DVC0", 3), world.line(await world.order(4), 4)]
    lines.append(world.line("", 5, kind="refunded"))
    report = (await world.run(world.file(*lines))).report
    assert report.matched_vnd + sum(b.amount_vnd for b in report.breaks) == sum(
        line.amount_vnd for line in lines
    )
    assert report.paid_vnd - report.left_vnd == report.closing_vnd - report.opening_vnd


@pytest.mark.parametrize("is_of_the_day", [True, False])
async def test_an_allowance_is_matched_whether_it_was_done_that_day_or_later(
    world, is_of_the_day
) -> None:
    entries = [
        Entry(await world.paid_out(n), f"D{n}", 500_000, "20261120090000", "disburse")
        for n in (1, 2)
    ]
    stray = entries[1]._replace(reference=entries[1].reference[:-1] + "9", transaction="D9")
    path = world.folder / "a.txt"
    path.write_bytes(written(PARTNER_NAME, "20261120", 10**7, [*entries, stray]))
    if not is_of_the_day:
        world.decided = []

    found = await world.run(path)
    assert (found.report.matched, kinds(found)) == (2, {"missing_here": 1})


async def test_a_file_that_contradicts_itself_leaves_nothing(world) -> None:
    path = world.file(await world.paid(1))
    path.write_text(path.read_text().replace("closing_vnd=16000", "closing_vnd=16001"))
    with pytest.raises(Unfit):
        await world.run(path)
    assert (world.statements.rows, world.published) == ({}, [])


async def test_more_breaks_than_are_likely_stop_the_run(world) -> None:
    world.breaks_limit = 3
    path = world.file(*(world.line("DVC0", n) for n in range(6)))
    with pytest.raises(TooMany):
        await world.run(path)
    world.breaks_limit = 6
    assert len((await world.run(path)).open_now) == 6


async def day_of(world):
    """Return a file with something of everything."""
    lines = [await world.paid(n) for n in range(3)]
    await world.paid(10)  # missing there
    lines += [world.line(await world.order(n), n) for n in (20, 21)]
    lines += [lines[0], lines[1]._replace(transaction="T30"), world.line("DVC0", 40)]
    return world.file(*lines)


async def outcome(world) -> tuple[object, ...]:
    """Return how all stands, and what a reader that drops what it has seen has heard."""
    standing = await world.breaks.since("vnpay", DAY, DAY)
    settled = Counter(v for v in world.decided if Settled.TYPE.encode() in v)
    return (
        {id_: s.closed.because if s.closed else "" for id_, s in standing.items()},
        {e.id for e in world.published},
        sorted(world.stated.rows),
        sum(settled.values()),
    )


async def test_a_run_may_be_cut_off_anywhere(a_world) -> None:
    whole = a_world()
    report = (await whole.run(await day_of(whole))).report
    expected = await outcome(whole)
    for calls in range(1, 1_000):
        world = a_world()
        path = await day_of(world)
        world.power.left = calls
        try:
            await world.run(path)
        except Killed:
            world.power.left = -1
            again = (await world.run(path)).report
            assert (again.lines, again.paid_vnd) == (report.lines, report.paid_vnd)
        else:
            assert calls > 30
            return
        assert await outcome(world) == expected, calls


async def test_a_correction_after_a_run_that_was_cut_off_tells_what_was_not_told(a_world) -> None:
    for calls in range(1, 1_000):
        world = a_world()
        late, asked = world.line(await world.order(1), 1), await world.paid(2)
        world.power.left = calls
        try:
            await world.run(world.file(late))
        except Killed:
            world.power.left = -1
            more = await world.paid(3)
            found = await world.run(world.file(late, more, name="b.csv"))
            assert found.report.correction <= 1
            assert (await world.state(late)).obligations[0].status == "settled", calls
            [standing] = found.open_now
            assert (standing.opened.cure, standing.opened.reference) == ("ask", asked.reference)
            assert {e.type for e in world.told} == {Notified.TYPE, Unstated.TYPE}, calls
            said = [word.break_id for word in world.said(OPENED)]
            assert len(said) == len({*said}) == 2, calls
        else:
            assert calls > 10
            return
