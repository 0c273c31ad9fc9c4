"""Partners, each behind the same neutral protocol; one file per protocol family.

A partner is data: a row says who it is, which family it speaks, with which keys, and what it takes.
A family is code: it turns an order into a pay link and a partner's words into ours.  Nothing here
does I/O: `effects` and `api` carry the bytes.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, Literal, NamedTuple, Protocol

import msgspec

from services.payment.domain.terms import Terms
from shared.errors import Misconfigured
from shared.events.payment import Finding

Verdict = Literal[
    "recorded",
    "unknown_order",
    "amount_differs",
    "already_final",
    "not_genuine",
    "unreadable",
    "call_again",
]


class Refused(Exception):
    """What a partner sent cannot be taken: `not_genuine` (not signed by it) or `unreadable`."""

    def __init__(self, verdict: Literal["not_genuine", "unreadable"], reason: str) -> None:
        super().__init__(reason)
        self.verdict: Verdict = verdict
        self.reason = reason


class Unsendable(Exception):
    """A value that this partner's format cannot carry: our mistake, nothing was sent."""


class Key(msgspec.Struct, frozen=True, kw_only=True):
    """A secret, from when until when it is used.  Two may overlap while they are rotated."""

    secret: str
    valid_from: datetime
    valid_to: datetime | None = None

    def __repr__(self) -> str:
        return f"Key(valid_from={self.valid_from}, valid_to={self.valid_to})"

    def is_valid(self, at: datetime) -> bool:
        """Tell whether the key is in use at this time."""
        return self.valid_from <= at and (self.valid_to is None or at < self.valid_to)


class Partner(msgspec.Struct, frozen=True, kw_only=True):
    """A row of the registry.

    `outgoing` keys sign what we send, the last valid one; `incoming` keys verify what we get, any
    valid one.  `server_ip` is the address from which we call.
    """

    name: str
    family: str
    merchant: str
    outgoing: tuple[Key, ...]
    incoming: tuple[Key, ...]
    terms: Terms
    pay_url: str
    query_url: str
    return_url: str
    server_ip: str = "127.0.0.1"
    call_limit_s: float = 10.0


class Order(NamedTuple):
    """What a partner is told of an attempt."""

    reference: str
    amount_vnd: int
    opened_at: datetime
    expires_at: datetime


class Payer(NamedTuple):
    """Who is about to pay, as far as a pay page asks."""

    ip: str
    language: str = "vi"


class Notice(NamedTuple):
    """What a callback said, verified; `code` is the partner's own word."""

    reference: str
    transaction: str
    amount_vnd: int
    finding: Literal["paid", "failed", "pending"]
    code: str


class Said(NamedTuple):
    """What a partner answered to a query, verified."""

    finding: Finding
    transaction: str = ""
    amount_vnd: int = 0
    code: str = ""


class Gateway(Protocol):
    """A partner, spoken to in its own protocol."""

    partner: Partner

    def pay_link(self, order: Order, payer: Payer, at: datetime) -> str:
        """Return where the citizen pays, signed.  Raises `Unsendable`."""

    def read_callback(self, query: bytes, at: datetime) -> Notice:
        """Return what a callback says.  Raises `Refused`."""

    def callback_described(self) -> dict[str, Any]:
        """Return OpenAPI's words for a callback: its parameters and the answers to it."""

    def answer(self, verdict: Verdict) -> bytes:
        """Return the body that tells the partner what became of its callback."""

    def query(self, key: str, order: Order, at: datetime) -> bytes:
        """Return the body of a question after an order; `key` names the question."""

    def read_answer(self, body: bytes, reference: str, at: datetime) -> Said:
        """Return what a partner answered about this order.  Raises `Refused`."""


class Registry:
    """The partners of this deployment, by name."""

    def __init__(
        self, partners: Iterable[Partner], families: Mapping[str, Callable[[Partner], Gateway]]
    ) -> None:
        self._gateways: dict[str, Gateway] = {}
        for row in partners:
            if row.family not in families:
                raise Misconfigured(f"partner {row.name}: no family {row.family!r} is known")
            if row.name in self._gateways or row.terms.partner != row.name:
                raise Misconfigured(f"partner {row.name}: its name stands twice or differs")
            self._gateways[row.name] = families[row.family](row)

    def __getitem__(self, name: str) -> Gateway:
        return self._gateways[name]

    def __iter__(self) -> Iterator[Gateway]:
        return iter(self._gateways.values())

    @property
    def terms(self) -> tuple[Terms, ...]:
        """Return what the partners take, in the order of preference."""
        return tuple(g.partner.terms for g in self._gateways.values())
