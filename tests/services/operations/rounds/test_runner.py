"""A round under way: throttled, once, and checked afterwards, whoever dies on the way."""

import asyncio
import random
from collections import Counter
from contextlib import suppress
from typing import get_args

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.operations.domain.actions import ACTIONS, Saying
from services.operations.domain.rounds import Check
from services.operations.rounds.runner import CHECK_AFTER, CHECK_LIMIT
from services.operations.rounds.views import Result, those, whole
from shared.errors import Unknown
from shared.events import Event
from shared.events.kernel import LaneReleased
from tests.services.operations.rounds.office import ID, Office, killed


def ids(published: list[tuple[str, Event]]) -> list[str]:
    return [event.id for _, event in published]


async def test_nothing_is_sent_before_it_is_started() -> None:
    office = Office(3)
    await office.begin()

    await office.turn(office.runner())

    assert office.published == []
    assert await office.results() == [("not_yet", None)] * 3


async def test_so_many_are_sent_in_a_turn_under_the_operators_name() -> None:
    office = Office(5)
    await office.begin()
    await office.do("start")

    await office.turn(office.runner(per_turn=2))

    assert ids(office.published) == [f"{ID}-00001", f"{ID}-00002"]
    topic, event = office.published[0]
    assert (topic, event.source, event.causationid) == (
        "routing.inbox",
        "/operators/o-1",
        "parked-1",
    )
    said = {"operator": "o-1", "reason": "the rule is mended"}
    assert msgspec.json.decode(event.data) == said


async def test_a_turn_is_taken_by_one_process_alone() -> None:
    office = Office(5)
    await office.begin()
    await office.do("start")

    await office.turn(office.runner(per_turn=2))
    await office.turn(office.runner(per_turn=2), seconds=0)

    assert len(office.published) == 2


async def test_afterwards_it_says_of_each_whether_the_cause_is_gone() -> None:
    office = Office(4, refused=1, stubborn=2, held_again=3)
    await office.begin()
    await office.do("start")

    await office.run()

    round_ = await office.round()
    assert [act.what for act in round_.acts] == ["preview", "start", "sent", "checked"]
    assert await office.results() == [
        ("sent", "gone"),
        ("sent", "still_there"),
        ("sent", "came_back"),
        ("sent", "gone"),
        ("refused", None),
    ]
    sent, checked = [await office.rows.last_step(ID, kind) for kind in ("sent", "checked")]
    told = whole(round_, ACTIONS["release"], sent, checked)
    assert told.results == {"sent": 4, "refused": 1}
    assert told.checks == {"gone": 2, "still_there": 1, "came_back": 1}
    stubborn = (await office.items())[1]
    assert stubborn.there_since_ms == stubborn.since_ms


async def test_what_needs_a_check_is_sent_once_another_agreed_and_the_command_says_who() -> None:
    def say(said: Saying) -> LaneReleased:
        return LaneReleased(operator=f"{said.by} with {said.checked_by}", reason=said.reason)

    checked = ACTIONS["release"]._replace(needs_check=True, say=say)
    office = Office(2, actions={"release": checked})
    await office.begin()
    await office.do("ask", by="o-1")
    await office.turn(office.runner())
    assert office.published == []
    assert await office.results() == [("not_yet", None)] * 2

    await office.do("approve", by="c-1")
    await office.run()

    said = [(e.source, msgspec.json.decode(e.data)["operator"]) for _, e in office.published]
    assert said == [("/operators/o-1", "o-1 with c-1")] * 2
    assert await office.results() == [("sent", "gone")] * 2


async def test_what_another_turned_down_is_never_sent() -> None:
    office = Office(2)
    await office.begin()
    await office.do("ask")
    await office.do("reject", by="c-1")

    await office.turn(office.runner())

    assert office.published == []
    assert await office.results() == [("not_sent", None)] * 2


async def test_who_approves_and_dies_before_it_is_written_leaves_it_waiting() -> None:
    office = Office(1)
    await office.begin()
    await office.do("ask")
    steps = iter(range(100))
    office.trouble.fails = lambda: next(steps) == 3  # it is watched, and not yet approved
    with suppress(Unknown):
        await office.do("approve", by="c-1")
    office.trouble.fails = lambda: False
    await office.turn(office.runner())
    assert await office.rows.watched()
    assert (await office.round()).status == "waiting_for_check"

    await office.do("reject", by="c-2")
    await office.run()

    assert (office.published, await office.rows.watched()) == ([], [])


async def test_those_of_which_something_came_are_found_by_it() -> None:
    office = Office(7, refused=2, stubborn=2, held_again=3)
    await office.begin()
    office.situations.rows.pop(next(iter(office.situations.rows)))
    await office.do("start")
    await office.turn(office.runner(per_turn=4))
    await office.do("abort")
    await office.run()
    round_ = await office.round()
    sent, checked = [await office.rows.steps(ID, kind, 1, 8) for kind in ("sent", "checked")]

    words = [{item.result, item.check} for item in await office.items()]
    for outcome in get_args(Result) + get_args(Check):
        found = [n for n, said in enumerate(words, 1) if outcome in said]
        assert those(round_, outcome, sent, checked) == found, outcome
    assert those(round_, "still_there", sent, checked) == [2]
    assert those(round_, "not_sent", sent, checked) == [5, 6, 7]
    assert [i.key for i in await office.rows.numbered(round_, [2, 9])] == [
        item.key for item in (await office.rows.items(round_, 1, 9))[1::7]
    ]


async def test_what_waits_no_more_when_it_is_its_turn_gets_no_command() -> None:
    office = Office(2)
    await office.begin()
    await office.do("start")
    office.situations.rows.pop(next(iter(office.situations.rows)))

    await office.run()

    assert ids(office.published) == [f"{ID}-00002"]
    assert await office.results() == [("gone_before", None), ("sent", "gone")]


async def test_who_pauses_stops_it_until_it_is_resumed() -> None:
    office, runner = Office(5), None
    await office.begin()
    await office.do("start")
    runner = office.runner(per_turn=1)
    await office.turn(runner)
    await office.do("pause")
    await office.turn(runner)
    assert len(office.published) == 1

    await office.do("resume")
    await office.run()

    assert len(office.published) == 5
    assert (await office.round()).status == "done"


async def test_who_aborts_ends_it_and_what_was_sent_is_checked_all_the_same() -> None:
    office = Office(5)
    await office.begin()
    await office.do("start")
    await office.turn(office.runner(per_turn=2))
    await office.do("abort")

    await office.run()

    assert await office.results() == [("sent", "gone")] * 2 + [("not_sent", None)] * 3


async def test_nothing_is_said_of_the_cause_while_the_read_side_is_behind() -> None:
    office, runner = Office(1), None
    office.is_read = False
    await office.begin()
    await office.do("start")
    runner = office.runner()
    await office.turn(runner)
    await office.turn(runner, seconds=CHECK_AFTER.total_seconds() + 1)
    assert await office.results() == [("sent", None)]

    await office.turn(runner, seconds=CHECK_LIMIT.total_seconds())

    assert await office.results() == [("sent", "unknown")]


@pytest.mark.parametrize("aborts", [False, True])
async def test_a_process_killed_at_any_step_leaves_the_rest_to_another(aborts: bool) -> None:
    for at in range(1_000):
        office = await killed(at)
        if office is None:
            return
        await asyncio.sleep(0)
        if aborts:
            await office.do("abort")
        await office.run()
        await check(office)
    raise AssertionError("more steps than are looked at")


@given(seed=st.integers(0, 2**32), steps=st.integers(0, 60), refused=st.integers(0, 2))
@settings(max_examples=150, deadline=None)
async def test_two_processes_in_any_trouble_send_each_command_under_one_id(
    seed: int, steps: int, refused: int
) -> None:
    chance = random.Random(seed)
    office = Office(chance.randint(0, 9), refused)
    await office.begin()
    await office.do("start")
    processes = [office.runner(chance.randint(1, 4), off_s) for off_s in (0, 0.5)]
    office.trouble.fails = lambda: chance.random() < 0.08

    async def work(runner: int) -> None:
        with suppress(Unknown):
            await office.turn(processes[runner], chance.choice([0.5, 1.0, 1.0, 20.0]))

    for _ in range(steps):
        await asyncio.gather(*(work(n) for n in chance.choice([[0], [1], [0, 1]])))
        if chance.random() < 0.1:
            with suppress(Unknown):
                await office.do(chance.choice(["pause", "resume", "resume", "abort"]))
    office.trouble.fails = lambda: False
    await office.do("resume")
    await office.run()

    await check(office)


async def check(office: Office) -> None:
    """All has a result, and what is said to be sent was sent, under one id each; nothing else."""
    round_, items = await office.round(), await office.items()
    assert round_.status in ("done", "aborted")
    assert len(items) == office.count + office.refused
    said = Counter(item.result for item in items)
    assert said["refused"] == office.refused
    assert set(said) <= {"sent", "refused", "not_sent" if round_.status == "aborted" else "sent"}
    sent = {item.id: item.application for item in items if item.result == "sent"}
    assert {event.id: event.subject for _, event in office.published} == sent
    assert all(item.check for item in items if item.result == "sent")
    same: dict[str, Event] = {}
    assert all(same.setdefault(event.id, event) == event for _, event in office.published)
