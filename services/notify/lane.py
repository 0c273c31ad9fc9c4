"""Which events notify decides on."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import NamedTuple

from services.notify.domain import EVENT_TYPES, Clerk, Dossier, Policy
from services.notify.domain.again import again
from services.notify.domain.petitions.deciding import ASKED, ask, file, ring, turn_away
from services.notify.domain.petitions.deciding import ours as reference
from services.notify.domain.providers import Unhealthy
from services.notify.domain.saying import UNKNOWN
from services.notify.domain.templates import Templates, ours
from shared.catalogue import Catalogue
from shared.events.feedback import FeedbackGiven
from shared.events.intake import InterlinkedRegistered, Refused, Registered
from shared.events.kernel import TimerFired
from shared.events.notify import (
    AgainAsked,
    Answered,
    BroadcastTold,
    PreferencesChanged,
    ReceiptArrived,
)
from shared.events.petitions import PetitionFiled
from shared.lanes.table import Arrival, Decide, LaneTable, Outcome, Prepare

Take = Callable[[Clerk, Arrival], None]
CAME_IN = (Registered, InterlinkedRegistered, Refused)  # what intake says first


class Facts(NamedTuple):
    """What decisions go by besides: which providers are ill, which broadcasts are cancelled."""

    unhealthy: Unhealthy = frozenset()
    cancelled: frozenset[str] = frozenset()


async def all_well(*_: object) -> Facts:
    """Say that no provider is ill, and nothing cancelled."""
    return Facts()


def _learned(catalogue: Catalogue | None, clerk: Clerk, arrival: Arrival) -> None:
    petition, event = clerk.dossier.petition, arrival.event
    if petition is None:
        clerk.learn(event.source, arrival.data)
        clerk.file(arrival.data, event.time)
    elif isinstance(arrival.data, CAME_IN):  # an id that a petition has is no application's
        clerk.follow(turn_away(petition, event.id, catalogue or reference()))


def _heard(clerk: Clerk, arrival: Arrival) -> None:
    assert isinstance(arrival.data, Answered | ReceiptArrived)
    clerk.hear(arrival.data, arrival.event.time)


def _preferred(clerk: Clerk, arrival: Arrival) -> None:
    assert isinstance(arrival.data, PreferencesChanged)
    clerk.prefer(arrival.data)


def _announced(clerk: Clerk, arrival: Arrival) -> None:
    assert isinstance(arrival.data, BroadcastTold)
    clerk.announce(arrival.data)


def _again(clerk: Clerk, arrival: Arrival) -> None:
    assert isinstance(arrival.data, AgainAsked)
    again(clerk, arrival.data)


def _rated(clerk: Clerk, arrival: Arrival) -> None:
    assert isinstance(arrival.data, FeedbackGiven)
    clerk.rate(arrival.data, arrival.event.time)


def _filed(catalogue: Catalogue, clerk: Clerk, arrival: Arrival) -> None:
    assert isinstance(arrival.data, PetitionFiled)
    petition, is_known = clerk.dossier.petition, clerk.dossier != UNKNOWN
    event = arrival.event
    step = file(arrival.data, petition, is_known, event.id, event.time, catalogue)
    if step.petition and not is_known:
        clerk.begin(arrival.data)
    clerk.follow(step)


def _asked(catalogue: Catalogue, clerk: Clerk, arrival: Arrival) -> None:
    event = arrival.event
    clerk.follow(ask(clerk.dossier.petition, arrival.data, event.id, event.time, catalogue))


def _fired(catalogue: Catalogue | None, clerk: Clerk, arrival: Arrival) -> None:
    assert isinstance(arrival.data, TimerFired)
    if petition := clerk.dossier.petition:
        at = max(clerk.at, arrival.event.time)  # no clock runs behind a timer
        clerk.follow(ring(petition, arrival.data.name, at, catalogue or reference()))
    clerk.fire(arrival.data.name)


def table(
    policy: Policy,
    templates: Templates | None = None,
    prepare: Prepare[Dossier, Facts] = all_well,
    catalogue: Catalogue | None = None,
) -> LaneTable[Dossier, Facts]:
    """Return notify, as its lanes see it; without templates and reference data it has ours."""
    words = templates or ours()

    def by_reference(take: Callable[[Catalogue, Clerk, Arrival], None]) -> Take:
        return lambda clerk, arrival: take(catalogue or reference(), clerk, arrival)

    def decision(take: Take) -> Decide[Dossier, Facts]:
        def decide(
            dossier: Dossier | None, arrival: Arrival, facts: Facts, at: datetime
        ) -> Outcome[Dossier]:
            clerk = Clerk(dossier, arrival.application, at, policy, words, *facts)
            take(clerk, arrival)
            return clerk.outcome()

        return decide

    return LaneTable(
        service="notify",
        state=Dossier,
        decisions={
            **dict.fromkeys(EVENT_TYPES, decision(partial(_learned, catalogue))),
            **dict.fromkeys((Answered.TYPE, ReceiptArrived.TYPE), decision(_heard)),
            PreferencesChanged.TYPE: decision(_preferred),
            BroadcastTold.TYPE: decision(_announced),
            AgainAsked.TYPE: decision(_again),
            FeedbackGiven.TYPE: decision(_rated),
            PetitionFiled.TYPE: decision(by_reference(_filed)),
            **dict.fromkeys((c.TYPE for c in ASKED), decision(by_reference(_asked))),
            TimerFired.TYPE: decision(partial(_fired, catalogue)),
        },
        prepare=prepare,
        opens=frozenset({Registered.TYPE, InterlinkedRegistered.TYPE}),
    )
