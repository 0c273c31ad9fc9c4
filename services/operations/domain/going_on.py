"""What became of a matter whose cause has gone since an action set it going again: the same refund,
allowance, question or notice may be under way, or wait for a person by another name.
"""

from collections.abc import Mapping, Sequence

from services.operations.domain.acting import notices
from services.operations.domain.acting.shape import is_one
from services.operations.domain.entries import Entry, gist, in_order
from services.operations.domain.matters import Matter, Summary
from services.operations.domain.summary import followed
from shared.events.payment import CreateRequested, QueryRequested
from shared.events.refunds import RefundProposed

UNDER_WAY = frozenset({"refund_under_way", "allowance_under_way", "partner_asked"})
_REFUND = frozenset({"refund_under_way", "refund_waits", "refund_failed"})
_ALLOWANCE = frozenset({"allowance_under_way", "allowance_waits", "allowance_failed"})
_SILENCE = frozenset({"partner_silent", "partner_down"})
# by which causes the same thing still waits, once it does not wait for the first any more
BECOMES: Mapping[str, frozenset[str]] = {
    "refund_waits": _REFUND,
    "refund_failed": _REFUND,
    "allowance_waits": _ALLOWANCE,
    "allowance_failed": _ALLOWANCE,
    "wrong_amount": _REFUND,
    "partner_silent": _SILENCE,
    "partner_down": _SILENCE,
    "partner_asked": _SILENCE | {"partner_asked"},
}


def carried_on(key: str, entries: Sequence[Entry]) -> tuple[bool, int] | None:
    """Say whether what a row with this key was about is under way (or else waits for a person by
    another name), and since when, in milliseconds; None: it is over.
    """
    _, _, cause, about = key.split("/", 3)
    ordered = in_order(entries)
    if cause == "notice_failing":
        since_ms = notices.under_way_ms(about, ordered)
        return (True, since_ms) if since_ms else None
    causes = BECOMES.get(cause)
    if causes is None:
        return None
    same = {about, *_others(cause, about, ordered)}
    matters = followed(Summary(), ordered).matters.values()
    found = [one for one in matters if one.cause in causes and one.about in same]
    return min(map(_told, found), default=None)


def _told(matter: Matter) -> tuple[bool, int]:
    return matter.cause in UNDER_WAY, matter.since_ms


def _others(cause: str, about: str, entries: Sequence[Entry]) -> set[str]:
    """Return what else the same thing is called: the refunds of a transaction, and of a question
    its order and the other questions about it.
    """
    if cause == "wrong_amount":
        proposed = [gist(e.data) for e in entries if is_one(e, RefundProposed)]
        return {g.refund for g in proposed if g.transaction == about}
    if cause == "partner_asked":
        asked = [gist(e.data) for e in entries if is_one(e, QueryRequested, CreateRequested)]
        orders = {g.reference for g in asked if g.key == about}
        return orders | {g.key for g in asked if g.reference in orders}
    return set()
