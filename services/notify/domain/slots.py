"""Whom a milestone is told, and by which ways: milestone × audience × channel, each a slot.

A slot is written "<milestone>/<channel>", for others than the citizen
"<milestone>/<channel>@<audience>"; where a milestone is told again, "<milestone>~<occasion>/…".
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Literal, NamedTuple, get_args

from services.notify.domain.milestones import BROADCAST, MILESTONES, milestone_of
from services.notify.domain.wordings import CHANNELS, Channel

Audience = Literal["citizen", "representative", "officer", "unit"]
AUDIENCES: tuple[Audience, ...] = get_args(Audience)

_WAYS: tuple[Channel, ...] = ("sms", "email", "app", "zalo")
_BOTH: Mapping[Audience, tuple[Channel, ...]] = {
    "citizen": _WAYS,
    "representative": _WAYS,
    # Who is told by the inbox of their unit, in routing: what lies there, and when each is due.  A
    # message about one that is due soon would say the same, later, to an address of many readers.
    "officer": (),
    "unit": (),
}
_UNIT: Mapping[Audience, tuple[Channel, ...]] = {**_BOTH, "unit": ("email",)}  # it acts on it
_CITIZEN: Mapping[Audience, tuple[Channel, ...]] = {**_BOTH, "representative": ()}
_PETITION_UNIT: Mapping[Audience, tuple[Channel, ...]] = {**_CITIZEN, "unit": ("email",)}
_UNIT_ALONE: Mapping[Audience, tuple[Channel, ...]] = {**_PETITION_UNIT, "citizen": ()}

# Which ways there are; what a person agreed to is taken of them.
TOLD: Mapping[str, Mapping[Audience, tuple[Channel, ...]]] = {
    "registered": _BOTH,
    "refused": _BOTH,
    "payment_requested": _BOTH,
    "payment_settled": _CITIZEN,  # who paid saw it
    "accepted": _BOTH,
    "not_accepted": _BOTH,
    "cancelled": _UNIT,
    "supplement_requested": _BOTH,
    "apologised": _BOTH,
    "transferred": _UNIT,
    "resumed": _BOTH,
    "result_ready": _BOTH,
    "result_posted": _BOTH,
    "returned": _CITIZEN,  # who fetched it knows
    "withdrawn": _UNIT,
    "interlinked_registered": _BOTH,
    "interlinked_ended": _BOTH,
    "petition_received": _CITIZEN,
    "petition_assigned": _UNIT_ALONE,  # the citizen knows the date
    "petition_forwarded": _PETITION_UNIT,
    "petition_late": _CITIZEN,
    "petition_due_soon": _UNIT_ALONE,
    "petition_dismissed": _CITIZEN,
    "petition_answered": _CITIZEN,
    "petition_disputed": _PETITION_UNIT,
    "petition_answered_again": _CITIZEN,
}


UNIT = "@unit"  # how the ways to a unit end


class Slot(NamedTuple):
    """`way`: the channel, with the audience where it is not the citizen; `occasion`: from 1 on."""

    milestone: str
    channel: Channel
    way: str
    occasion: int = 1

    def __str__(self) -> str:
        """Return how it is written."""
        again = f"~{self.occasion}" if self.occasion > 1 else ""
        return f"{self.milestone}{again}/{self.way}"


def way(channel: Channel, audience: Audience) -> str:
    """Return the last part of how a slot is written."""
    return channel if audience == "citizen" else f"{channel}@{audience}"


@lru_cache(maxsize=10_000)
def slot_of(text: str) -> Slot:
    """Return a slot by how it is written.  Raises `ValueError`, `KeyError`."""
    told, _, by = text.partition("/")
    milestone, _, occasion = told.partition("~")
    return Slot(milestone, _CHANNEL[by], by, int(occasion or 1))


def in_life(text: str) -> tuple[int, ...]:
    """Return the order in which slots come in life, broadcasts last."""
    slot = slot_of(text)
    place = _MILESTONE.get(slot.milestone, len(_MILESTONE))
    return (place, slot.occasion, _WAY[slot.way])


def stale_after(text: str) -> frozenset[str]:
    """Return the event types that make a slot's notice pointless."""
    return milestone_of(slot_of(text).milestone).stale_after


_CHANNEL: Mapping[str, Channel] = {way(c, a): c for a in AUDIENCES for c in CHANNELS}
_WAY: Mapping[str, int] = {text: n for n, text in enumerate(_CHANNEL)}
_MILESTONE: Mapping[str, int] = {name: n for n, name in enumerate(MILESTONES)}


@lru_cache(maxsize=1_000)
def ways_for(
    milestone: str, channels: Sequence[str], representative: Sequence[str], unit: str = ""
) -> tuple[str, ...]:
    """Return by which ways a milestone is told who agreed to these channels; the portal, if to
    none.  `unit`: one that has an address.
    """
    told = _BOTH if milestone.startswith(BROADCAST) else TOLD[milestone]
    found = [way(c, "citizen") for c in told["citizen"] if c in channels]
    if told["citizen"] and not found:
        found = [way("portal", "citizen")]
    found += [way(c, "representative") for c in told["representative"] if c in representative]
    return tuple(found + [way(c, "unit") for c in told["unit"] if unit])
