"""What operators ask and are told."""

import hashlib
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from services.operations.api import Sources, router
from services.operations.tables import flowing
from shared import events, problems
from shared.access import Access
from shared.errors import Unknown
from shared.events import Event, kernel
from shared.trace import trace_id

KEYS = {"op-key": ("o-1", "operator"), "portal-key": ("sandbox", "portal")}
OPERATOR = {"authorization": "Bearer op-key"}


class Published:
    """Remembers what would have been appended."""

    def __init__(self) -> None:
        self.events: list[tuple[str, Event]] = []
        self.doubt: Unknown | None = None

    async def publish(self, topic: str, event: Event) -> None:
        if self.doubt:
            raise self.doubt
        self.events.append((topic, event))


class Edge:
    """Operations' API over tables in memory."""

    def __init__(self, world: Any) -> None:
        self.world, self.store, self.published = world, world.Store(), Published()
        self.table: dict[str, Any] = {}
        sources = Sources(
            journeys=self.store.journeys,
            counts=self.store.counts(),
            aside=self.store.counts("operations-aside"),
            flowing=lambda: flowing(self.table, world.BEGAN + timedelta(minutes=1)),
            publisher=self.published,
            clock=lambda: world.BEGAN,
        )
        self.app = FastAPI()
        self.app.state.access = Access(
            {
                hashlib.sha256(key.encode()).hexdigest(): {"name": name, "role": role}
                for key, (name, role) in KEYS.items()
            }
        )
        problems.install(self.app)
        self.app.include_router(router(sources))

    async def read(self, log: Any) -> None:
        """Read a log as both groups do."""
        aside = [r for r in log.records if r.topic.endswith((".dead", ".parked"))]
        others = [r for r in log.records if r not in aside]
        for name, records in (("operations", others), ("operations-aside", aside)):
            assignment = self.world.Group(records).assignment(self.store.trouble)
            with pytest.raises(self.world.Over):
                await self.store.reader(name).serve(assignment)


@pytest.fixture
def edge(world: Any) -> Edge:
    return Edge(world)


@pytest.fixture
async def client(edge: Edge) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(edge.app)
    async with httpx.AsyncClient(
        transport=transport, base_url="http://operations", headers=OPERATOR
    ) as client:
        yield client


def park(story: Any, service: str = "payment", topic: str = "routing.events") -> Event:
    parked = kernel.RecordParked(
        service=service, topic=topic, partition=story.lane, offset=0, reason="KeyError: 'x'"
    )
    event: Event = story.external(f"{topic}.parked", f"/services/{service}", parked)
    return event


# ---- journeys


@pytest.mark.parametrize("name", ["application", "code", "reference"])
async def test_a_journey_is_found_by_each_of_its_names(
    edge: Edge, client: httpx.AsyncClient, story: Any, log: Any, name: str
) -> None:
    story.returned()
    await edge.read(log)

    answer = await client.get(f"/v1/journeys/{getattr(story, name)}")

    body = answer.json()
    assert answer.status_code == 200
    assert body["application"] == story.application
    assert body["status"]["state"]["code"] == 10
    assert body["findings"] == []
    assert not body["is_truncated"]
    assert len(body["timeline"]) == len(log.records)
    assert body["timeline"][1]["data"]["dossier_code"] == story.code


async def test_a_journey_with_a_gap_says_so(
    edge: Edge, client: httpx.AsyncClient, story: Any, log: Any
) -> None:
    story.returned()
    del log.records[next(n for n, r in enumerate(log.records) if r.topic == "payment.events")]
    await edge.read(log)

    body = (await client.get(f"/v1/journeys/{story.application}")).json()

    assert {f["kind"] for f in body["findings"]} == {"gap"}


@pytest.mark.parametrize("path", ["", "/waterfall", "/trace"])
@pytest.mark.parametrize("name", ["G00.00", "0197c3a0-1111-7222-8333-444444444444", "x" * 5_000])
async def test_an_unknown_name_is_not_found(
    client: httpx.AsyncClient, name: str, path: str
) -> None:
    answer = await client.get(f"/v1/journeys/{name}{path}")

    assert answer.status_code == 404
    assert answer.json()["type"] == "urn:motcua:problem:unknown-application"


async def test_the_waterfall_says_which_span_ended_each_wait(
    edge: Edge, client: httpx.AsyncClient, story: Any, log: Any
) -> None:
    story.returned()
    await edge.read(log)

    body = (await client.get(f"/v1/journeys/{story.application}/waterfall")).json()

    known = {span["id"] for span in body["spans"]}
    assert {w["who"] for w in body["waits"]} == {"citizen", "officer", "gateway"}
    assert all(wait["span"] in known for wait in body["waits"])


async def test_the_trace_is_one_that_a_collector_takes(
    edge: Edge, client: httpx.AsyncClient, story: Any, log: Any
) -> None:
    story.returned()
    await edge.read(log)

    body = (await client.get(f"/v1/journeys/{story.application}/trace")).json()

    spans = [s for r in body["resourceSpans"] for c in r["scopeSpans"] for s in c["spans"]]
    assert {s["traceId"] for s in spans} == {trace_id(story.application)}
    assert {s["parentSpanId"] for s in spans} <= {s["spanId"] for s in spans} | {""}


# ---- counts


async def test_counts_are_exact_and_add_up(
    edge: Edge, client: httpx.AsyncClient, world: Any, log: Any
) -> None:
    for n, chapter in enumerate(("returned", "paid", "registered", "submitted"), start=1):
        getattr(world.Story(log, n), chapter)()
    park(world.Story(log, 5))
    await edge.read(log)

    body = (await client.get("/v1/counts")).json()

    assert body["totals"] == {
        "received": 3,
        "settled": 1,
        "in_process": 2,
        "suspended": 0,
        "not_accepted": 0,
        "unrouted": 1,
    }
    assert body["types"]["payment.settled"] == 2
    assert body["vnd"]["payment.settled"] == body["vnd"]["receipt.issued"] == 100_000
    assert (body["parked"], body["dead"], body["forks"]) == (1, 0, 0)
    assert body["is_whole"]
    assert sum(body["offsets"].values()) == len(log.records)


async def test_before_anything_is_read_the_counts_are_zero(client: httpx.AsyncClient) -> None:
    body = (await client.get("/v1/counts")).json()

    assert body["totals"]["received"] == 0
    assert body["newest_at"] is None


# ---- dead letters and parked records


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


# ---- flow


async def test_the_flow_says_how_fresh_it_is(edge: Edge, client: httpx.AsyncClient) -> None:
    minute = int(edge.world.BEGAN.timestamp()) // 60
    edge.table["payment/1"] = {
        "stage": "payment",
        "minute": minute,
        "types": {"payment.settled": 3},
        "newest": minute * 60 + 30,
    }

    body = (await client.get("/v1/flow")).json()

    assert [(m["stage"], m["total"]) for m in body["minutes"]] == [("payment", 3)]
    assert body["behind_s"] == 30


# ---- releases


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


# ---- access


ROUTES = [
    (method, route.path.replace("{name}", "x"))
    for route in router(Sources(*[None] * 6)).routes
    for method in route.methods
]


@pytest.mark.parametrize(("method", "path"), ROUTES)
async def test_only_operators_are_let_in(
    client: httpx.AsyncClient, edge: Edge, method: str, path: str
) -> None:
    body = {"application": "x", "service": "payment", "reason": "because"}
    key = {"idempotency-key": "release-1"}
    nobody = await client.request(method, path, json=body, headers={"authorization": "", **key})
    portal = await client.request(
        method, path, json=body, headers={"authorization": "Bearer portal-key", **key}
    )

    assert (nobody.status_code, portal.status_code) == (401, 403)
