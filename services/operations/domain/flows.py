"""What flows in and out of each service, from what is counted on topics by type.  Pure.

What a service decides flows out of it; what it reads flows in: what stands on its inbox, and what
the services before it decide.
"""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

import msgspec

from services.operations.domain.entries import decided_by, service_of
from shared.topics import SERVICES, TOPICS, reads

STAGES = tuple(service for service in SERVICES if service != "operations")
WINDOW_S = 30  # rates are of so long
SETTLES_S = 5  # what happened less long ago may still be on its way to the table


class Halves(NamedTuple):
    """What stands on the topics of a service: what it was told, and what it gave, or decided."""

    told: int = 0
    gave: int = 0


_FED = {
    stage: [(service_of(topic), TOPICS[topic].kind == "events") for topic in reads(stage)]
    for stage in STAGES
}


class Rate(msgspec.Struct, frozen=True):
    """How many messages a second a service takes in and gives out; null: nobody can say."""

    stage: str
    in_per_s: float | None
    out_per_s: float | None


def halved(service: str, types: Mapping[str, int]) -> Halves:
    """Return the two halves of what was counted of a service's topics."""
    gave = sum(number for type_, number in types.items() if decided_by(type_) == service)
    return Halves(sum(types.values()) - gave, gave)


def passed(halves: Mapping[str, Halves]) -> dict[str, tuple[int, int]]:
    """Return what flowed into and out of each service, from what was counted of all."""
    found = {}
    for stage, feeds in _FED.items():
        of = ((halves.get(service, Halves()), is_given) for service, is_given in feeds)
        came = sum(half.gave if is_given else half.told for half, is_given in of)
        found[stage] = came, halves.get(stage, Halves()).gave
    return found


def rates(seconds: Iterable[tuple[str, int, Halves]], now_s: int) -> list[Rate]:
    """Return the rates of the last seconds, from what was counted of services in each."""
    counted = list(seconds)
    newest = max((second for _, second, _ in counted), default=0)
    end = max(newest, now_s - SETTLES_S)
    total: dict[str, Halves] = {}
    for service, second, halves in counted:
        if end - WINDOW_S < second <= end:
            before = total.get(service, Halves())
            total[service] = Halves(before.told + halves.told, before.gave + halves.gave)
    return [
        Rate(stage, round(came / WINDOW_S, 2), round(gave / WINDOW_S, 2))
        for stage, (came, gave) in passed(total).items()
    ]
