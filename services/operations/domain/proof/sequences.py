"""Each service's events of an application are 1, 2, 3 …, in order, and what led to each is there.

The last event of a service may be missing without a gap: then what follows from it is missing as
well, which the other checks see, and the service's journal tells.
"""

from services.operations.domain.findings import contiguity, tracing
from services.operations.domain.occurrences import latest
from services.operations.domain.proof.tally import Journey, Moment, Proof


def contiguous(journey: Journey, moment: Moment, into: Proof) -> None:
    """Check the numbers, and the causes."""
    numbered = [e for e in journey.entries if e.sequence]
    highest = latest(numbered, {})
    into.count("sequences", "first_occurrences", len(numbered))
    into.count("sequences", "highest_numbers", sum(highest.values()))
    if journey.is_truncated:
        detail = "has more messages than are looked at: see its journey"
        into.blame("truncated", journey.application, journey.application, detail)
        return
    for found in contiguity(journey.entries, journey.forks):
        into.blame(found.kind, journey.application, found.id, found.detail)
    _causes(journey, moment, into)


def _causes(journey: Journey, moment: Moment, into: Proof) -> None:
    orphans = [f for f in tracing(journey.application, journey.entries) if f.kind == "orphan"]
    if not orphans:
        return
    logged_ms = {e.id: e.logged_ms for e in journey.entries}
    for orphan in orphans:
        if not moment.is_young(logged_ms[orphan.id]):
            into.blame("orphan", journey.application, orphan.id, orphan.detail)
