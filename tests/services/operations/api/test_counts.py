"""Counts are exact, and the flow says how fresh it is."""

from typing import Any

import httpx

from tests.services.operations.api.edge import Edge, park


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
    assert (body["behind_s"], body["standing"]) == (30, "quiet")
