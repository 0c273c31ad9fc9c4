"""What senders and gateways do, and no event of ours tells: sending again, and not answering."""

from services.operations.domain.entries import Entry, Gist
from services.operations.domain.matters import Summary, opens

REPEATED = 5  # times that one is sent: a portal that missed our answer sends it twice or thrice
SILENCE = frozenset({"unknown", "deferred"})
RATE_EXCEEDED = "rate_exceeded"  # not tried, as there were too many: that is ours


def sent(now: Summary, g: Gist, entry: Entry) -> None:
    """Take in that it was sent: again, it says nothing new; again and again, its sender is told."""
    now.submissions += 1
    if not now.is_taken_in:
        opens("unanswered")(now, g, entry)
    if now.submissions >= REPEATED:
        opens("repeated")(now, g, entry)


def taken_in(now: Summary, _: Gist, __: Entry) -> None:
    """Take in that intake has answered: nothing that comes again is waited for."""
    now.is_taken_in = True
    now.matters.pop(("unanswered", ""), None)


def gateway_answered(now: Summary, g: Gist, entry: Entry) -> None:
    """Take in what came of handing a notice over: silence stays until something is heard of it."""
    slot = _attempted(g.key)
    key = "gateway_silent", slot
    if g.finding not in SILENCE or g.reason == RATE_EXCEEDED:
        now.matters.pop(key, None)
    elif ("notice_under_way", slot) in now.matters and key not in now.matters:
        opens("gateway_silent", lambda _: slot)(now, g, entry)


def _attempted(key: str) -> str:
    """Return the slot that an attempt was for: `<application>/<milestone>[~n]/<channel>/<n>`."""
    milestone, _, channel = key.partition("/")[2].rpartition("/")[0].partition("/")
    return f"{milestone}{'' if '~' in milestone else '~1'}/{channel}"
