"""Which events notify decides on."""

from datetime import datetime

from services.notify.domain import EVENT_TYPES, Clerk, Dossier, Policy
from services.notify.domain.templates import Templates, ours
from shared.events.intake import InterlinkedRegistered, Registered
from shared.events.kernel import TimerFired
from shared.events.notify import Answered, ReceiptArrived
from shared.lanes.table import Arrival, LaneTable, Outcome, no_facts


def table(policy: Policy, templates: Templates | None = None) -> LaneTable[Dossier, None]:
    """Return notify, as its lanes see it; without templates it has ours."""
    words = templates or ours()

    def decide(
        dossier: Dossier | None, arrival: Arrival, _: None, at: datetime
    ) -> Outcome[Dossier]:
        clerk = Clerk(dossier, arrival.application, at, policy, words)
        match arrival.data:
            case Answered() | ReceiptArrived() as said:
                clerk.hear(said, arrival.event.time)
            case TimerFired(name=name):
                clerk.fire(name)
            case decided:
                clerk.learn(arrival.event.source, decided)
        return clerk.outcome()

    inbox = {Answered.TYPE, ReceiptArrived.TYPE, TimerFired.TYPE}
    return LaneTable(
        service="notify",
        state=Dossier,
        decisions=dict.fromkeys(EVENT_TYPES | inbox, decide),
        prepare=no_facts,
        opens=frozenset({Registered.TYPE, InterlinkedRegistered.TYPE}),
    )
