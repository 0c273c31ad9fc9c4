"""Each alarm reaches each target, whoever tells it and whoever dies on the way."""

import asyncio
import random
from collections import Counter
from contextlib import suppress
from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from services.operations.alarms.sending import payload
from services.operations.alarms.telling import ATTEMPTS_LIMIT, READ_AT_ONCE, Teller
from services.operations.delivery import Mail, Webhook
from services.operations.domain.alarm_life import Act, Alarm, fired, silence_of
from services.operations.domain.alarm_telling import LOST_AFTER_S, Attempt, What
from services.operations.domain.alarm_words import body
from services.operations.domain.alarms import Sight, alarm_id
from shared import signing
from shared.errors import Unknown
from tests.services.operations.alarms.watch import Night, down, late, of_a_rule_that_is_gone

SECRET = signing.shown(bytes(32))
SHIFT = Webhook(name="shift", url="http://127.0.0.1:9/", secret=SECRET)
ON_CALL = Mail(
    name="on-call",
    least="critical",
    to="night@example.invalid",
    sender="motcua@example.invalid",
    server="smtp://127.0.0.1:9",
)


class Told:
    """What targets were told; some of them fail."""

    def __init__(self, night: Night) -> None:
        self.night, self.told = night, list[tuple[str, str, str]]()
        self.fails: set[str] = set()

    async def send(self, target: Webhook | Mail, alarm: Alarm, what: What, at: datetime) -> str:
        await asyncio.sleep(0)
        if target.name in self.fails:
            return "it answered 500"
        self.told.append((target.name, alarm.key, what))
        return ""

    def teller(self, off_s: float = 0) -> Teller:
        def clock() -> datetime:
            return self.night.now + timedelta(seconds=off_s)

        targets = [SHIFT, ON_CALL]
        return Teller(self.night.rows, self.night.deliveries, targets, self, clock)


async def test_a_target_is_told_once_that_it_fired_and_once_that_it_ended() -> None:
    night = Night()
    told = Told(night)
    night.sights = [late()]
    await night.turns(60)
    for _ in range(3):
        await told.teller().turn()
    assert sorted((who, what) for who, _, what in told.told) == [
        ("on-call", "fired"),
        ("shift", "fired"),
    ]

    told.told, night.sights = [], []
    await night.turns(100)
    for _ in range(3):
        await told.teller().turn()
    assert sorted((who, what) for who, _, what in told.told) == [
        ("on-call", "ended"),
        ("shift", "ended"),
    ]
    assert await night.rows.open_ids() == []


async def test_one_that_fails_is_tried_again_and_keeps_nobody_else_waiting() -> None:
    night = Night()
    told = Told(night)
    night.sights = [down()]
    await night.turns(60)
    told.fails = {"shift"}
    await told.teller().turn()
    assert [who for who, _, _ in told.told] == ["on-call"]

    told.fails = set()
    await told.teller().turn()
    assert len(told.told) == 1
    night.now += timedelta(seconds=15)
    await told.teller().turn()
    assert [who for who, _, _ in told.told] == ["on-call", "shift"]
    [attempts] = (await night.deliveries.of(await night.rows.open_ids())).values()
    assert [(a.number, a.finding, a.problem) for a in attempts["shift"]] == [
        (1, "failed", "it answered 500"),
        (2, "done", ""),
    ]


async def stands(night: Night, count: int, rule: str = "silent_unit") -> None:
    """So many alarms, each a second younger than the one before."""
    for n in range(count):
        at = night.now + timedelta(seconds=n)
        id_ = alarm_id(f"{rule}/{n}", int(at.timestamp() * 1_000))
        await night.rows.fire(fired(id_, Sight(rule=rule, about=f"{n}", value=9), at))


async def test_what_fires_is_told_however_much_stands_and_the_critical_first() -> None:
    night = Night()
    told = Told(night)
    await stands(night, READ_AT_ONCE + 3)
    night.now += timedelta(hours=1)
    night.sights = [*(Sight(rule="stuck_old", about=f"{n}", value=90_000) for n in range(3))]
    await night.turns(60)
    night.sights = [*night.sights, down()]
    await night.turns(60)

    await told.teller().turn()

    assert sorted(told.told[:2]) == [(who, down().key, "fired") for who in ("on-call", "shift")]
    assert len(told.told) == ATTEMPTS_LIMIT


async def test_a_target_that_fails_again_and_again_keeps_no_other_waiting() -> None:
    night = Night()
    told = Told(night)
    told.fails = {"on-call"}
    await stands(night, ATTEMPTS_LIMIT + 1, "partner_down")
    for _ in range(3):
        await told.teller().turn()
    night.now += timedelta(minutes=2)
    await stands(night, 1, "late_intake")
    told.told.clear()
    await told.teller().turn()
    assert told.told == [("shift", "late_intake/0", "fired")]


async def test_what_is_silenced_is_told_when_the_silence_is_over() -> None:
    night = Night()
    told = Told(night)
    night.sights = [down()]
    await night.turns(60)
    [alarm] = (await night.rows.open()).values()
    until = night.now + timedelta(hours=1)
    silence = silence_of(alarm, "partner", "o-1", night.now, until, "works")
    await night.rows.silence(silence)
    await told.teller().turn()
    assert told.told == []

    await night.rows.lift(silence, Act(what="unsilence", by="o-1", at=night.now))
    await told.teller().turn()
    assert len(told.told) == 2


async def test_an_attempt_whose_process_died_is_made_by_another() -> None:
    night = Night()
    told = Told(night)
    night.sights = [down()]
    await night.turns(60)

    class Dies(Told):
        async def send(self, *_: object) -> str:
            raise asyncio.CancelledError

    with suppress(asyncio.CancelledError):
        await Dies(night).teller().turn()
    await told.teller().turn()
    assert told.told == []
    night.now += timedelta(seconds=LOST_AFTER_S)
    await told.teller().turn()
    assert len(told.told) == 2


@given(seed=st.integers(0, 2**32), steps=st.integers(0, 60))
@settings(max_examples=100, deadline=None)
async def test_two_processes_in_any_trouble_tell_each_target_of_what_stands(
    seed: int, steps: int
) -> None:
    chance, night = random.Random(seed), Night()
    told = Told(night)
    runner, tellers = night.runner(), [told.teller(), told.teller(off_s=1)]
    night.trouble.fails = lambda: chance.random() < 0.05

    async def tell(n: int) -> None:
        with suppress(Unknown):
            await tellers[n].turn()

    for _ in range(steps):
        night.sights = [s for s in (late(), down()) if chance.random() < 0.6]
        told.fails = {"shift"} if chance.random() < 0.3 else set()
        with suppress(Unknown):
            await night.turn(runner, chance.choice([10.0, 60.0]))
        await asyncio.gather(*(tell(n) for n in chance.choice([[0], [1], [0, 1]])))
    night.trouble.fails = lambda: False
    told.fails, night.sights = set(), [late()]
    for _ in range(40):
        await night.turn(seconds=600)
        await tell(0)

    found, _ = await night.rows.before("")
    assert [a.key for a in found if a.ended_at is None] == ["late_intake/unanswered"]
    attempts = await night.deliveries.of([a.id for a in found])
    for alarm in found:
        for name in ("shift", "on-call"):
            own = attempts[alarm.id].get(name, [])
            done = Counter(a.what for a in own if a.finding == "done")
            assert max(done.values(), default=0) <= 1
            gave_up = any(a.number == 6 for a in own)
            assert done["fired"] == 1 or gave_up
    assert len(await night.rows.open_ids()) == 1


async def test_an_alarm_of_a_rule_that_is_gone_ends_with_those_who_know_of_it() -> None:
    night = Night()
    told, alarm = Told(night), of_a_rule_that_is_gone(night)
    await night.rows.fire(alarm)
    known = Attempt(what="fired", number=1, at_ms=0, finding="done")
    await night.deliveries.end(alarm.id, ON_CALL.name, known)
    await night.turn()
    for _ in range(3):
        await told.teller().turn()
    assert ("on-call", "renamed/x", "ended") in told.told
    assert await night.rows.open_ids() == []


def test_what_is_said_of_a_rule_that_is_gone_has_its_name() -> None:
    alarm = of_a_rule_that_is_gone(Night())
    assert "renamed" in body(alarm, "fired", "en", "https://console")
    assert payload(SHIFT, alarm, "fired", Night().now, "")["data"]["rule"] == "renamed"
