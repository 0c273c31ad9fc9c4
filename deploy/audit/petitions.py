"""Whether every petition that was filed came in, once; nobody submits one as an application."""

from collections import Counter
from collections.abc import Iterator

from deploy.audit.evidence import Evidence
from shared.events.petitions import (
    PetitionFiled,
    PetitionReceived,
    PetitionRejected,
)


def petitions_are_received_once(evidence: Evidence) -> Iterator[str]:
    """Find petitions that were filed and neither received nor rejected, or received twice or by
    themselves.
    """
    filed = {
        heard.event.subject
        for heard in evidence.log["notify.inbox"]
        if heard.event and heard.event.type == PetitionFiled.TYPE
    }
    received, rejected = Counter[str](), set[str]()
    for heard in evidence.events_of("notify"):
        assert heard.event is not None
        if heard.event.type == PetitionReceived.TYPE:
            received[heard.event.subject] += 1
        elif heard.event.type == PetitionRejected.TYPE:
            rejected.add(heard.event.subject)
    held = {row["application"] for row in evidence.journals["notify"] if row.get("held")}
    for petition in sorted(filed - received.keys() - rejected - held):
        yield f"{petition}: filed, never received"
    for petition, times in received.items():
        if times > 1:
            yield f"{petition}: received {times} times"
        if petition not in filed:
            yield f"{petition}: received, never filed"
