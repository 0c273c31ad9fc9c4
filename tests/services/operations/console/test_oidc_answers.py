"""What a provider answers is read no further than it may be long."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import httpx
import pytest

from services.operations.console.oidc import SIZE_LIMIT, Oidc
from shared.errors import Unknown
from tests.services.operations.console.test_oidc import provider_at
from tests.services.operations.console.visits import KEY


async def endless(sent: list[bytes]) -> AsyncIterator[bytes]:
    while True:
        sent.append(b" " * 65_536)
        yield sent[-1]


@pytest.mark.parametrize(("packed", "why"), [("identity", "too much"), ("gzip", "packed")])
async def test_of_an_answer_without_an_end_no_more_is_read_than_there_may_be(
    packed: str, why: str
) -> None:
    sent: list[bytes] = []

    def answer(_: httpx.Request) -> httpx.Response:
        return httpx.Response(200, headers={"content-encoding": packed}, content=endless(sent))

    http = httpx.AsyncClient(transport=httpx.MockTransport(answer))
    with pytest.raises(Unknown, match=why):
        await Oidc(
            provider_at("https://provider.test"), KEY, lambda: datetime.now(UTC), http
        ).leave("seed")
    assert sum(map(len, sent)) <= SIZE_LIMIT + 65_536
