"""What gateways say (`notify.inbox`), and what notify decided (`notify.events`)."""

from typing import ClassVar, Literal

from shared.events.data import Data, Instant, Strict

# --- notify.inbox


class Answered(Strict, frozen=True, kw_only=True):
    """What came of handing a notice to a gateway, or of asking after it.  `key` is the attempt's.

    `handed`: the gateway has it (`gateway_id`); `rejected`: it definitely has not and will not;
    `absent`: it definitely has not, try again; `deferred`: not tried, as only the owner of the
    claim can say; `unknown`: ask.
    """

    TYPE: ClassVar[str] = "notice.answered"
    key: str
    finding: Literal["handed", "rejected", "absent", "deferred", "unknown"]
    gateway_id: str = ""
    reason: str = ""


class ReceiptArrived(Strict, frozen=True, kw_only=True):
    """A delivery receipt: the device has it or never will; the gateway had it either way."""

    TYPE: ClassVar[str] = "notice.receipt_arrived"
    key: str
    delivered: bool
    gateway_id: str = ""
    code: str = ""


# --- notify.events


class NoticeRequested(Data, frozen=True, kw_only=True):
    """Hand this to a gateway, `key` claimed first.  `contact` is sealed, `params` name nobody."""

    TYPE: ClassVar[str] = "notice.requested"
    key: str
    milestone: str
    channel: str
    template: str
    language: str
    contact: str
    params: dict[str, str]


class NoticeQueryRequested(Data, frozen=True, kw_only=True):
    """The outcome of an attempt is unknown: ask by `attempt_key`; `key` is the question's own."""

    TYPE: ClassVar[str] = "notice.query.requested"
    key: str
    attempt_key: str
    channel: str


class NoticeSent(Data, frozen=True, kw_only=True):
    """The gateway has it."""

    TYPE: ClassVar[str] = "notice.sent"
    milestone: str
    channel: str
    gateway_id: str
    sent_at: Instant


class NoticeDelivered(Data, frozen=True, kw_only=True):
    """The citizen's device has it."""

    TYPE: ClassVar[str] = "notice.delivered"
    milestone: str
    channel: str


class NoticeFailed(Data, frozen=True, kw_only=True):
    """The citizen was not reached, as far as anybody can tell; the end of our trying."""

    TYPE: ClassVar[str] = "notice.failed"
    milestone: str
    channel: str
    reason: str


class NoticeDropped(Data, frozen=True, kw_only=True):
    """Nothing was handed over: its state had gone, or there was nowhere to send it."""

    TYPE: ClassVar[str] = "notice.dropped"
    milestone: str
    channel: str
    reason: str
