"""What was sent: about what, by which way, when, and whether it arrived.

Never what it said; but of what is told to many, which says nothing of a person, and stands nowhere
else.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

import msgspec

from services.operations.domain.citizen.decided import Decided
from services.operations.domain.citizen.words import Words
from services.operations.domain.entries import Entry
from shared.events import UNREADABLE, Data, notify
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
    "cancelled": Words("Hồ sơ đã bị hủy", "Your application was cancelled"),
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
TO_MANY_IS = "broadcast-"  # how the milestone of what is told to many begins
CODE = "{dossier_code}"  # the one thing that its words may say of an application
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


AGAIN = "~again"  # in the name of the words in which another one of the same kind is told
ABOUT_AGAIN: Mapping[str, Words] = {
    "result_ready": Words("Kết quả mới đã có", "A new result is ready"),
}


class Sent(msgspec.Struct, frozen=True, kw_only=True):
    """A notice; `milestone` and `channel` are as notify calls them.

    `words`: what it said, where it was told to many.
    """

    milestone: str
    about: Words
    channel: str
    by: Words
    to: Words
    at: datetime
    standing: Standing
    sentence: Words
    words: Words | None = None


class Rating(msgspec.Struct, frozen=True, kw_only=True):
    """What the citizen may be asked about now; `score` is what was answered before, 0: nothing, and
    `answers` how many times.
    """

    milestone: str
    about: Words
    score: int
    answers: int


NOTHING: Mapping[str, Words] = {}
_told_to_many = msgspec.json.Decoder(notify.BroadcastTold).decode


@dataclass
class _Slot:
    at: datetime
    standing: Standing | None = "sending"  # None: nothing was handed over, so nothing was sent
    is_again: bool = False


_Name = tuple[str, int, str]  # the milestone, the how-manieth time it is told, the way
_ENDS: Mapping[type[Data], Standing | None] = {
    notify.NoticeDelivered: "arrived",
    notify.NoticeContradicted: "sent",  # which is so, nobody knows
    notify.NoticeFailed: "failed",
    notify.NoticeReopened: "sending",
    notify.NoticeDropped: None,
}


def told_to_many(entries: Iterable[Entry]) -> Iterator[tuple[Entry, notify.BroadcastTold]]:
    """Yield what an application was told as many were, each with what it says."""
    for entry in entries:
        if entry.type == notify.BroadcastTold.TYPE and entry.belongs:
            try:
                yield entry, _told_to_many(entry.data)
            except UNREADABLE:
                continue


def announced(entries: Iterable[Entry], dossier_code: str) -> dict[str, Words]:
    """Return the words of what was told to many, by its milestone."""
    found = {}
    for _, told in told_to_many(entries):
        if told.vi and told.en:
            vi, en = (text.replace(CODE, dossier_code) for text in (told.vi, told.en))
            found[f"{TO_MANY_IS}{told.broadcast}"] = Words(vi, en)
    return found


def sent(decided: Sequence[Decided], announced: Mapping[str, Words] = NOTHING) -> tuple[Sent, ...]:
    """Return what was sent to the citizen and a representative, the latest first; `announced`: the
    words of what was told to many.
    """
    slots: dict[_Name, _Slot] = {}
    for one in decided:
        _take(slots, one.at, one.data)
    found = [
        _told(name, slot, slot.standing, announced.get(name[0]))
        for name, slot in slots.items()
        if slot.standing and _audience(name[2]) in TO
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
            all_told: tuple[notify.NoticeRequested | notify.Joined, ...] = (data, *data.joined)
            for told in all_told:
                slot = slots.setdefault((told.milestone, told.occasion, data.channel), _Slot(at))
                slot.is_again = AGAIN in told.template
        case notify.NoticeSent():
            name = data.milestone, data.occasion, data.channel
            slot = slots.setdefault(name, _Slot(at))
            slot.at, slot.standing = data.sent_at, "sent"
        case (
            notify.NoticeDelivered()
            | notify.NoticeContradicted()
            | notify.NoticeFailed()
            | notify.NoticeReopened()
            | notify.NoticeDropped()
        ):
            name = (data.milestone, data.occasion, data.channel)
            slots.setdefault(name, _Slot(at)).standing = _ENDS[type(data)]


def _audience(way: str) -> str:
    return way.partition("@")[2] or "citizen"


def _told(name: _Name, slot: _Slot, standing: Standing, words: Words | None) -> Sent:
    milestone, _, way = name
    channel = way.partition("@")[0]
    about = TO_MANY if milestone.startswith(TO_MANY_IS) else ABOUT.get(milestone, OTHER)
    return Sent(
        milestone=milestone,
        about=ABOUT_AGAIN.get(milestone, about) if slot.is_again else about,
        channel=channel,
        by=BY.get(channel, Words(channel, channel)),
        to=TO[_audience(way)],
        at=slot.at,
        standing=standing,
        sentence=STANDINGS[standing],
        words=words,
    )
