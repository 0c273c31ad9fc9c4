"""The calls payment makes of an order: to have it made, and to ask what became of it."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import Any, Generic, Literal, TypeVar

import httpx

from services.payment.billing import Tell, untold, with_told
from services.payment.gateways import (
    Answer,
    Declined,
    Offer,
    Order,
    Payer,
    Refused,
    Sending,
    Unsendable,
)
from services.payment.partners import Registry
from shared.clock import Clock
from shared.effects import NotCalled, Request
from shared.events import Data
from shared.events.payment import Created, CreateRequested, Finding, Queried, QueryRequested

ANSWER_LIMIT_BYTES = 64 << 10
NOTHING = Offer()

Count = Callable[[str, str], None]  # a partner, and why its answer was not taken

D = TypeVar("D", bound=Data)  # what asks for a call: it has a `partner` and a `key`


class TooLong(ValueError):
    """An answer has more bytes than are read."""


class PartnerCall(ABC, Generic[D]):
    """A call to one partner, for one request; see `shared.effects.Effect`.

    `limit_s` is the longest that any partner may take; each has a limit of its own in its row.
    `refused` counts every answer that is not the partner's, or cannot be read: a key that was
    rotated shows there first.  `tell` finds whose money it is, and what for.
    """

    contract: type[D]
    batch_limit = 1

    def __init__(
        self,
        registry: Registry,
        client: httpx.AsyncClient,
        clock: Clock,
        limit_s: float,
        tell: Tell = untold,
        refused: Count = lambda *_: None,
    ) -> None:
        self.request_type = self.contract.TYPE
        self.limit_s, self._refused = limit_s, refused
        self._registry, self._client, self._clock = registry, client, clock
        self._tell = tell

    def partner(self, request: Request) -> str:
        """Return whose slots and breaker are used."""
        partner: str = self._of(request).partner
        return partner

    def key(self, request: Request) -> str:
        """Return the key of this call."""
        key: str = self._of(request).key
        return key

    async def call(self, requests: Sequence[Request]) -> Sequence[Data]:
        """Call; return what came of it.  Raises `NotCalled`; others mean unknown."""
        return [await self._made(self._of(request)) for request in requests]

    def unknown(self, request: Request) -> Data:
        """Return that nobody knows what came of it."""
        return self.without_answer(self._of(request), "unknown")

    def deferred(self, request: Request) -> Data:
        """Return that it was not made."""
        return self.without_answer(self._of(request), "deferred")

    @abstractmethod
    async def make(self, wanted: D) -> Data:
        """Make the call.  Raises `NotCalled`; others mean unknown."""

    @abstractmethod
    def without_answer(self, wanted: D, finding: Literal["unknown", "deferred"]) -> Data:
        """Return the outcome of a call that brought no answer."""

    async def _made(self, wanted: Any) -> Data:
        async with asyncio.timeout(self._registry[wanted.partner].partner.call_limit_s):
            try:
                return await self.make(wanted)
            except Refused as refused:
                self._refused(wanted.partner, refused.why)
                raise

    def _of(self, request: Request) -> Any:
        assert isinstance(request.data, self.contract)
        return request.data


class Create(PartnerCall[CreateRequested]):
    """Asks a partner to make an order; what its answer does not prove stays unknown."""

    contract = CreateRequested

    async def make(self, wanted: CreateRequested) -> Created:
        """Ask; return what was made."""
        gateway = self._registry[wanted.partner]
        order = Order(wanted.reference, wanted.amount_vnd, wanted.opened_at, wanted.expires_at)
        told = await self._tell(gateway.partner, wanted.key, wanted.reference)
        order = with_told(order, told)
        # nobody knows yet from where the citizen will pay
        payer = Payer(gateway.partner.server_ip)
        try:
            found = gateway.create(wanted.reference, order, payer, self._clock())
            if isinstance(found, Sending):
                answer = await send(self._client, found)
                found = gateway.read_created(answer, order, self._clock())
        except Unsendable:
            return _made(wanted, "declined", code="unsendable")
        except Declined as declined:
            return _made(wanted, "declined", code=declined.code)
        return _made(wanted, "created", offer=found)

    def without_answer(
        self, wanted: CreateRequested, finding: Literal["unknown", "deferred"]
    ) -> Data:
        """Return that there may be an order, or that none was asked for."""
        return _made(wanted, finding)


class Query(PartnerCall[QueryRequested]):
    """Asks a partner, by our reference; what its answer does not prove stays unknown."""

    contract = QueryRequested

    async def make(self, wanted: QueryRequested) -> Queried:
        """Ask; return what the partner said, verified."""
        gateway = self._registry[wanted.partner]
        order = Order(wanted.reference, 0, wanted.opened_at, wanted.opened_at)
        told = await self._tell(gateway.partner, wanted.key, wanted.reference)
        order = with_told(order, told)
        sending = gateway.query(wanted.key, order, self._clock())
        if sending is None:
            return _answer(wanted, "unaskable")
        said = gateway.read_answer(await send(self._client, sending), order, self._clock())
        return Queried(
            key=wanted.key,
            partner=wanted.partner,
            reference=wanted.reference,
            finding=said.finding,
            transaction=said.transaction,
            amount_vnd=said.amount_vnd,
            code=said.code,
        )

    def without_answer(
        self, wanted: QueryRequested, finding: Literal["unknown", "deferred"]
    ) -> Data:
        """Return that it must be asked again."""
        return _answer(wanted, finding)


async def send(
    client: httpx.AsyncClient, sending: Sending, limit_bytes: int = ANSWER_LIMIT_BYTES
) -> Answer:
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
            if len(body) > limit_bytes:
                raise TooLong(f"the answer has more than {limit_bytes} bytes")
        return Answer(response.status_code, bytes(body), response.headers)
    finally:
        await response.aclose()


def _made(
    wanted: CreateRequested,
    finding: Literal["created", "declined", "unknown", "deferred"],
    *,
    offer: Offer = NOTHING,
    code: str = "",
) -> Created:
    return Created(
        key=wanted.key,
        partner=wanted.partner,
        reference=wanted.reference,
        finding=finding,
        code=code,
        **offer._asdict(),
    )


def _answer(asked: QueryRequested, finding: Finding) -> Queried:
    return Queried(key=asked.key, partner=asked.partner, reference=asked.reference, finding=finding)
