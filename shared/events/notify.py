"""What gateways say (`notify.inbox`), and what notify decided (`notify.events`)."""

from datetime import datetime
from typing import ClassVar, Literal

from shared.events.data import Data, Strict

# --- notify.inbox


class Answered(Strict, frozen=True, kw_only=True):
    """What came of handing a notice to a gateway, or of asking after it.  `key` is the attempt's.

    `handed`: the gateway has it (`gateway_id`); `rejected`: it definitely has not and will not;
    `absent`: it definitely has not, try again; `deferred`: not tried (its breaker is open); `unknown`: ask.
    """

    TYPE: ClassVar[str] = "notice.answered"
    key: str
    finding: Literal["handed", "rejected", "absent", "deferred", "unknown"]
    gateway_id: str = ""
    reason: str = ""


class ReceiptArrived(Strict, frozen=True, kw_only=True):
    """A delivery receipt."""

    TYPE: ClassVar[str] = "notice.receipt_arrived"
    key: str
    delivered: bool
    code: str = ""


# --- notify.events


class NoticeRequested(Data, frozen=True, kw_only=True):
    """Hand this to a gateway.  `key` is claimed before the call; `contact` is sealed, `params` carry nothing personal."""

    TYPE: ClassVar[str] = "notice.requested"
    key: str
    milestone: str
    channel: str
    template: str
    language: str
    contact: str
    params: dict[str, str]


class NoticeQueryRequested(Data, frozen=True, kw_only=True):
    """The outcome of an attempt is unknown: ask the gateway by its key."""

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
    sent_at: datetime


class NoticeDelivered(Data, frozen=True, kw_only=True):
    """The citizen's device has it."""

    TYPE: ClassVar[str] = "notice.delivered"
    milestone: str
    channel: str


class NoticeFailed(Data, frozen=True, kw_only=True):
    """It will not be sent; the end of this notice."""

    TYPE: ClassVar[str] = "notice.failed"
    milestone: str
    channel: str
    reason: str


class NoticeDropped(Data, frozen=True, kw_only=True):
    """Its state had gone when its turn came."""

    TYPE: ClassVar[str] = "notice.dropped"
    milestone: str
    channel: str
    reason: str
