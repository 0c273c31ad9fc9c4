"""Each period's form is sent, once as long as its target takes it and nobody dies."""

import asyncio
import random
from collections import Counter
from contextlib import suppress
from datetime import timedelta

import msgspec
import pytest

from services.operations.domain.subscriptions import AFTER_S, LOST_AFTER_S, PERIODS_LIMIT, Attempt
from services.operations.subscriptions.desk import ENDED_KEPT, SHOWN, Unfit, Wanted
from services.operations.subscriptions.runner import STILL_KNOWN
from shared.catalogue import Catalogue, load
from shared.errors import Unknown
from tests.services.operations.subscriptions.office import WANTED, Office

DAY = timedelta(days=1)


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    return load()


@pytest.fixture
def office(catalogue: Catalogue) -> Office:
    return Office(catalogue)


async def test_the_form_of_each_day_is_sent_the_morning_after_once(office: Office) -> None:
    made = await office.desk.begin(WANTED, "o-1")
    await office.pass_by(3 * DAY)
    days = ("2026-11-20", "2026-11-21", "2026-11-22")
    assert office.sent.taken == [(made.id, day) for day in days]


async def test_before_six_in_the_morning_nothing_is_sent(office: Office) -> None:
    await office.desk.begin(WANTED, "o-1")
    await office.pass_by(timedelta(hours=20))  # it is five
    assert office.sent.taken == []
    await office.pass_by(timedelta(hours=1))
    assert len(office.sent.taken) == 1


async def test_any_number_of_processes_send_it_once(office: Office) -> None:
    await office.desk.begin(WANTED, "o-1")
    for _ in range(48):
        office.now += timedelta(hours=1)
        await asyncio.gather(*(office.loop().turn() for _ in range(3)))
    assert len(office.sent.taken) == len(set(office.sent.taken)) == 2


@pytest.mark.parametrize("seed", range(5))
async def test_processes_that_die_at_any_moment_send_each_at_least_once(
    office: Office, seed: int
) -> None:
    rng = random.Random(seed)
    await office.desk.begin(WANTED, "o-1")
    office.trouble.fails = lambda: rng.random() < 0.1
    for _ in range(24 * 12 * 3):
        office.now += timedelta(minutes=5)
        with suppress(Unknown):
            await office.loop().turn()
    sent = Counter(period for _, period in office.sent.taken)
    assert set(sent) >= {"2026-11-20", "2026-11-21"}


async def test_a_target_that_refuses_is_tried_again_and_given_up_in_the_end(
    office: Office,
) -> None:
    await office.desk.begin(WANTED, "o-1")
    office.sent.wrong = lambda: "550 no such mailbox"
    await office.pass_by(3 * DAY, timedelta(minutes=1))
    first = (await office.findings())[-1]
    assert first == ("2026-11-20", "failed", len(AFTER_S))


async def test_one_that_takes_it_later_has_it_once(office: Office) -> None:
    await office.desk.begin(WANTED, "o-1")
    answers = iter(["it answered 500", "it answered 500"])
    office.sent.wrong = lambda: next(answers, "")
    await office.pass_by(DAY + timedelta(hours=3), timedelta(minutes=1))
    assert await office.findings() == [("2026-11-20", "sent", 3)]


async def test_an_attempt_that_nobody_knows_of_is_made_again(office: Office) -> None:
    made = await office.desk.begin(WANTED, "o-1")
    office.now += DAY
    at_ms = int(office.now.timestamp() * 1_000)
    lost = Attempt(period="2026-11-20", number=1, at_ms=at_ms, finding="begun")
    assert await office.rows.begin(made.id, lost)
    await office.pass_by(timedelta(seconds=LOST_AFTER_S - 30), timedelta(seconds=30))
    assert office.sent.taken == []
    await office.pass_by(timedelta(seconds=60), timedelta(seconds=30))
    assert office.sent.taken == [(made.id, "2026-11-20")]


async def test_what_was_missed_is_sent_afterwards(office: Office) -> None:
    await office.desk.begin(WANTED, "o-1")
    office.now += 5 * DAY
    await office.pass_by(timedelta(minutes=5), timedelta(minutes=1))
    assert len(office.sent.taken) == 5


async def test_one_that_is_ended_sends_nothing_more(office: Office) -> None:
    made = await office.desk.begin(WANTED, "o-1")
    ended = await office.desk.end(made.id, "o-2")
    assert ended
    assert ended.ended
    assert ended.ended.by == "o-2"
    await office.pass_by(3 * DAY)
    assert office.sent.taken == []
    assert await office.desk.end("none", "o-2") is None


async def test_the_same_is_one_until_it_is_ended(office: Office) -> None:
    one, two = [await office.desk.begin(WANTED, by) for by in ("o-1", "o-2")]
    assert one == two
    await office.desk.end(one.id, "o-1")
    assert (await office.desk.begin(WANTED, "o-1")).id != one.id


@pytest.mark.parametrize(
    "wanted", [Wanted(unit="99999", target="office"), Wanted(unit="01", target="nobody")]
)
async def test_what_is_not_there_is_refused(office: Office, wanted: Wanted) -> None:
    with pytest.raises(Unfit):
        await office.desk.begin(wanted, "o-1")


async def test_a_target_that_is_gone_is_said(office: Office) -> None:
    await office.desk.begin(WANTED, "o-1")
    office.targets.clear()
    await office.pass_by(DAY)
    [one] = await office.desk.listed()
    assert "no office in reports" in one.attempts[0].problem


# ---- what is kept


async def test_of_years_no_more_is_kept_than_may_still_be_sent(office: Office) -> None:
    await office.desk.begin(WANTED, "o-1")
    await office.pass_by(400 * DAY, every=DAY)
    days = {id_.split("/")[2] for id_ in office.table.rows if id_.startswith("try/")}
    assert PERIODS_LIMIT <= len(days) <= PERIODS_LIMIT + STILL_KNOWN.days
    taken = [day for _, day in office.sent.taken]
    assert len(taken) == len(set(taken)) > 390
    [one] = await office.desk.listed()
    assert [a.period for a in one.attempts] == sorted(taken)[: -SHOWN - 1 : -1]


async def test_of_those_that_are_ended_the_last_ones_are_kept(office: Office) -> None:
    made = []
    for _ in range(ENDED_KEPT + 3):
        office.now += timedelta(seconds=1)
        made.append((await office.desk.begin(WANTED, "o-1")).id)
        assert await office.desk.end(made[-1], "o-1")
    still = await office.desk.begin(WANTED, "o-1")
    listed = [one.subscription.id for one in await office.desk.listed()]
    assert listed == [still.id, *made[: -ENDED_KEPT - 1 : -1]]


# ---- what goes wrong with one


async def test_a_form_that_cannot_be_drawn_is_said_at_it_and_the_others_are_sent(
    office: Office,
) -> None:
    broken = await office.desk.begin(msgspec.structs.replace(WANTED, unit="79"), "o-1")
    office.now += timedelta(seconds=1)
    made = await office.desk.begin(WANTED, "o-1")
    office.undrawn = {"79": LookupError("the unit is in no edition")}
    await office.pass_by(DAY)
    listed = {one.subscription.id: one.attempts[0] for one in await office.desk.listed()}
    assert listed[made.id].finding == "sent"
    assert listed[broken.id].finding == "failed"
    assert listed[broken.id].problem == "LookupError: the unit is in no edition"


async def test_what_cannot_be_counted_now_is_tried_for_as_long_as_a_target_that_refuses(
    office: Office,
) -> None:
    """No form went out: the next attempt has as much time as if nobody had taken it."""
    await office.desk.begin(WANTED, "o-1")
    office.undrawn = {"01": Unknown("the count takes too long")}
    await office.pass_by(DAY + timedelta(hours=2))
    [(period, finding, number)] = await office.findings()
    assert (period, finding) == ("2026-11-20", "failed")
    assert number < len(AFTER_S)
    office.undrawn = {}
    await office.pass_by(timedelta(hours=31))
    assert ("2026-11-20", "sent") in [found[:2] for found in await office.findings()]


async def test_a_target_that_was_taken_away_is_said_at_it(office: Office) -> None:
    await office.desk.begin(WANTED, "o-1")
    office.targets.clear()
    await office.pass_by(DAY)
    [one] = await office.desk.listed()
    assert one.attempts[0].problem == "the secrets file has no office in reports any more"
