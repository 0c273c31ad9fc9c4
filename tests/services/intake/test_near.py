"""Status look-ups that the process answers by itself: nobody sees a difference, nobody waits."""

import asyncio
from itertools import count

import httpx
import pytest

from services.intake.door import AT_ONCE


@pytest.mark.parametrize(
    ("method", "path", "key"),
    [
        ("GET", "/v1/applications/{known}", "sandbox"),
        ("GET", "/v1/applications/{known}?lang=en", "sandbox"),
        ("GET", "/v1/applications/{KNOWN}", "sandbox"),
        ("GET", "/v1/applications/{known}/", "sandbox"),
        ("GET", "/v1/applications/{unknown}", "sandbox"),
        ("GET", "/v1/applications/nothing", "sandbox"),
        ("GET", "/v1/applications/", "sandbox"),
        ("GET", "/v1/applications/{known}", "other"),
        ("GET", "/v1/applications/{known}", "clerk"),
        ("GET", "/v1/applications/{known}", "nobody"),
        ("GET", "/v1/applications/{known}", ""),
        ("HEAD", "/v1/applications/{known}", "sandbox"),
        ("DELETE", "/v1/applications/{known}", "sandbox"),
        ("GET", "/v1/keys", ""),
    ],
)
async def test_what_is_at_hand_is_answered_as_the_framework_answers_it(
    make, edge, method, path, key
) -> None:
    await edge.submit()
    await edge.settle()
    known, unknown = make.uuid7(), make.uuid7(2)
    path = path.format(known=known, KNOWN=known.upper(), unknown=unknown)
    headers = {"authorization": f"Bearer {key}"} if key else {}
    framework = httpx.AsyncClient(transport=httpx.ASGITransport(edge.app), base_url="http://intake")

    answers = [await c.request(method, path, headers=headers) for c in (framework, edge.client)]

    said = [(a.status_code, a.content, dict(a.headers)) for a in answers]
    assert said[0] == said[1]


async def test_only_good_answers_of_what_is_known_are_given_without_the_framework(
    make, edge
) -> None:
    await edge.submit()
    await edge.settle()
    asked = []

    async def framework(scope, receive, send) -> None:
        asked.append(scope["path"])
        await edge.app(scope, receive, send)

    client = edge.in_front(framework)
    for name, key in ((make.uuid7(), "sandbox"), (make.uuid7(), "other"), (make.uuid7(2), "other")):
        await client.get(f"/v1/applications/{name}", headers={"authorization": f"Bearer {key}"})

    assert asked == [f"/v1/applications/{make.uuid7()}", f"/v1/applications/{make.uuid7(2)}"]


async def test_between_the_submissions_of_a_large_batch_the_edge_gets_its_turn(make, lane) -> None:
    documents = [[{"name": "Original document", "sha256": f"{n:064x}"}] for n in range(3 * AT_ONCE)]
    batch = [
        make.arrival(make.form(documents=each), subject=make.uuid7(n))
        for n, each in enumerate(documents, 1)
    ]
    turns = count()

    async def edge() -> None:
        while True:
            await asyncio.sleep(0)
            next(turns)

    beside = asyncio.create_task(edge())
    await asyncio.sleep(0)
    outcomes = await lane.take(*batch)
    beside.cancel()

    assert len(outcomes) == 3 * AT_ONCE
    assert next(turns) == 2 * 3  # they are opened, then sealed
