"""What ends within seconds as a rule is not written to be deleted."""

from typing import Any

from services.operations.journeys import read
from services.operations.situations import Situations


def under_way(store: Any) -> int:
    """How many rows stand of notices that are under way."""
    rows = store.tables["situations"].rows.values()
    return sum(1 for row in rows if row["cause"] == "notice_under_way")


async def test_what_is_brief_has_a_row_only_if_it_is_open_when_more_is_followed(
    world: Any, story: Any, log: Any
) -> None:
    registered = story.registered()
    read_until, store = len(log.records), world.Store()
    situations = Situations(store.tables["situations"], journeys := store.fresh_journeys())

    async def follow() -> tuple[int, bool]:
        nonlocal read_until
        entries = [read(r) for r in log.records[read_until:]]
        read_until = len(log.records)
        await journeys.append(entries)
        await situations.follow(entries)
        return under_way(store), situations.owes

    story.told(registered, "registered")
    assert await follow() == (0, False)  # it came and went
    asked = story.notice(registered, "routed")
    assert await follow() == (0, True)
    story.notice(registered, "paid")
    assert await follow() == (1, True)
    await situations.settle()
    assert (under_way(store), situations.owes) == (2, False)
    story.answered(asked, "routed")
    assert await follow() == (1, False)
