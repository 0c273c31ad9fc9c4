"""Once a round is aborted no more is sent, not even what was decided before."""

from collections.abc import AsyncIterator

import pytest

from services.operations.domain.rounds import Doing
from services.operations.rounds.rows import Rounds
from services.operations.rounds.views import whole
from tests.services.operations.rounds.office import ID, Office, killed


async def crashed(what: Doing) -> AsyncIterator[Office]:
    """Rounds whose process was killed at each step there is, and that somebody ended then."""
    for at in range(1_000):
        office = await killed(at)
        if office is None:
            return
        await office.do(what)
        yield office


async def counts(office: Office, rows: Rounds) -> tuple[dict[str, int], dict[str, int]]:
    """What the round says in all, and what of each."""
    action = office.actions["release"]
    sent, checked = [await rows.last_step(ID, kind) for kind in ("sent", "checked")]
    told = dict(whole(await office.round(), action, sent, checked).results)
    each: dict[str, int] = {}
    for item in await office.items():
        each[item.result] = each.get(item.result, 0) + 1
    return told, each


async def test_after_an_abort_nothing_is_sent_any_more_whoever_died_before() -> None:
    seen = set()
    async for office in crashed("abort"):
        if (await office.round()).status != "aborted":
            continue
        before = list(office.published)

        await office.run()

        assert office.published == before
        told, each = await counts(office, office.rows)
        assert told == each
        assert each.get("sent", 0) == len(before)
        seen.add(each.get("not_sent", 0))
    assert seen >= {0, 1, 2, 3, 4}


async def test_while_a_round_is_paused_nothing_is_sent_and_all_of_it_when_it_is_resumed() -> None:
    async for office in crashed("pause"):
        if (await office.round()).status != "paused":
            continue
        before, runner = list(office.published), office.runner()
        for _ in range(30):
            await office.turn(runner)
        assert office.published == before

        await office.do("resume")
        await office.run()

        assert {event.id for _, event in office.published} == {f"{ID}-{n:05}" for n in range(1, 5)}
        assert (await office.round()).status == "done"


@pytest.mark.parametrize("per_turn", [1, 3])
async def test_what_is_counted_of_a_round_is_what_its_items_say(per_turn: int) -> None:
    office = Office(4, refused=1)
    await office.begin()
    await office.do("start")
    await office.turn(office.runner(per_turn))
    await office.do("abort")
    await office.run()

    assert await counts(office, office.rows) == (
        {"sent": per_turn, "not_sent": 4 - per_turn, "refused": 1},
        {"sent": per_turn, "not_sent": 4 - per_turn, "refused": 1},
    )
