"""Partners, each behind the same port; one folder per protocol family or kin.

A partner is data: a row says who it is, which family it speaks, with which keys, and what it takes.
A family is code: it turns an order into what a citizen's device needs, and a partner's words into
ours.  Nothing here does I/O: `effects` and `callbacks` carry the bytes.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal, NamedTuple, Protocol

import msgspec

from services.payment.domain.terms import Terms
from services.payment.gateways.bills import Account as Account  # a word of the port as well
from services.payment.gateways.bills import Bill
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


Why = Literal["signature", "merchant", "currency", "window", "form"]
JSON = (("content-type", "application/json"),)


class Refused(Exception):
    """What a partner sent cannot be taken: `not_genuine` (not signed by it, for us, now) or
    `unreadable`; `reason` is for operators, and says nothing secret.
    """

    def __init__(
        self, verdict: Literal["not_genuine", "unreadable"], reason: str, why: Why | None = None
    ) -> None:
        super().__init__(reason)
        self.verdict: Verdict = verdict
        self.reason = reason
        self.why: Why = why or ("signature" if verdict == "not_genuine" else "form")


class Declined(Exception):
    """A partner surely did not do what it was asked; `code` is its own word."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


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

    `merchant`: who we are to it; `ids`: what else its family names us by.  `outgoing` keys sign
    what we send, the last valid one; `incoming` keys verify what we get, any valid one.
    `base_url` is called by us, `page_url` by citizens' browsers; `server_ip` is the address from
    which we call.
    """

    name: str
    title: str
    kind: Literal["bank", "intermediary"]
    family: str
    merchant: str
    outgoing: tuple[Key, ...]
    incoming: tuple[Key, ...]
    terms: Terms
    base_url: str
    page_url: str
    callback_url: str
    return_url: str
    ids: Mapping[str, str] = msgspec.field(default_factory=dict)
    account: Account | None = None
    server_ip: str = "127.0.0.1"
    call_limit_s: float = 10.0

    def __repr__(self) -> str:
        return f"Partner(name={self.name!r}, family={self.family!r})"

    def signing_key(self, at: datetime) -> Key:
        """Return the key that signs now.  Raises `Unsendable`."""
        valid = [k for k in self.outgoing if k.is_valid(at)]
        if not valid:
            raise Unsendable(f"no key of {self.name} is valid now: add one")
        return valid[-1]

    def verifying_keys(self, at: datetime) -> list[Key]:
        """Return the keys that may have signed what came now."""
        return [k for k in self.incoming if k.is_valid(at)]


# ---- the bytes


class Call(NamedTuple):
    """What a partner sent to us, as it came; names of headers are in lower case."""

    query: bytes = b""
    headers: Sequence[tuple[bytes, bytes]] = ()
    body: bytes = b""

    def header(self, name: str) -> str:
        """Return a header, empty if there is none.  Raises `Refused` where it stands twice."""
        found = [value for key, value in self.headers if key == name.encode()]
        if len(found) > 1:
            raise Refused("not_genuine", f"the header {name} stands twice", "form")
        return found[0].decode("latin-1").strip() if found else ""


class Reply(NamedTuple):
    """How a partner's call is answered."""

    status: int
    body: bytes
    media_type: str = "application/json"
    headers: Sequence[tuple[bytes, bytes]] = ()


class Sending(NamedTuple):
    """What we send to a partner."""

    url: str
    body: bytes
    method: Literal["GET", "POST"] = "POST"
    headers: Sequence[tuple[str, str]] = JSON


class Answer(NamedTuple):
    """What a partner answered to us; names of headers are in lower case."""

    status: int
    body: bytes
    headers: Mapping[str, str] = {}


# ---- the words


class Order(NamedTuple):
    """What a partner is told of an attempt; whose money it becomes and what for, if it is told."""

    reference: str
    amount_vnd: int
    opened_at: datetime
    expires_at: datetime
    account: Account | None = None
    bill: Bill | None = None


class Offer(NamedTuple):
    """What a citizen's device needs to pay: a page, an app's link, a QR code's payload."""

    pay_url: str = ""
    deep_link: str = ""
    qr: str = ""


class Payer(NamedTuple):
    """Who is about to pay, as far as a pay page asks."""

    ip: str
    language: str = "vi"


class Notice(NamedTuple):
    """What a callback said, verified; `code` is the partner's own word.

    `reference` is empty where money came and nobody said for which order.
    """

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


class Refund(NamedTuple):
    """Money to give back: part or all of `paid_vnd`, which came by `transaction`.

    `reference` and `opened_at` are those of the order that was paid; `key` names this refund, and
    `asked_at` says since when it is wanted: both the same every time.
    """

    key: str
    reference: str
    transaction: str
    amount_vnd: int
    paid_vnd: int
    opened_at: datetime
    reason: str
    by: str
    asked_at: datetime
    number: str = ""  # the partner's own of this refund, if it told one


class Refunded(NamedTuple):
    """What a partner answered about a refund, verified; `transaction` is its number of it."""

    finding: Literal["done", "failed", "pending", "unknown"]
    transaction: str = ""
    code: str = ""


class Gateway(Protocol):
    """A partner, spoken to in its own protocol."""

    @property
    def partner(self) -> Partner:
        """Return the partner's row."""

    @property
    def method(self) -> Literal["GET", "POST"]:
        """Return the method of its callbacks."""

    @property
    def body_limit_bytes(self) -> int:
        """Return how long the body of a callback may be."""

    def create(self, key: str, order: Order, payer: Payer, at: datetime) -> Offer | Sending:
        """Return what the citizen needs, or what to send to get it.  Raises `Unsendable`.

        `key` names the attempt to create it: the same every time.  See `partners.AsksFirst`.
        """

    def read_created(self, answer: Answer, order: Order, at: datetime) -> Offer:
        """Return what the partner offers.  Raises `Refused`, `Declined`."""

    def read_callback(self, call: Call, at: datetime) -> Sequence[Notice]:
        """Return what a callback says; nothing, if it only tries the address.  Raises `Refused`."""

    def read_return(self, query: bytes, at: datetime) -> Finding:
        """Return what a browser that comes back says, for show only; `unknown` if unsigned.

        Raises `Refused`.
        """

    def callback_described(self) -> dict[str, Any]:
        """Return OpenAPI's words for a callback: its parameters and the answers to it."""

    def answer(self, verdict: Verdict, call: Call, at: datetime) -> Reply:
        """Return how the partner is told what became of its callback."""

    def query(self, key: str, order: Order, at: datetime) -> Sending | None:
        """Return a question after an order, `key` names it; None: this partner cannot be asked."""

    def read_answer(self, answer: Answer, order: Order, at: datetime) -> Said:
        """Return what a partner answered about this order.  Raises `Refused`."""

    def refund(self, refund: Refund, at: datetime) -> Sending | None:
        """Return what to send to give money back; None: this partner cannot.

        Raises `Unsendable`.
        """

    def read_refunded(self, answer: Answer, refund: Refund, at: datetime) -> Refunded:
        """Return what became of a refund.  Raises `Refused`."""

    def query_refund(self, key: str, refund: Refund, at: datetime) -> Sending | None:
        """Return a question after a refund; None: this partner cannot be asked."""

    def read_refund_answer(self, answer: Answer, refund: Refund, at: datetime) -> Refunded:
        """Return what a partner answered about a refund.  Raises `Refused`."""
