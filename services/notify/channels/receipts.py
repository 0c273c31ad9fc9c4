"""What comes in later than the answer: a receipt for a notice, and an address that bounces."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import Literal, NamedTuple

import msgspec

from shared import events
from shared.access import Caller
from shared.clock import Clock
from shared.effects import call_span
from shared.events import Event
from shared.events.notify import ReceiptArrived
from shared.problems import Refusal
from shared.publisher import Publisher
from shared.trace import traceparent


class Receipt(NamedTuple):
    """What became of one of our notices."""

    application: str
    data: ReceiptArrived


class Reporter(NamedTuple):
    """Who tells what became of messages on a channel: callers, by their names."""

    channel: str
    by: frozenset[str]


Reporters = Mapping[str, Reporter]  # by provider


def reporter(reporters: Reporters, provider: str, caller: Caller) -> Reporter:
    """Return how this caller tells of a provider's messages.  Raises `Refusal` 403, 404."""
    if provider not in reporters:
        names = ", ".join(sorted(reporters)) or "none"
        detail = f"No provider here has this name: report under yours, one of {names}."
        raise Refusal(404, "unknown-provider", detail)
    found = reporters[provider]
    if caller.name not in found.by:
        detail = f"{caller.name} does not carry messages for {provider}: use its own key."
        raise Refusal(403, "not-your-messages", detail)
    return found


class AddressBounced(NamedTuple):
    """A mail to this address came back; it is not to be written to before `until`."""

    address: str
    key: str
    hardness: Literal["hard", "soft"]
    reason: str
    until: datetime

    def __repr__(self) -> str:
        """Say which notice it was; nothing of the person."""
        return f"AddressBounced(key={self.key!r}, reason={self.reason!r})"


Receipts = Callable[[Sequence[Receipt]], Awaitable[None]]
Bounced = Callable[[Sequence[AddressBounced]], Awaitable[None]]


def publishing(publisher: Publisher, provider: str, clock: Clock) -> Receipts:
    """Return how the receipts of a provider get to the lane."""

    async def publish(receipts: Sequence[Receipt]) -> None:
        now = clock()
        told = [arrived(receipt, provider, now) for receipt in receipts]
        await asyncio.gather(*(publisher.publish("notify.inbox", event) for event in told))

    return publish


def arrived(receipt: Receipt, provider: str, now: datetime) -> Event:
    """Return what goes to the lane; a receipt that comes twice is the same event."""
    application, key = receipt.application, receipt.data.key
    kind = "delivered" if receipt.data.delivered else "undelivered"
    return Event(
        id=f"{key}/receipt/{kind}",
        source=f"/gateways/{provider}",
        type=receipt.data.TYPE,
        subject=application,
        time=now,
        data=msgspec.Raw(events.encode(receipt.data)),
        # it follows the call that handed the notice over
        causationid=f"{key}/handed",
        traceparent=traceparent(application, call_span(application, "notify", key), sampled=False),
    )
