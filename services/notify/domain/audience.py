"""Whom a broadcast concerns, what that makes in messages, and what became of them."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Annotated, Literal, NamedTuple

import msgspec

from services.notify.domain.announcement import Words, segments
from services.notify.domain.milestones import ENDED
from services.notify.domain.moves import Dossier, Notice, Status
from services.notify.domain.slots import slot_of, ways_for

LISTED_LIMIT = 10_000

Code = Annotated[str, msgspec.Meta(min_length=1, max_length=50)]
Id = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]


class Audience(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True
):
    """Applications of any of these procedures, that any of these units received or decides, with an
    open order at any of these partners: what is named has to hold, all of it.  Or, by themselves,
    `applications`.  `also_over`: those, too, that are over.
    """

    procedures: Annotated[tuple[Code, ...], msgspec.Meta(max_length=50)] = ()
    units: Annotated[tuple[Code, ...], msgspec.Meta(max_length=500)] = ()
    partners: Annotated[tuple[Code, ...], msgspec.Meta(max_length=20)] = ()
    applications: Annotated[tuple[Id, ...], msgspec.Meta(max_length=LISTED_LIMIT)] = ()
    also_over: bool = False


class Tally(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How many are told; `passed_over` of those listed are not.  `messages` by
    "<channel>/<language>": how many, and of how many segments.
    """

    recipients: int = 0
    passed_over: int = 0
    messages: dict[str, tuple[int, int]] = {}


def concerns(audience: Audience, dossier: Dossier) -> bool:
    """Tell whether an application is one of those; one without a code has no words for it."""
    return (
        bool(dossier.dossier_code)
        and dossier.petition is None
        and (audience.also_over or ENDED.isdisjoint(dossier.latest.values()))
        and (not audience.procedures or dossier.procedure in audience.procedures)
        and (not audience.units or not units(dossier).isdisjoint(audience.units))
        and (not audience.partners or dossier.order_at in audience.partners)
    )


def units(dossier: Dossier) -> set[str]:
    """Return the units that received it, or decide."""
    filing = dossier.papers and dossier.papers.filing
    named = (filing.unit, filing.competent) if filing else ()
    return {dossier.unit, *named} - {""}


def tallied(
    tally: Tally, words: Words, milestone: str, dossiers: Sequence[Dossier], passed_over: int
) -> Tally:
    """Return a tally with more applications, as they agree to be told now."""
    messages = dict(tally.messages)
    for dossier in dossiers:
        for way in ways_for(milestone, dossier.channels, dossier.representative):
            channel = slot_of(f"{milestone}/{way}").channel
            count, paid = messages.get(f"{channel}/{dossier.language}", (0, 0))
            if channel == "sms":
                paid += segments(words, dossier.language, dossier.dossier_code)
            messages[f"{channel}/{dossier.language}"] = (count + 1, paid)
    return Tally(
        recipients=tally.recipients + len(dossiers),
        passed_over=tally.passed_over + passed_over,
        messages=messages,
    )


# ---- what became of it

Result = Literal["delivered", "sent", "not_yet", "failed", "dropped", "not_told"]
RESULTS: Mapping[Status, Result] = {
    "awaiting": "not_yet",
    "held": "not_yet",
    "joined": "not_yet",
    "requested": "not_yet",
    "waiting": "not_yet",
    "in_doubt": "not_yet",
    "asking": "not_yet",
    "sent": "sent",
    "delivered": "delivered",
    "failed": "failed",
    "dropped": "dropped",
}
_BEST_FIRST: Sequence[Result] = ("delivered", "sent", "not_yet", "failed", "dropped")


class Told(NamedTuple):
    """What became of one message to a recipient; `reason`: why, or how it stands (`Status`), while
    more is to become of it.
    """

    way: str
    result: Result
    reason: str


def told(dossier: Dossier | None, milestone: str) -> tuple[Told, ...]:
    """Return what became of a broadcast's messages to an application; none: it has none yet."""
    return tuple(
        Told(slot_of(slot).way, _result(notice), notice.reason or _standing(notice.status))
        for slot, notice in (dossier.notices.items() if dossier else ())
        if slot_of(slot).milestone == milestone
    )


def _result(notice: Notice) -> Result:
    return "sent" if notice.is_contradicted else RESULTS[notice.status]


def _standing(status: Status) -> str:
    return status if RESULTS[status] == "not_yet" else ""


def result(messages: Sequence[Told], *, is_cancelled: bool) -> Result:
    """Return what became of a recipient: the best of what became of the messages."""
    if not messages:
        return "not_told" if is_cancelled else "not_yet"
    return min((each.result for each in messages), key=_BEST_FIRST.index)


def counted(results: Mapping[str, int], more: Sequence[Result]) -> dict[str, int]:
    """Return results with more of them."""
    return dict(Counter(results) + Counter(more))
