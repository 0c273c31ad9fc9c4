"""The one call payment makes: asking a silent partner what became of an order."""

from collections.abc import Sequence

import httpx

from services.payment.gateways import Answer, Order, Sending
from services.payment.partners import Registry
from shared.clock import Clock
from shared.effects import NotCalled, Request
from shared.events import Data
from shared.events.payment import Finding, Queried, QueryRequested

ANSWER_LIMIT_BYTES = 64 << 10


class Query:
    """Asks a partner, by our reference; what its answer does not prove stays unknown."""

    request_type = QueryRequested.TYPE
    batch_limit = 1

    def __init__(
        self, registry: Registry, client: httpx.AsyncClient, clock: Clock, limit_s: float
    ) -> None:
        self._registry, self._client, self._clock = registry, client, clock
        self.limit_s = limit_s

    def partner(self, request: Request) -> str:
        """Return whose slots and breaker are used."""
        return _asked(request).partner

    def key(self, request: Request) -> str:
        """Return the question's own key."""
        return _asked(request).key

    async def call(self, requests: Sequence[Request]) -> Sequence[Data]:
        """Ask; return what the partner said, verified.  Raises `NotCalled`; others mean unknown."""
        return [await self._ask(_asked(request)) for request in requests]

    def unknown(self, request: Request) -> Data:
        """Return that it must be asked again."""
        return _answer(_asked(request), "unknown")

    def deferred(self, request: Request) -> Data:
        """Return that it was not asked."""
        return _answer(_asked(request), "deferred")

    async def _ask(self, asked: QueryRequested) -> Queried:
        gateway = self._registry[asked.partner]
        order = Order(asked.reference, 0, asked.opened_at, asked.opened_at)
        sending = gateway.query(asked.key, order, self._clock())
        if sending is None:
            return _answer(asked, "unknown")
        said = gateway.read_answer(await send(self._client, sending), order, self._clock())
        return Queried(
            key=asked.key,
            partner=asked.partner,
            reference=asked.reference,
            finding=said.finding,
            transaction=said.transaction,
            amount_vnd=said.amount_vnd,
            code=said.code,
        )


async def send(client: httpx.AsyncClient, sending: Sending) -> Answer:
    """Send to a partner.  Raises `NotCalled`; other errors mean that nobody knows.

    What a partner says with a status of 500 and more is no word of its protocol.
    """
    asked = client.build_request(
        sending.method, sending.url, content=sending.body, headers=sending.headers
    )
    try:
        response = await client.send(asked, stream=True)
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
        raise NotCalled(str(error)) from error
    try:
        if response.is_server_error:
            response.raise_for_status()
        body = bytearray()
        async for chunk in response.aiter_bytes():
            body += chunk
            if len(body) > ANSWER_LIMIT_BYTES:
                raise ValueError(f"the answer has more than {ANSWER_LIMIT_BYTES} bytes")
        return Answer(response.status_code, bytes(body), response.headers)
    finally:
        await response.aclose()


def _answer(asked: QueryRequested, finding: Finding) -> Queried:
    return Queried(key=asked.key, partner=asked.partner, reference=asked.reference, finding=finding)


def _asked(request: Request) -> QueryRequested:
    assert isinstance(request.data, QueryRequested)
    return request.data
