"""Alarms fire once and end once, whoever looks, how often, and whoever dies on the way."""

import asyncio
import random
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.operations.domain.alarm_life import Act
from services.operations.domain.alarms import SIGHTS_LIMIT
from services.operations.turns import SomeFailed
from shared.errors import Unknown
from tests.services.operations.alarms.watch import Night, down, late, of_a_rule_that_is_gone


async def test_it_fires_stands_and_ends() -> None:
    night = Night()
    night.sights = [late()]
    await night.turns(60)
    assert await night.told() == [("late_intake/unanswered", ["fired"])]

    night.sights = []
    await night.turns(90)
    assert await night.told() == [("late_intake/unanswered", ["fired", "ended"])]


async def test_what_comes_back_is_another_alarm() -> None:
    night = Night()
    for _ in range(2):
        night.sights = [late()]
        await night.turns(60)
        night.sights = []
        await night.turns(90)
    assert await night.told() == [("late_intake/unanswered", ["fired", "ended"])] * 2


async def test_each_thing_of_a_rule_has_its_own_alarm() -> None:
    night = Night()
    night.sights = [down("sen-vang"), down("vnpay")]
    await night.turns(60)
    night.sights = [down("vnpay")]
    await night.turns(200)
    assert sorted(await night.told()) == [
        ("partner_down/sen-vang", ["fired", "ended"]),
        ("partner_down/vnpay", ["fired"]),
    ]


async def test_what_nobody_can_look_at_stays_as_it_is() -> None:
    night = Night()
    night.sights = [late()]
    await night.turns(60)
    night.sights, night.unseen = [], ["late_intake"]
    await night.turns(600)
    assert await night.told() == [("late_intake/unanswered", ["fired"])]
    look = await night.rows.last_look()
    assert look
    assert look.unseen == ["late_intake"]


async def test_what_stands_is_not_ended_by_others_that_are_worse() -> None:
    night = Night()
    standing = [down(f"{n}") for n in range(SIGHTS_LIMIT)]
    night.sights = standing
    await night.turns(60)
    worse = [down("worse", 40), down("worst", 50)]
    night.sights = [*standing, *worse]
    for _ in range(3):
        await night.turn(seconds=400)
    acts = dict(await night.told())
    assert acts == {sight.key: ["fired"] for sight in standing}

    night.sights = [*standing[1:], *worse]
    for _ in range(4):
        await night.turn(seconds=400)
    acts = dict(await night.told())
    assert acts.pop(standing[0].key) == ["fired", "ended"]
    assert acts == {sight.key: ["fired"] for sight in (*standing[1:], worse[1])}


async def test_a_look_is_taken_by_one_process_alone() -> None:
    night = Night()
    night.sights = [down()]
    await night.turn()
    before = await night.rows.last_look()
    night.sights = []
    await night.turn(seconds=0)
    assert await night.rows.last_look() == before


async def test_who_owns_it_while_it_ends_is_not_lost() -> None:
    night = Night()
    night.sights = [late()]
    await night.turns(60)
    [alarm] = (await night.rows.open()).values()
    night.sights = []
    await night.turns(60)
    await night.rows.act(alarm.after(Act(what="own", by="o-1", at=night.now)))
    await night.turns(30)
    assert await night.told() == [("late_intake/unanswered", ["fired", "own", "ended"])]


class Crash(BaseException):
    """A process is killed."""


@pytest.mark.parametrize("part", ["firing", "ending"])
async def test_a_process_killed_at_any_step_leaves_the_rest_to_another(part: str) -> None:
    for at in range(1_000):
        night, left, is_over = Night(), at, True
        night.sights = [late(), down()]
        if part == "ending":
            await night.turns(60)
            night.sights = []

        def fails() -> bool:
            nonlocal left
            left -= 1
            if left < 0:
                raise Crash
            return False

        night.trouble.fails = fails
        try:
            await night.turns(200)
        except Crash:
            is_over = False
        night.trouble.fails = lambda: False
        await night.turns(200)
        acts = ["fired"] if part == "firing" else ["fired", "ended"]
        assert sorted(await night.told()) == [
            ("late_intake/unanswered", acts),
            ("partner_down/sen-vang", acts),
        ], at
        if is_over:
            return
    raise AssertionError("more steps than are looked at")


@given(seed=st.integers(0, 2**32), steps=st.integers(0, 80))
@settings(max_examples=150, deadline=None)
async def test_two_processes_in_any_trouble_keep_one_alarm_of_a_key(seed: int, steps: int) -> None:
    chance, night = random.Random(seed), Night()
    processes = [night.runner(off_s) for off_s in (0, 5)]
    night.trouble.fails = lambda: chance.random() < 0.08

    async def work(runner: int) -> None:
        with suppress(Unknown):
            await night.turn(processes[runner], chance.choice([5.0, 10.0, 30.0, 100.0]))

    for _ in range(steps):
        every = [late(chance.randint(0, 3)), late(1, "unrouted"), down(value=chance.randint(0, 6))]
        night.sights = [sight for sight in every if chance.random() < 0.6]
        night.unseen = ["partner_down"] if chance.random() < 0.1 else []
        await asyncio.gather(*(work(n) for n in chance.choice([[0], [1], [0, 1]])))
    night.trouble.fails = lambda: False
    night.sights, night.unseen = [late()], []
    await night.turns(300)

    standing = [key for key, acts in await night.told() if "ended" not in acts]
    assert standing == ["late_intake/unanswered"]
    for _, acts in await night.told():
        assert acts in (["fired"], ["fired", "ended"])
    marks = await night.rows.marks()
    assert list(marks) == ["late_intake/unanswered"]
    assert marks["late_intake/unanswered"].id in await night.rows.open()


# ---- what goes wrong


async def test_what_goes_wrong_with_one_rule_is_raised_when_all_others_are_done() -> None:
    night = Night()
    night.sights, night.errors = [late()], {"due_soon": KeyError("planted")}
    for _ in range(4):
        with pytest.raises(SomeFailed, match="due_soon: KeyError"):
            await night.turn()
    assert await night.told() == [("late_intake/unanswered", ["fired"])]
    look = await night.rows.last_look()
    assert look
    assert look.sights == [late()]


async def test_an_alarm_of_a_rule_that_is_gone_ends_at_the_next_look() -> None:
    night = Night()
    await night.rows.fire(of_a_rule_that_is_gone(night))
    await night.turn()
    assert await night.told() == [("renamed/x", ["fired", "ended"])]
