"""Whom a milestone is told, and by which ways: milestone × audience × channel, each a slot.

A slot is written "<milestone>/<channel>", for others than the citizen
"<milestone>/<channel>@<audience>".
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Literal, NamedTuple, get_args

from services.notify.domain.milestones import MILESTONES
from services.notify.domain.wordings import CHANNELS, Channel

Audience = Literal["citizen", "representative", "officer", "unit"]
AUDIENCES: tuple[Audience, ...] = get_args(Audience)

_WAYS: tuple[Channel, ...] = ("sms", "email", "app", "zalo")
_BOTH: Mapping[Audience, tuple[Channel, ...]] = {
    "citizen": _WAYS,
    "representative": _WAYS,
    "officer": (),  # who is told by the inbox of their unit, in routing
    "unit": (),
}
_UNIT: Mapping[Audience, tuple[Channel, ...]] = {**_BOTH, "unit": ("email",)}  # it acts on it
_CITIZEN: Mapping[Audience, tuple[Channel, ...]] = {**_BOTH, "representative": ()}

# Which ways there are; what a person agreed to is taken of them.
TOLD: Mapping[str, Mapping[Audience, tuple[Channel, ...]]] = {
    "registered": _BOTH,
    "refused": _BOTH,
    "payment_requested": _BOTH,
    "payment_settled": _CITIZEN,  # who paid saw it
    "accepted": _BOTH,
    "not_accepted": _BOTH,
    "supplement_requested": _BOTH,
    "apologised": _BOTH,
    "transferred": _UNIT,
    "result_ready": _BOTH,
    "returned": _CITIZEN,  # who fetched it knows
    "withdrawn": _UNIT,
    "interlinked_registered": _BOTH,
    "interlinked_ended": _BOTH,
}


class Slot(NamedTuple):
    """`way`: the channel, with the audience where it is not the citizen."""

    milestone: str
    channel: Channel
    way: str


def way(channel: Channel, audience: Audience) -> str:
    """Return the last part of how a slot is written."""
    return channel if audience == "citizen" else f"{channel}@{audience}"


# every slot that can be, by how it is written, in the order in which they come in life
SLOTS: Mapping[str, Slot] = {
    f"{m}/{way(c, a)}": Slot(m, c, way(c, a))
    for m in MILESTONES
    for a in AUDIENCES
    for c in CHANNELS
}
ORDER: Mapping[str, int] = {text: n for n, text in enumerate(SLOTS)}
STALE_AFTER: Mapping[str, frozenset[str]] = {
    text: MILESTONES[slot.milestone].stale_after for text, slot in SLOTS.items()
}


@lru_cache(maxsize=1_000)
def slots_for(
    milestone: str, channels: Sequence[str], representative: Sequence[str], unit: str = ""
) -> tuple[str, ...]:
    """Return the slots of a milestone for who agreed to these channels; the portal, if to none.
    `unit`: one that has an address.
    """
    told = TOLD[milestone]
    found = [way(c, "citizen") for c in told["citizen"] if c in channels]
    found = found or [way("portal", "citizen")]
    found += [way(c, "representative") for c in told["representative"] if c in representative]
    found += [way(c, "unit") for c in told["unit"] if unit]
    return tuple(f"{milestone}/{each}" for each in found)
