"""What a run reads and writes, and by whom it is told the time."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import NamedTuple, Protocol

from deploy.reconciling.recorded import Recorded
from services.payment.breaks import Breaks
from services.payment.domain.state import Payment
from services.payment.references import References
from shared.clock import Clock
from shared.events import Event
from shared.journal import Journal


class Outbox(Protocol):
    """Appends; returns when all is acknowledged.  Both raise `Unknown`."""

    async def tell(self, found: Sequence[Event]) -> None:
        """Append to the inbox of payment's lanes."""

    async def publish(self, found: Sequence[Event]) -> None:
        """Append to the log of reconciliation."""


class Books(NamedTuple):
    """What payment keeps, as far as a run reads it, and what it writes."""

    recorded: Recorded
    breaks: Breaks
    references: References
    journal: Journal[Payment]
    outbox: Outbox


class Around(NamedTuple):
    """What a run is told the time by, how patient it is, and how it tells how far it is."""

    clock: Clock
    patience_s: float = 30.0  # for lanes to take in what they were told
    breaks_limit: int = 20_000
    chunk: int = 5_000  # lines
    looked: Callable[[int], None] = lambda _: None
    moved: Callable[[int], None] = lambda _: None
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
