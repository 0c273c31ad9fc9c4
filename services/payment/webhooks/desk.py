"""What a partner does with its own endpoints: each act is a version more, or rows to be told."""

from collections.abc import Callable, Sequence

from services.payment.replay.outline import Outline
from services.payment.webhooks.calling import Calls
from services.payment.webhooks.deliveries import Attempt, Deliveries, delivery
from services.payment.webhooks.endpoints import (
    ENDPOINTS_LIMIT,
    REMEMBERED,
    REMEMBERED_LIMIT,
    Endpoint,
    Endpoints,
    Sealing,
)
from shared.clock import Clock
from shared.errors import Refused
from shared.placement import home
from shared.signing import SECRET_BYTES

UUID_LENGTH = 36


class TooMany(Exception):
    """This partner has as many endpoints as it may have."""


class Changed(Exception):
    """Somebody else changed the endpoint at the same moment: look again."""


class Desk:
    """Acts of partners; `random(n)` gives n random bytes."""

    def __init__(
        self,
        endpoints: Endpoints,
        deliveries: Deliveries,
        sealing: Sealing,
        calls: Calls,
        clock: Clock,
        random: Callable[[int], bytes],
    ) -> None:
        self._endpoints, self._deliveries, self._sealing = endpoints, deliveries, sealing
        self._calls, self._clock, self._random = calls, clock, random

    async def endpoints(self, partner: str) -> Sequence[Endpoint]:
        """Return a partner's endpoints.  Raises `Unknown`."""
        found = await self._endpoints.of(partner)
        return sorted((e for e in found if e.standing != "removed"), key=lambda e: (e.since, e.id))

    async def every(self) -> Sequence[Endpoint]:
        """Return the endpoints of all partners, the removed too.  Raises `Unknown`."""
        return await self._endpoints.every()

    async def endpoint(self, partner: str, id_: str) -> Endpoint | None:
        """Return one of a partner's endpoints.  Raises `Unknown`."""
        return await self._endpoints.one(partner, id_)

    async def add(self, partner: str, url: str, types: Sequence[str]) -> tuple[Endpoint, bytes]:
        """Add an endpoint; return it and its secret.

        Raises `Denied` (this URL is not called), `TooMany`, `Unknown`.
        """
        await self._calls.look(url)
        await self._make_room(partner)
        id_, secret, at = f"ep_{self._random(12).hex()}", self._random(SECRET_BYTES), self._clock()
        endpoint = Endpoint(
            id=id_,
            partner=partner,
            version=1,
            url=url,
            types=tuple(sorted(set(types))),
            standing="active",
            secrets=(self._sealing.seal(id_, secret),),
            since=at,
            changed_at=at,
        )
        await self._put(endpoint)
        return endpoint, secret

    async def rotate(self, endpoint: Endpoint) -> tuple[Endpoint, bytes]:
        """Give it another secret; the one before signs beside it for a while.

        Raises `Changed`, `Unknown`.
        """
        secret = self._random(SECRET_BYTES)
        sealed = self._sealing.seal(endpoint.id, secret)
        return await self._put(endpoint.rotated(sealed, self._clock())), secret

    async def enable(self, endpoint: Endpoint) -> Endpoint:
        """Tell it again of what is decided from now on.  Raises `Denied`, `Changed`, `Unknown`."""
        if endpoint.standing == "active":
            return endpoint
        await self._calls.look(endpoint.url)
        at = self._clock()
        return await self._put(endpoint.next(at, standing="active", reason="", since=at))

    async def remove(self, endpoint: Endpoint) -> None:
        """Tell it nothing more.  Raises `Changed`, `Unknown`."""
        await self._put(endpoint.next(self._clock(), standing="removed", secrets=()))

    async def redeliver(self, endpoint: Endpoint, events: Sequence[Outline], lanes: int) -> None:
        """Tell it of these once more, whatever its types.  Raises `Unknown`."""
        at = self._clock()
        await self._deliveries.plan(
            [delivery(e, endpoint.id, home(e.id[:UUID_LENGTH], lanes), at) for e in events]
        )

    async def attempts(self, endpoint: Endpoint, limit: int) -> Sequence[Attempt]:
        """Return what came of the last attempts, the newest first.  Raises `Unknown`."""
        return await self._deliveries.attempts(endpoint.id, limit)

    async def _make_room(self, partner: str) -> None:
        """Forget what was removed long ago.  Raises `TooMany`."""
        found = await self._endpoints.of(partner)
        old = [
            e
            for e in found
            if e.standing == "removed" and self._clock() - e.changed_at > REMEMBERED
        ]
        for endpoint in old:
            await self._deliveries.forget(endpoint)
        await self._endpoints.forget(old)
        standing = [e for e in found if e.standing != "removed"]
        if len(standing) >= ENDPOINTS_LIMIT or len(found) - len(old) >= REMEMBERED_LIMIT:
            raise TooMany(partner)

    async def _put(self, endpoint: Endpoint) -> Endpoint:
        try:
            await self._endpoints.put(endpoint)
        except Refused as error:
            raise Changed(endpoint.id) from error
        return endpoint
