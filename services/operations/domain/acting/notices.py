"""What is done about notices: tell again whom nothing reached."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.operations.domain.acting.shape import (
    Action,
    Command,
    Given,
    Saying,
    Why,
    Words,
    is_one,
)
from services.operations.domain.entries import Entry, gist
from shared.events.notify import (
    AgainAsked,
    NoticeContradicted,
    NoticeDelivered,
    NoticeDropped,
    NoticeFailed,
    NoticeReopened,
    NoticeRequested,
    NoticeSent,
)

_HEARD = (
    *(NoticeContradicted, NoticeDelivered, NoticeDropped, NoticeFailed),
    *(NoticeReopened, NoticeRequested, NoticeSent),
)
OPENED_LIMIT = 3  # times, as notify has it
UNKNOWN = "outcome_unknown"  # why one failed of which nobody knows


@dataclass
class _Way:
    """How a notice stands by one way, by the log."""

    last: str = ""
    reason: str = ""
    was_sent: bool = False
    opened: int = 0

    @property
    def has_it(self) -> bool:
        return self.last in (NoticeSent.TYPE, NoticeDelivered.TYPE)

    @property
    def is_under_way(self) -> bool:
        return self.last in (NoticeRequested.TYPE, NoticeReopened.TYPE)

    @property
    def may_be_there(self) -> bool:
        is_over = self.last in (NoticeFailed.TYPE, NoticeContradicted.TYPE)
        return is_over and (self.was_sent or self.reason == UNKNOWN)


def _send_again(
    _: str, about: str, entries: Sequence[Entry], __: Given | None = None, /
) -> Command | Why:
    """Have it told again: of a milestone and an occasion of it, what failed and was never had."""
    ways: dict[str, _Way] = {}
    failed = None
    for entry in (e for e in entries if is_one(e, *_HEARD)):
        g = gist(entry.data)
        if f"{g.milestone}~{g.occasion}" != about:
            continue
        way = ways.setdefault(g.channel, _Way())
        way.last, way.reason = entry.type, g.reason
        way.was_sent |= is_one(entry, NoticeSent, NoticeContradicted)
        way.opened += is_one(entry, NoticeReopened)
        failed = entry if is_one(entry, NoticeFailed, NoticeContradicted) else failed
    whys = [_in_the_way(name, ways) for name in ways]
    if failed is None or not whys:
        return "not_failed"
    if None not in whys:
        return next((why for why in whys if why not in (None, "not_failed")), None) or "not_failed"
    return Command("notify.inbox", failed.id, failed.traceparent, about)


def under_way_ms(about: str, entries: Sequence[Entry]) -> int:
    """Return since when this is being told, also where that waits for the morning; 0: it is not, or
    somebody has it.
    """
    last: dict[str, Entry] = {}
    for entry in (e for e in entries if is_one(e, *_HEARD)):
        g = gist(entry.data)
        if f"{g.milestone}~{g.occasion}" == about:
            last[g.channel] = entry
    if any(is_one(e, NoticeSent, NoticeDelivered) for e in last.values()):
        return 0
    going = [e for e in last.values() if is_one(e, NoticeRequested, NoticeReopened)]
    return min((e.logged_ms for e in going), default=0)


def _in_the_way(name: str, ways: dict[str, _Way]) -> Why | None:
    way, audience = ways[name], name.partition("@")[2]
    theirs = [w for n, w in ways.items() if n.partition("@")[2] == audience]
    if any(w.has_it or w.is_under_way for w in theirs):
        return "told"
    if any(w.may_be_there for w in theirs):
        return "may_be_there"
    if way.last != NoticeFailed.TYPE:
        return "not_failed"
    return "too_often" if way.opened >= OPENED_LIMIT else None


def _asked(said: Saying) -> AgainAsked:
    milestone, _, occasion = said.reference.rpartition("~")
    return AgainAsked(
        milestone=milestone,
        occasion=int(occasion),
        by=said.by,
        reason=said.reason,
        checked_by=said.checked_by,
    )


SEND_AGAIN = Action(
    frozenset({"notice_failing"}),
    Words(
        "Gửi lại thông báo đã không gửi được",
        "The notice that reached nobody is tried again, by the ways that are agreed to",
    ),
    (
        Words(
            "Công dân nhận được thông báo, nhiều nhất một lần; ban đêm thì sáng hôm sau mới gửi.",
            "The citizen gets the notice, once at most; by night it waits for the morning.",
        ),
        Words(
            "Nếu điều cần báo không còn đúng, hoặc người nhận không còn muốn nhận theo cách này, "
            "không có gì được gửi; dòng thời gian của hồ sơ ghi lý do.",
            "If what it tells is no longer so, or not wished by this way any more, nothing is "
            "sent: the timeline says why.",
        ),
        Words(
            "Nếu lại không gửi được, thông báo trở lại bảng này; gửi lại nhiều nhất ba lần.",
            "If it fails again it is back on the board; three times is all.",
        ),
    ),
    _send_again,
    _asked,
)
