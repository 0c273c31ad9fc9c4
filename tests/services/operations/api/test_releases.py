"""An operator lets go what a service holds, once, under a name and with a reason."""

import json
from typing import Any

import httpx
import pytest

from shared.errors import Unknown
from tests.services.operations.api.edge import Edge, park


def asked(story: Any, **changed: Any) -> dict[str, Any]:
    return {
        "application": story.application,
        "service": "payment",
        "reason": "the rate table is mended",
    } | changed


async def test_a_release_is_appended_with_the_operators_name(
    edge: Edge, client: httpx.AsyncClient, story: Any, log: Any
) -> None:
    parked = park(story)
    await edge.read(log)

    answer = await client.post(
        "/v1/releases", json=asked(story), headers={"idempotency-key": "release-1"}
    )

    assert answer.status_code == 202
    ((topic, event),) = edge.published.events
    assert (topic, event.id, event.source) == ("payment.inbox", "release-1", "/operators/o-1")
    assert event.subject == story.application
    assert event.causationid == parked.id
    assert json.loads(bytes(event.data)) == {"operator": "o-1", "reason": asked(story)["reason"]}


async def test_the_same_release_again_is_the_same_message(
    edge: Edge, client: httpx.AsyncClient, story: Any, log: Any
) -> None:
    park(story)
    await edge.read(log)

    for _ in range(2):
        await client.post(
            "/v1/releases", json=asked(story), headers={"idempotency-key": "release-1"}
        )

    first, second = edge.published.events
    assert first == second


async def test_what_no_service_holds_is_not_released_blindly(
    edge: Edge, client: httpx.AsyncClient, story: Any, log: Any
) -> None:
    park(story, service="notify")
    await edge.read(log)

    answer = await client.post(
        "/v1/releases", json=asked(story), headers={"idempotency-key": "release-1"}
    )

    assert answer.status_code == 409
    assert "notify holds it" in answer.json()["detail"]
    assert edge.published.events == []


async def test_when_the_log_does_not_answer_the_operator_is_told_to_repeat(
    edge: Edge, client: httpx.AsyncClient, story: Any, log: Any
) -> None:
    park(story)
    await edge.read(log)
    edge.published.doubt = Unknown("planted")

    answer = await client.post(
        "/v1/releases", json=asked(story), headers={"idempotency-key": "release-1"}
    )

    assert answer.status_code == 503
    assert answer.headers["retry-after"]


@pytest.mark.parametrize(
    ("changed", "headers", "status"),
    [
        ({}, {}, 422),
        ({}, {"idempotency-key": "short"}, 422),
        ({"service": "operations"}, {"idempotency-key": "release-1"}, 422),
        ({"reason": ""}, {"idempotency-key": "release-1"}, 422),
        ({"more": 1}, {"idempotency-key": "release-1"}, 422),
        ({"application": "unknown"}, {"idempotency-key": "release-1"}, 404),
    ],
)
async def test_a_release_that_is_not_right_is_refused(
    edge: Edge,
    client: httpx.AsyncClient,
    story: Any,
    log: Any,
    changed: dict[str, Any],
    headers: dict[str, str],
    status: int,
) -> None:
    park(story)
    await edge.read(log)

    answer = await client.post("/v1/releases", json=asked(story, **changed), headers=headers)

    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert edge.published.events == []
