"""What was set aside comes in pages, and says what became of it."""

from typing import Any

import httpx
import pytest

from shared import events
from shared.events import kernel
from tests.services.operations.api.edge import Edge, park


async def test_dead_letters_come_in_pages_oldest_first(
    edge: Edge, client: httpx.AsyncClient, log: Any
) -> None:
    for n in range(5):
        dead = kernel.RecordDead(
            service="intake",
            topic="portal.submissions",
            partition=0,
            offset=n,
            reason="not JSON",
            field="$",
            sealed="s",
        )
        letter = {"id": str(n), "type": dead.TYPE, "source": "/services/intake", "data": dead}
        log.append("portal.submissions.dead", None, events.encode(letter))
    await edge.read(log)

    seen: list[int] = []
    after: str | None = ""
    while after is not None:
        page = (await client.get("/v1/dead", params={"limit": 2, "after": after})).json()
        seen += [item["offset"] for item in page["items"]]
        after = page["next"]

    assert seen == [0, 1, 2, 3, 4]
    assert page["items"][0]["reason"] == "not JSON"


async def test_parked_work_says_whether_it_was_released(
    edge: Edge, client: httpx.AsyncClient, world: Any, log: Any
) -> None:
    held, released = world.Story(log, 1), world.Story(log, 2)
    park(held)
    park(released)
    done = kernel.LaneReleased(operator="o-1", reason="mended")
    released.external("payment.inbox", "/operators/o-1", done)
    await edge.read(log)

    items = (await client.get("/v1/parked")).json()["items"]

    assert [(i["application"], i["service"], i["released_at"] is None) for i in items] == [
        (held.application, "payment", True),
        (released.application, "payment", False),
    ]


async def test_a_release_that_comes_again_releases_nothing_that_was_held_since(
    edge: Edge, client: httpx.AsyncClient, world: Any, log: Any
) -> None:
    story = world.Story(log, 1)
    park(story)
    done = kernel.LaneReleased(operator="o-1", reason="mended")
    release = story.external("payment.inbox", "/operators/o-1", done)
    park(story)
    log.append("payment.inbox", story.application, events.encode(release))
    await edge.read(log)

    items = (await client.get("/v1/parked")).json()["items"]

    assert [item["released_at"] is None for item in items] == [False, True]


@pytest.mark.parametrize("limit", ["0", "201", "many"])
async def test_a_page_has_a_limit(client: httpx.AsyncClient, limit: str) -> None:
    answer = await client.get("/v1/dead", params={"limit": limit})

    assert answer.status_code == 422
    assert answer.json()["problems"][0]["field"] == "/query/limit"
