"""What gateways say (`notify.inbox`), and what notify decided (`notify.events`)."""

from typing import Annotated, ClassVar, Literal

import msgspec
from msgspec import UNSET, UnsetType

from shared.events.data import Data, Instant, Strict, Ways

# --- notify.inbox


class Answered(Strict, frozen=True, kw_only=True):
    """What came of handing a notice to a gateway, or of asking after it.  `key` is the attempt's.

    `handed`: the gateway has it (`gateway_id`); `rejected`: it definitely has not and will not;
    `absent`: it definitely has not, try again; `deferred`: not tried, as only the owner of the
    claim can say; `unknown`: ask.  `after_s`: it was not tried because there were too many; there
    is room for it in so many seconds.
    """

    TYPE: ClassVar[str] = "notice.answered"
    key: str
    finding: Literal["handed", "rejected", "absent", "deferred", "unknown"]
    gateway_id: str = ""
    reason: str = ""
    after_s: float | UnsetType = UNSET


class ReceiptArrived(Strict, frozen=True, kw_only=True):
    """A delivery receipt: the device has it or never will; the gateway had it either way."""

    TYPE: ClassVar[str] = "notice.receipt_arrived"
    key: str
    delivered: bool
    gateway_id: str = ""
    code: str = ""


class PreferencesChanged(Strict, frozen=True, kw_only=True):
    """From now on the citizen is told so; what is left out stays as it was."""

    TYPE: ClassVar[str] = "notice.preferences_changed"
    channels: Ways | UnsetType = UNSET
    representative: Ways | UnsetType = UNSET
    language: Literal["vi", "en"] | UnsetType = UNSET


BroadcastId = Annotated[str, msgspec.Meta(pattern="^[0-9]{8}-[0-9a-f]{10}$")]


class BroadcastTold(Strict, frozen=True, kw_only=True):
    """An operator tells this application what they tell many; a message's words stand with the
    broadcast.

    `also_over`: it is told as well where the application is over.  `vi`, `en`: the full words, for
    who shows what was told (left out in a message from before); they may say `{dossier_code}`.
    """

    TYPE: ClassVar[str] = "broadcast.told"
    broadcast: BroadcastId
    also_over: bool = False
    vi: str | UnsetType = UNSET
    en: str | UnsetType = UNSET


class AgainAsked(Strict, frozen=True, kw_only=True, omit_defaults=True):
    """An operator wants a milestone told again whom it did not reach, and says why; `checked_by`
    agreed to it, where that takes two.
    """

    TYPE: ClassVar[str] = "notice.again.asked"
    milestone: str
    occasion: int
    by: str
    reason: str
    checked_by: str = ""


# --- notify.events: `occasion` is above 1 where a milestone was reached again, with news


class Joined(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """Another milestone told in the same message, which is its notice as well."""

    milestone: str
    template: str
    params: dict[str, str]
    occasion: int = 1


class NoticeRequested(Data, frozen=True, kw_only=True, omit_defaults=True):
    """Hand this to a provider, `key` claimed first.  `contact` is sealed, `params` name nobody.

    `channel`: where it is not for the citizen, with "@" and for whom.  `template` names the version
    of the words.  `provider`: empty for the channel's first.  `joined`: what else the message says.
    `unit`: who it is for, where it is for a unit; there is no contact then.  `bulk`: one of many
    that say the same; it goes after what is an application's own.
    """

    TYPE: ClassVar[str] = "notice.requested"
    key: str
    milestone: str
    channel: str
    template: str
    language: str
    contact: str
    params: dict[str, str]
    provider: str = ""
    joined: tuple[Joined, ...] = ()
    unit: str = ""
    occasion: int = 1
    bulk: bool = False


class NoticeQueryRequested(Data, frozen=True, kw_only=True, omit_defaults=True):
    """The outcome of an attempt is unknown: ask by `attempt_key`; `key` is the question's own."""

    TYPE: ClassVar[str] = "notice.query.requested"
    key: str
    attempt_key: str
    channel: str
    provider: str = ""


class NoticeSent(Data, frozen=True, kw_only=True, omit_defaults=True):
    """The gateway has it."""

    TYPE: ClassVar[str] = "notice.sent"
    milestone: str
    channel: str
    gateway_id: str
    sent_at: Instant
    occasion: int = 1


class NoticeReceiptMissing(Data, frozen=True, kw_only=True, omit_defaults=True):
    """It was sent, and no receipt came in the time in which this provider has to send one."""

    TYPE: ClassVar[str] = "notice.receipt_missing"
    milestone: str
    channel: str
    provider: str
    occasion: int = 1


class NoticeDelivered(Data, frozen=True, kw_only=True, omit_defaults=True):
    """The citizen's device has it."""

    TYPE: ClassVar[str] = "notice.delivered"
    milestone: str
    channel: str
    occasion: int = 1


class NoticeContradicted(Data, frozen=True, kw_only=True, omit_defaults=True):
    """After a receipt that it was delivered, its provider sent one that it was not: which is so,
    nobody knows.  `reason`: what the later one said.
    """

    TYPE: ClassVar[str] = "notice.contradicted"
    milestone: str
    channel: str
    provider: str
    reason: str
    occasion: int = 1


class NoticeFailed(Data, frozen=True, kw_only=True, omit_defaults=True):
    """The citizen was not reached, as far as anybody can tell; the end of our trying."""

    TYPE: ClassVar[str] = "notice.failed"
    milestone: str
    channel: str
    reason: str
    occasion: int = 1


class NoticeDropped(Data, frozen=True, kw_only=True, omit_defaults=True):
    """Nothing was handed over: its state had gone, or there was nowhere to send it."""

    TYPE: ClassVar[str] = "notice.dropped"
    milestone: str
    channel: str
    reason: str
    occasion: int = 1


class NoticeReopened(Data, frozen=True, kw_only=True, omit_defaults=True):
    """It had failed, and is tried again from now on, as often as the first time: `by` says so, and
    `checked_by` agreed.
    """

    TYPE: ClassVar[str] = "notice.reopened"
    milestone: str
    channel: str
    by: str
    occasion: int = 1
    checked_by: str = ""


AgainBecause = Literal[
    "unknown_notice",
    "told",
    "under_way",
    "not_failed",
    "may_be_there",
    "no_longer_so",
    "not_wished",
    "no_way",
    "too_often",
]


class AgainRefused(Data, frozen=True, kw_only=True, omit_defaults=True):
    """Nobody is told again.  `unknown_notice`: this milestone was never told; `told`: who it is for
    has it; `under_way`: it is being tried; `not_failed`: it was dropped; `may_be_there`: its
    provider had it, or nobody knows; `no_longer_so`: what it says is over; `not_wished`: they want
    nothing by that way any more; `no_way`: no contact or provider; `too_often`: three times is all.
    """

    TYPE: ClassVar[str] = "notice.again.refused"
    milestone: str
    by: str
    because: AgainBecause
    occasion: int = 1
