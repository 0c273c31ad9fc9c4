"""Each service's events of an application are 1, 2, 3 …, in order, and what led to each is there.

The last event of a service may be missing without a gap: then what follows from it is missing as
well, which the other checks see, and the service's journal tells.
"""

from services.operations.domain.findings import contiguity, tracing
from services.operations.domain.occurrences import latest
from services.operations.domain.proof.tally import READ_MS, Journey, Moment, Proof


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
    """Find decisions without what led to them.  What comes from outside may name what it likes: a
    gateway's receipt the answer that never came.
    """
    orphans = [f for f in tracing(journey.application, journey.entries) if f.kind == "orphan"]
    if not orphans:
        return
    decided_ms = {e.id: e.logged_ms for e in journey.entries if e.is_decided}
    for orphan in orphans:
        if orphan.id in decided_ms and not moment.is_young(decided_ms[orphan.id], READ_MS):
            into.blame("orphan", journey.application, orphan.id, orphan.detail)
