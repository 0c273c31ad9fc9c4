"""Proofs in the background, over HTTP."""

from datetime import timedelta

import httpx
import pytest

from tests.services.operations.api.edge import Edge
from tests.services.operations.domain.proof.plant import settled_again
from tests.services.operations.story import Log, Story

PERIOD = {"since": "2026-05-28", "until": "2026-05-29"}


@pytest.fixture
async def lived(edge: Edge, log: Log) -> None:
    settled_again(Story(log))
    await edge.read(log)


async def begin(client: httpx.AsyncClient, **asked: str) -> httpx.Response:
    return await client.post("/v1/proofs", json={**PERIOD, **asked})


@pytest.mark.usefixtures("lived")
async def test_a_period_is_proven_reported_and_verified(
    edge: Edge, client: httpx.AsyncClient
) -> None:
    begun = await begin(client)
    assert begun.status_code == 202
    where = begun.headers["location"]
    assert (await client.get(f"{where}/report")).status_code == 404

    for _ in range(10):
        edge.prover_now += timedelta(seconds=1)
        await edge.prover.loop().turn()

    done = (await client.get(where)).json()
    assert (done["made"]["standing"], done["made"]["holds"]) == ("done", False)
    assert "settled_twice" in done["proof"]["excepted"]
    [listed] = (await client.get("/v1/proofs")).json()["items"]
    assert listed == done["made"]
    report = await client.get(f"{where}/report")
    verified = await client.post("/v1/proofs/verifications", content=report.content)
    assert verified.json()["is_signed"]
    changed = report.content.replace(b'"holds":false', b'"holds":true')
    again = await client.post("/v1/proofs/verifications", content=changed)
    assert not again.json()["is_signed"]
    assert (await client.post(f"{where}/abort")).status_code == 409


async def test_one_can_be_aborted(client: httpx.AsyncClient) -> None:
    where = (await begin(client)).headers["location"]
    aborted = await client.post(f"{where}/abort")
    assert aborted.json()["made"]["ended_by"] == "o-1"


async def test_no_more_are_under_way_than_may_be(client: httpx.AsyncClient) -> None:
    answers = [await begin(client, until=f"2026-05-{day}") for day in (28, 29, 30, 31)]
    assert [a.status_code for a in answers] == [202, 202, 202, 409]


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("", b'{"since": "2026-06-02", "until": "2026-06-01"}', 422),
        ("", b'{"since": "2020-06-02", "until": "2026-06-01"}', 422),
        ("", b"{}", 422),
        ("/verifications", b"{}", 422),
        ("/none/abort", b"", 404),
    ],
)
async def test_what_cannot_be_done_is_refused(
    client: httpx.AsyncClient, path: str, body: bytes, status: int
) -> None:
    headers = {"content-type": "application/json"}
    answer = await client.post(f"/v1/proofs{path}", content=body, headers=headers)
    assert answer.status_code == status
