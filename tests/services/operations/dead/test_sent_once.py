"""Whatever dies in between, and however often it is said: a lane takes a dead letter once."""

import random
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial

from hypothesis import given, settings
from hypothesis import strategies as st

from services.operations import dead_api
from services.operations.domain.dead.letters import Place
from services.operations.domain.dead.mending import Edit
from shared.errors import Unknown
from shared.problems import Refusal
from tests.services.operations.dead.office import Office, accepted
from tests.services.operations.story import application
from tests.shared.callers import caller

COUNT = 4
AT = datetime(2026, 6, 9, tzinfo=UTC)
WHY = "the release was mended"


async def begun() -> tuple[Office, list[Place]]:
    """Letters that can be sent again as they were, but for the last, which has to be mended."""
    office = Office()
    office.unknown.add("officer.accepted")
    messages = [accepted(application(n), n) for n in range(1, COUNT)]
    messages.append(accepted(application(COUNT), COUNT, note=7))
    places = [office.send("routing.inbox", message) for message in messages]
    await office.turn()
    office.unknown.clear()
    return office, places


async def work(office: Office, places: list[Place], rng: random.Random) -> None:
    """One thing that somebody does, or a reader, or a lane; it may end in the middle."""
    desk = office.new_desk()  # a process of its own
    by, place = rng.choice(["o-1", "o-2"]), rng.choice(places)
    mend = Edit(set={"$.data.note": "by the book"})
    acts: list[Callable[[], Awaitable[object]]] = [
        office.turn,
        partial(dead_api.do_one, desk, "redrive", place, caller(by), WHY),
        partial(dead_api.propose, desk, places[-1], mend, caller(by), WHY),
        partial(dead_api.decide, desk, places[-1], 1, "accepted", caller(by), WHY, AT),
    ]
    with suppress(Unknown, Refusal):
        await rng.choice(acts)()


async def finished(office: Office, places: list[Place]) -> None:
    """All of it, when nothing fails any more."""
    office.trouble.fails = lambda: False
    await office.turn()
    for place in places[:-1]:
        await dead_api.do_one(office.desk, "redrive", place, caller("o-1"), WHY)
    with suppress(Refusal):
        await dead_api.propose(
            office.desk, places[-1], Edit(set={"$.data.note": "by the book"}), caller("o-1"), WHY
        )
    for by in ("o-1", "o-2"):
        with suppress(Refusal):
            await dead_api.decide(office.desk, places[-1], 1, "accepted", caller(by), WHY, AT)
    await office.turn()


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32), st.integers(0, 25), st.floats(0, 0.3))
async def test_each_is_taken_once_and_leaves_the_board(
    seed: int, length: int, share: float
) -> None:
    rng = random.Random(seed)
    office, places = await begun()
    office.trouble.fails = lambda: rng.random() < share
    for _ in range(length):
        await work(office, places, rng)

    await finished(office, places)

    expected = {("/officers/o-7", f"act-{n}") for n in range(1, COUNT + 1)}
    assert len(office.taken) == len(set(office.taken))
    assert set(office.taken) == expected
    assert office.rows() == []
    assert len(office.store.tables["letters"].rows) == COUNT
    assert len(office.store.tables["letter_answers"].rows) == COUNT
