"""One application, checked whole."""

from collections.abc import Sequence

from services.operations.domain.entries import Entry, in_order
from services.operations.domain.proof.doors import answered
from services.operations.domain.proof.money import money_adds_up
from services.operations.domain.proof.notices import notices_end_once
from services.operations.domain.proof.sequences import contiguous
from services.operations.domain.proof.standing import stands_somewhere
from services.operations.domain.proof.tally import Journey, Moment, Proof
from services.operations.domain.status import held_by

CHECKS = (answered, contiguous, money_adds_up, notices_end_once, stands_somewhere)


def proof_of(
    application: str,
    entries: Sequence[Entry],
    forks: Sequence[Entry],
    moment: Moment,
    is_truncated: bool = False,
) -> Proof:
    """Return what is found of one application, from all that is kept of it, in any order."""
    ordered = sorted(entries, key=lambda e: (e.logged_ms, e.place))
    held = held_by(in_order(entries)) if any(e.is_aside for e in entries) else ()
    journey = Journey(application, ordered, [*forks], frozenset(held), is_truncated)
    found = Proof(applications=1)
    for check in CHECKS:
        check(journey, moment, found)
    return found
