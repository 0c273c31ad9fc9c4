"""What a state says of its orders to whoever matches a partner's statement with them."""

from collections.abc import Iterator
from typing import NamedTuple

from services.payment.domain.state import Attempt, Money, Payment


class Ordered(NamedTuple):
    """An order of ours; `waits`: its obligation is not met, and may be; `brought`: the keys of the
    lines that should name money of its amount that counts.
    """

    application: str
    partner: str
    amount_vnd: int
    waits: bool
    brought: tuple[str, ...] = ()


def orders_in(application: str, state: Payment) -> Iterator[tuple[str, Ordered]]:
    """Yield the orders of an application, by reference."""
    for attempt in state.attempts:
        waits = state.obligations[attempt.obligation].status == "open"
        yield (
            attempt.reference,
            Ordered(
                application,
                attempt.partner,
                attempt.amount_vnd,
                waits,
                tuple(
                    f"paid/{m.transaction}"
                    for m in state.money
                    if m.counts and _as_asked(m) == _as_asked(attempt)
                ),
            ),
        )


def _as_asked(of: Money | Attempt) -> tuple[str, str, int]:
    return of.partner, of.reference, of.amount_vnd
