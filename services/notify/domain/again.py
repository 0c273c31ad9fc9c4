"""An operator has a milestone told again whom it did not reach: never to one who may have it."""

from services.notify.domain.clerk import Clerk
from services.notify.domain.moves import OVER
from services.notify.domain.slots import slot_of
from shared.events.notify import AgainAsked, AgainBecause, AgainRefused, NoticeReopened

OPENED_LIMIT = 3  # times
# why a notice would be dropped at once, as an operator is told; whatever else: it is no longer so
_NO_WAY = frozenset({"no_contact", "no_provider"})


def again(clerk: Clerk, wish: AgainAsked) -> None:
    """Open what failed of a milestone again, by all ways by which it may be told; or say why not.

    Of one who has it by another way, or may have, nothing is opened.
    """
    told = [
        slot
        for slot in clerk.notices
        if (found := slot_of(slot)).milestone == wish.milestone and found.occasion == wish.occasion
    ]
    barriers = {slot: _in_the_way(clerk, slot, told) for slot in told}
    opened = [slot for slot, because in barriers.items() if because is None]
    for slot in opened:
        clerk.open_again(slot)
        clerk.say([_reopened(slot, wish)])
    if opened:
        clerk.release()
    else:
        failed = [s for s in told if clerk.notices[s].status == "failed"]
        because = next((barriers[slot] for slot in failed or told), None) or "unknown_notice"
        refused = AgainRefused(
            milestone=wish.milestone, by=wish.by, because=because, occasion=wish.occasion
        )
        clerk.say([refused])


def _reopened(slot: str, wish: AgainAsked) -> NoticeReopened:
    milestone, _, way, occasion = slot_of(slot)
    return NoticeReopened(
        milestone=milestone,
        channel=way,
        by=wish.by,
        occasion=occasion,
        checked_by=wish.checked_by,
    )


def _in_the_way(clerk: Clerk, slot: str, told: list[str]) -> AgainBecause | None:
    """Return why a notice is not opened again; `told`: all of its milestone."""
    notice, way = clerk.notices[slot], slot_of(slot).way
    theirs = [clerk.notices[s] for s in told if _audience(s) == _audience(slot)]
    if any(n.status in ("sent", "delivered") and not n.is_contradicted for n in theirs):
        return "told"
    if any(n.status not in OVER for n in theirs):
        return "under_way"
    if notice.status == "dropped":
        return "not_failed"
    if not all(n.never_had or n.status == "dropped" for n in theirs):
        return "may_be_there"
    if notice.stale not in ("", "opted_out"):
        return "no_longer_so"
    if way not in clerk.ways(slot_of(slot).milestone):
        return "not_wished"
    if because := clerk.in_vain(slot):
        return "no_way" if because in _NO_WAY else "no_longer_so"
    return "too_often" if notice.opened >= OPENED_LIMIT else None


def _audience(slot: str) -> str:
    return slot_of(slot).way.partition("@")[2]
