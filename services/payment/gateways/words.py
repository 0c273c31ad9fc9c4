"""The words of the port: what is told to a partner, what it tells, and the bytes of both."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Literal, NamedTuple

from services.payment.gateways.bills import Account, Bill
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


class Refused(Exception):
    """What a partner sent cannot be taken: `not_genuine` (not signed by it, for us, now),
    `unreadable`, or `unknown_order` (genuine, and about nothing of ours); `reason` is for
    operators, and says nothing secret.
    """

    def __init__(
        self,
        verdict: Literal["not_genuine", "unreadable", "unknown_order"],
        reason: str,
        why: Why | None = None,
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


# ---- the bytes

JSON = (("content-type", "application/json"),)


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
    account: Account | None = None  # of ours, that the money came to; None: the row's


class Refunded(NamedTuple):
    """What a partner answered about a refund, verified; `transaction` is its number of it."""

    finding: Literal["done", "failed", "pending", "unknown"]
    transaction: str = ""
    code: str = ""
