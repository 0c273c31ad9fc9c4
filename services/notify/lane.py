"""Which events notify decides on."""

from collections.abc import Callable
from datetime import datetime

from services.notify.domain import EVENT_TYPES, Clerk, Dossier, Policy
from services.notify.domain.providers import Unhealthy
from services.notify.domain.templates import Templates, ours
from shared.events.feedback import FeedbackGiven
from shared.events.intake import InterlinkedRegistered, Registered
from shared.events.kernel import TimerFired
from shared.events.notify import Answered, PreferencesChanged, ReceiptArrived
from shared.lanes.table import Arrival, Decide, LaneTable, Outcome, Prepare


async def all_well(*_: object) -> Unhealthy:
    """Say of no provider that it is ill."""
    return frozenset()


def _learned(clerk: Clerk, arrival: Arrival) -> None:
    clerk.file(arrival.data, arrival.event.time)
    clerk.learn(arrival.event.source, arrival.data)


def _heard(clerk: Clerk, arrival: Arrival) -> None:
    assert isinstance(arrival.data, Answered | ReceiptArrived)
    clerk.hear(arrival.data, arrival.event.time)


def _preferred(clerk: Clerk, arrival: Arrival) -> None:
    assert isinstance(arrival.data, PreferencesChanged)
    clerk.prefer(arrival.data)


def _rated(clerk: Clerk, arrival: Arrival) -> None:
    assert isinstance(arrival.data, FeedbackGiven)
    clerk.rate(arrival.data, arrival.event.time)


def _fired(clerk: Clerk, arrival: Arrival) -> None:
    assert isinstance(arrival.data, TimerFired)
    clerk.fire(arrival.data.name)


def table(
    policy: Policy,
    templates: Templates | None = None,
    prepare: Prepare[Dossier, Unhealthy] = all_well,
) -> LaneTable[Dossier, Unhealthy]:
    """Return notify, as its lanes see it; without templates it has ours."""
    words = templates or ours()

    def decision(take: Callable[[Clerk, Arrival], None]) -> Decide[Dossier, Unhealthy]:
        def decide(
            dossier: Dossier | None, arrival: Arrival, unhealthy: Unhealthy, at: datetime
        ) -> Outcome[Dossier]:
            clerk = Clerk(dossier, arrival.application, at, policy, words, unhealthy)
            take(clerk, arrival)
            return clerk.outcome()

        return decide

    return LaneTable(
        service="notify",
        state=Dossier,
        decisions={
            **dict.fromkeys(EVENT_TYPES, decision(_learned)),
            **dict.fromkeys((Answered.TYPE, ReceiptArrived.TYPE), decision(_heard)),
            PreferencesChanged.TYPE: decision(_preferred),
            FeedbackGiven.TYPE: decision(_rated),
            TimerFired.TYPE: decision(_fired),
        },
        prepare=prepare,
        opens=frozenset({Registered.TYPE, InterlinkedRegistered.TYPE}),
    )
