"""What is held comes in pages, and says what became of it."""

from typing import Any

import httpx
import pytest

from shared import events
from shared.events import kernel
from tests.services.operations.api.edge import Edge, park


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
    answer = await client.get("/v1/parked", params={"limit": limit})

    assert answer.status_code == 422
    assert answer.json()["problems"][0]["field"] == "/query/limit"
