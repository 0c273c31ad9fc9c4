"""A journey is found by each of its names, with its gaps, its waits and its trace."""

from typing import Any

import httpx
import pytest

from shared.trace import trace_id
from tests.services.operations.api.edge import Edge

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


async def test_each_line_of_a_journey_leads_to_its_message_as_it_is_kept(
    edge: Edge, client: httpx.AsyncClient, story: Any, log: Any
) -> None:
    story.returned()
    await edge.read(log)
    for record in log.records:
        place = f"{record.topic}/{record.partition}/{record.offset}"
        found = (await client.get(f"/v1/journeys/{story.code}/messages/{place}")).json()
        assert f"{found['topic']}/{found['partition']}/{found['offset']}" == place
        assert found["subject"] == story.application
        assert isinstance(found["data"], dict)


async def test_a_place_that_is_of_another_application_is_no_message_of_it(
    edge: Edge, client: httpx.AsyncClient, story: Any, log: Any, world: Any
) -> None:
    story.registered()
    other = world.Story(log, 2)
    other.registered()
    await edge.read(log)
    theirs = log.records[-1]
    place = f"{theirs.topic}/{theirs.partition}/{theirs.offset}"
    answer = await client.get(f"/v1/journeys/{story.application}/messages/{place}")
    assert (answer.status_code, "no such message" in answer.json()["detail"]) == (404, True)


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
