"""Crashes, doubles, doubts and operators: each is told once, and in the end all are."""

import asyncio
import random
from collections import Counter
from contextlib import suppress
from datetime import timedelta

from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from services.notify.domain.broadcasts import MOVES
from shared.errors import Unknown
from tests.services.notify.broadcasts.office import DRAFT, ID, Office, application

EVERYBODY = {"units": ("00004",)}


async def calm(office: Office, processes: list) -> None:
    for table in (office.acts, office.recipients, office.places):
        table.fails = lambda: False
    office.inbox.fails = lambda: False
    for _ in range(400):
        broadcast = await office.one()
        match broadcast.status:
            case "ready":
                await office.do("approve")
            case "paused":
                await office.do("resume")
            case "done" | "cancelled":
                return
        office.at += timedelta(seconds=1)
        for process in processes:
            await process.turn()
    raise AssertionError(f"it never comes to an end: {broadcast.status}")


async def storm(chance: random.Random, office: Office, processes: list, steps: int) -> None:
    """Turns that fail anywhere, die anywhere and outlast the next; operators who do anything, and
    applications that come in.
    """

    def fails() -> bool:
        return chance.random() < 0.05

    for table in (office.acts, office.recipients, office.places):
        table.fails = fails
    office.inbox.fails = fails
    turns = []
    for n in range(steps):
        office.at += timedelta(seconds=chance.choice([0, 1, 1, 2]))
        turns += [asyncio.ensure_future(process.turn()) for process in processes]
        for _ in range(chance.choice([3, 10, 40])):
            await asyncio.sleep(0)
        if chance.random() < 0.2:
            chance.choice(turns).cancel()
        if chance.random() < 0.5:
            await office.register(1_000 + n)
        if chance.random() < 0.3:
            await office.deliver(twice=chance.random() < 0.5)
        if chance.random() < 0.2:
            verbs = MOVES[(await office.one()).status].keys() & {"approve", "pause", "resume"}
            for verb in verbs:  # one at most
                with suppress(Unknown):
                    await office.do(verb)
    await asyncio.gather(*turns, return_exceptions=True)


@given(seed=st.integers(0, 1 << 32), cancels=st.booleans())
@settings(max_examples=100, deadline=None, phases=[Phase.explicit, Phase.generate])
def test_whichever_way_it_goes_each_is_told_once_and_all_are_unless_it_is_cancelled(
    seed, cancels, new_office
):
    chance = random.Random(seed)
    count, per_second, steps = (chance.randint(*each) for each in ((0, 60), (1, 30), (0, 60)))

    async def run() -> None:
        office = new_office()
        await office.register(*range(count))
        await office.register(*range(100, 110), receiving_unit="00008")
        draft = replace(DRAFT, per_second=per_second)
        await office.draft(draft=draft, **EVERYBODY)
        processes = [office.rounds, office.process()]
        await storm(chance, office, processes, steps)
        if cancels:
            await cancel(office)
        await calm(office, processes)
        await office.deliver(twice=True)
        told, frozen = Counter(office.requested()), await recipients(office)
        assert set(told.values()) <= {1}
        assert told.keys() <= frozen
        if not cancels:
            assert {application(n) for n in range(count)} <= told.keys() == frozen
            assert not frozen & {application(n) for n in range(100, 110)}
            tally = (await office.one()).tally
            assert tally.recipients == len(frozen)
            messages = {"sms/vi": (len(frozen), len(frozen))} if frozen else {}
            assert tally.messages == messages

    asyncio.run(run())


async def recipients(office: Office) -> set[str]:
    found, number = list[str](), 0
    while page := await office.rows.page(ID, number):
        found, number = [*found, *page.applications], number + 1
    assert len(found) == len(set(found))
    return set(found)


async def cancel(office: Office) -> None:
    """Cancel it, whatever is in doubt, and look that nobody is told two turns later."""
    while (await office.one()).status != "cancelled":
        try:
            await office.do("cancel")
        except Unknown:
            continue
    for table in (office.acts, office.recipients, office.places):
        table.fails = lambda: False
    await office.turns(2)  # one may have to mark it, the next one sees that
    before = office.requested()
    await office.deliver()
    assert office.requested() == before
