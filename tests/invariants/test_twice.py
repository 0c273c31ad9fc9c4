"""Calls that change something are made twice, as the share says; the first answer counts."""

import random
from collections import Counter

import httpx

from tests.invariants.twice import Twice


async def calls(method: str, share: float) -> tuple[list[bytes], Counter[str]]:
    heard: list[bytes] = []
    doubled: Counter[str] = Counter()

    def edge(request: httpx.Request) -> httpx.Response:
        heard.append(request.content)
        return httpx.Response(202, json={"call": len(heard)})

    transport = Twice(httpx.MockTransport(edge), random.Random(1), share, doubled)
    async with httpx.AsyncClient(transport=transport, base_url="http://edge") as client:
        content = b"the same" if method == "POST" else None
        answer = await client.request(method, "/v1/actions", content=content)
    assert answer.json() == {"call": 1}
    return heard, doubled


async def test_a_post_is_sent_twice_with_the_same_content() -> None:
    heard, doubled = await calls("POST", 1.0)
    assert heard == [b"the same", b"the same"]
    assert doubled == {"actions": 1}


async def test_where_the_share_is_none_nothing_is_sent_twice() -> None:
    heard, _ = await calls("POST", 0.0)
    assert len(heard) == 1


async def test_a_question_is_asked_once() -> None:
    heard, _ = await calls("GET", 1.0)
    assert len(heard) == 1
