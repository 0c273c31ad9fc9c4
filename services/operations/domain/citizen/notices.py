"""What was sent: about what, by which way, when, and whether it arrived.  Never what it said."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

import msgspec

from services.operations.domain.citizen.decided import Decided
from services.operations.domain.citizen.words import Words
from shared.events import Data, notify
from shared.events.feedback import RATED_DAYS, FeedbackRecorded

Standing = Literal["sending", "sent", "arrived", "failed"]

ABOUT: Mapping[str, Words] = {
    "registered": Words("Đã nhận hồ sơ", "Your application came in"),
    "refused": Words("Hồ sơ không được ghi nhận", "Your application was not registered"),
    "payment_requested": Words("Đề nghị nộp tiền", "A payment was asked for"),
    "payment_settled": Words("Đã nhận tiền", "Your payment was received"),
    "accepted": Words("Hồ sơ được tiếp nhận", "Your application was accepted"),
    "resumed": Words("Ngày hẹn trả kết quả mới", "A new date for the result"),
    "not_accepted": Words("Hồ sơ không được tiếp nhận", "Your application was not accepted"),
    "supplement_requested": Words("Yêu cầu bổ sung giấy tờ", "Something is to be brought"),
    "apologised": Words("Xin lỗi và hẹn lại ngày", "An apology and a new date"),
    "transferred": Words("Hồ sơ chuyển cơ quan khác", "Another unit decides it"),
    "result_ready": Words("Kết quả đã có", "The result is ready"),
    "result_posted": Words("Kết quả đã gửi qua bưu điện", "The result is in the post"),
    "returned": Words("Kết quả đã trả", "The result was handed over"),
    "withdrawn": Words("Hồ sơ đã được rút", "Your application was taken back"),
    "interlinked_registered": Words("Đã nhận hồ sơ nhiều phần", "Your application came in"),
    "interlinked_ended": Words("Các phần đã kết thúc", "All parts have ended"),
}
TO_MANY = Words("Thông báo chung của cơ quan", "A notice to all whom it concerns")
OTHER = Words("Thông báo khác", "Another notice")
BY: Mapping[str, Words] = {
    "sms": Words("Tin nhắn SMS", "SMS"),
    "email": Words("Thư điện tử", "E-mail"),
    "portal": Words("Hộp thư trên cổng", "The portal's inbox"),
    "app": Words("Ứng dụng", "The app"),
    "zalo": Words("Zalo", "Zalo"),
    "voice": Words("Điện thoại", "Telephone"),
}
TO: Mapping[str, Words] = {
    "citizen": Words("cho ông/bà", "to you"),
    "representative": Words("cho người đại diện", "to your representative"),
}
STANDINGS: Mapping[Standing, Words] = {
    "sending": Words("đang gửi", "on its way"),
    "sent": Words("đã gửi, chưa có xác nhận đã đến", "sent; not confirmed yet"),
    "arrived": Words("đã đến", "arrived"),
    "failed": Words("không gửi đến được", "could not be delivered"),
}


class Sent(msgspec.Struct, frozen=True, kw_only=True):
    """A notice; `milestone` and `channel` are as notify calls them."""

    milestone: str
    about: Words
    channel: str
    by: Words
    to: Words
    at: datetime
    standing: Standing
    sentence: Words


class Rating(msgspec.Struct, frozen=True, kw_only=True):
    """What the citizen may be asked about now; `score` is what was answered before, 0: nothing, and
    `answers` how many times.
    """

    milestone: str
    about: Words
    score: int
    answers: int


@dataclass
class _Slot:
    at: datetime
    standing: Standing | None = "sending"  # None: nothing was handed over, so nothing was sent


_Name = tuple[str, int, str]  # the milestone, the how-manieth time it is told, the way
_ENDS: Mapping[type[Data], Standing | None] = {
    notify.NoticeDelivered: "arrived",
    notify.NoticeFailed: "failed",
    notify.NoticeDropped: None,
}


def sent(decided: Sequence[Decided]) -> tuple[Sent, ...]:
    """Return what was sent to the citizen and a representative, the latest first."""
    slots: dict[_Name, _Slot] = {}
    for one in decided:
        _take(slots, one.at, one.data)
    found = [
        _told(milestone, way, slot.at, slot.standing)
        for (milestone, _, way), slot in slots.items()
        if slot.standing and _audience(way) in TO
    ]
    return tuple(sorted(found, key=lambda notice: notice.at, reverse=True))


def rating(decided: Sequence[Decided], now: datetime) -> Rating | None:
    """Return the latest milestone of which a citizen may still say how it went, if there is one."""
    told = [n for n in sent(decided) if n.standing in ("sent", "arrived")]
    given = [one.data for one in decided if isinstance(one.data, FeedbackRecorded)]
    for notice in told:
        days = RATED_DAYS.get(notice.milestone, 0)
        if now - notice.at < timedelta(days=days):
            scores = [data.score for data in given if data.milestone == notice.milestone]
            return Rating(
                milestone=notice.milestone,
                about=notice.about,
                score=scores[-1] if scores else 0,
                answers=len(scores),
            )
    return None


def _take(slots: dict[_Name, _Slot], at: datetime, data: Data) -> None:
    match data:
        case notify.NoticeRequested():
            joined = ((also.milestone, also.occasion) for also in data.joined)
            for milestone, occasion in ((data.milestone, data.occasion), *joined):
                slots.setdefault((milestone, occasion, data.channel), _Slot(at))
        case notify.NoticeSent():
            slots[data.milestone, data.occasion, data.channel] = _Slot(data.sent_at, "sent")
        case notify.NoticeDelivered() | notify.NoticeFailed() | notify.NoticeDropped():
            name = (data.milestone, data.occasion, data.channel)
            slots.setdefault(name, _Slot(at)).standing = _ENDS[type(data)]


def _audience(way: str) -> str:
    return way.partition("@")[2] or "citizen"


def _told(milestone: str, way: str, at: datetime, standing: Standing) -> Sent:
    channel = way.partition("@")[0]
    return Sent(
        milestone=milestone,
        about=TO_MANY if milestone.startswith("broadcast-") else ABOUT.get(milestone, OTHER),
        channel=channel,
        by=BY.get(channel, Words(channel, channel)),
        to=TO[_audience(way)],
        at=at,
        standing=standing,
        sentence=STANDINGS[standing],
    )
