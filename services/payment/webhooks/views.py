"""What the edge shows of endpoints and attempts, with examples."""

from datetime import datetime
from typing import Any

import msgspec

from services.payment.webhooks.deliveries import Attempt
from services.payment.webhooks.endpoints import Endpoint, Standing
from shared import signing
from shared.edge import APPLICATION

ID = "ep_3f9a1c0b7d5e2a4486c1d0f2"
URL = "https://bank.example.vn/motcua/webhooks"

ENDPOINT: dict[str, Any] = {
    "id": ID,
    "url": URL,
    "types": ["payment.settled"],
    "standing": "active",
    "reason": "",
    "since": "2026-11-20T02:00:00Z",
    "changed_at": "2026-11-20T02:00:00Z",
    "secrets": 1,
}
WITH_SECRET = {**ENDPOINT, "secret": "whsec_" + 43 * "A" + "="}
ATTEMPT: dict[str, Any] = {
    "event": f"{APPLICATION}/payment/000003",
    "type": "payment.settled",
    "number": 1,
    "at": "2026-11-20T02:00:01Z",
    "finding": "failed",
    "status": 500,
    "took_ms": 112,
    "problem": "",
    "next_at": "2026-11-20T02:00:06.310000Z",
}
PLANNED = {"planned": 12, "next": "WzEyMDgsMTFd", "more": False}


class EndpointView(msgspec.Struct, kw_only=True):
    """An endpoint of yours.  `secrets`: how many sign now; `since`: it is told of what is decided
    from then on.
    """

    id: str
    url: str
    types: tuple[str, ...]
    standing: Standing
    reason: str
    since: datetime
    changed_at: datetime
    secrets: int


class SecretView(EndpointView, kw_only=True):
    """One with its new secret, which is shown this once."""

    secret: str


class EndpointsView(msgspec.Struct, kw_only=True):
    """All of yours."""

    items: list[EndpointView]


class AttemptsView(msgspec.Struct, kw_only=True):
    """What came of the last attempts, the newest first."""

    items: list[Attempt]


class Planned(msgspec.Struct, kw_only=True):
    """How many will be told once more; of a range, where to go on."""

    planned: int
    next: str
    more: bool


def view(endpoint: Endpoint) -> EndpointView:
    """Show an endpoint."""
    return EndpointView(
        id=endpoint.id,
        url=endpoint.url,
        types=endpoint.types,
        standing=endpoint.standing,
        reason=endpoint.reason,
        since=endpoint.since,
        changed_at=endpoint.changed_at,
        secrets=len(endpoint.signing(endpoint.changed_at)),
    )


def with_secret(endpoint: Endpoint, secret: bytes) -> SecretView:
    """Show an endpoint with its new secret."""
    plain = msgspec.structs.asdict(view(endpoint))
    return SecretView(**plain, secret=signing.shown(secret))
