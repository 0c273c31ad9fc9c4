"""What a citizen is told of: which event reaches a milestone, what is said, what makes it stale.

A table; the tests prove that it fits the contracts and that nothing personal is in it.
"""

from typing import NamedTuple

from shared.events import Data, handover, intake, payment, routing


class Milestone(NamedTuple):
    """`fields` of the event go into the notice; any of `stale_after` makes it pointless.

    `of_children`: whether it is told of a child of an interlinked application as well.  What asks
    the citizen for something is, and what ends otherwise than wished; the rest the parent tells.
    `urgent`: it answers what the citizen has just done, or a deadline runs; it goes out at any
    hour, by itself, and before what is not.
    """

    reached_by: type[Data]
    fields: tuple[str, ...] = ()
    stale_after: frozenset[str] = frozenset()
    of_children: bool = True
    urgent: bool = False


def _types(*contracts: type[Data]) -> frozenset[str]:
    return frozenset(c.TYPE for c in contracts)


_END = _types(routing.Closed, routing.Returned)
# these stop the clock, move the due date or end the wait: a due date told now would be wrong
_DUE_GONE = _types(
    routing.SupplementRequested,
    routing.PaymentDue,
    routing.Suspended,
    routing.Settled,
    handover.DueMoved,
)

MILESTONES: dict[str, Milestone] = {
    "registered": Milestone(
        intake.Registered, ("submitted_at",), _END, of_children=False, urgent=True
    ),
    "refused": Milestone(intake.Refused, of_children=False, urgent=True),
    "payment_requested": Milestone(
        payment.Requested,
        ("amount_vnd", "expires_at"),
        _END | _types(payment.Settled, payment.Expired, routing.NotAccepted),
        urgent=True,
    ),
    "payment_settled": Milestone(
        payment.Settled, ("amount_vnd",), _types(routing.Closed), urgent=True
    ),
    "accepted": Milestone(
        routing.Accepted,
        ("due",),
        _END | _DUE_GONE | _types(routing.NotAccepted, routing.Apologised),
        of_children=False,
    ),
    "not_accepted": Milestone(routing.NotAccepted, (), _types(routing.Closed)),
    "supplement_requested": Milestone(
        routing.SupplementRequested,
        (),
        _END
        | _types(
            routing.Accepted,
            routing.NotAccepted,
            routing.Processing,
            routing.Suspended,
            routing.Settled,
        ),
    ),
    "apologised": Milestone(routing.Apologised, ("due",), _END | _DUE_GONE),
    "transferred": Milestone(
        handover.Transferred, (), _END | _types(routing.Settled), of_children=False
    ),
    "result_ready": Milestone(
        routing.Settled,
        (),
        _END | _types(routing.Processing),  # the signer sent it back
    ),
    "returned": Milestone(routing.Returned, (), _types(routing.Closed), of_children=False),
    # of a child its parent tells, at the end of all of them
    "withdrawn": Milestone(routing.Closed, of_children=False),
    "interlinked_registered": Milestone(
        intake.InterlinkedRegistered,
        ("submitted_at",),
        _types(intake.InterlinkedEnded),
        urgent=True,
    ),
    "interlinked_ended": Milestone(intake.InterlinkedEnded),
}


def may_say(milestone: str) -> frozenset[str]:
    """Return what a notice of this milestone may show: a template names nothing else."""
    known = () if milestone == "refused" else ("dossier_code",)
    return frozenset({*MILESTONES[milestone].fields, *known})


# a day told by mail stands in a calendar: the later of these tells which, and what takes it out
TELLS_DUE = ("apologised", "accepted")
ENDS_DUE = frozenset({"supplement_requested", "withdrawn"})

REACHED_BY: dict[str, str] = {m.reached_by.TYPE: name for name, m in MILESTONES.items()}

# beside what reaches a milestone or makes one stale: another contact
EVENT_TYPES: frozenset[str] = frozenset(REACHED_BY).union(
    {intake.Corrected.TYPE}, *(m.stale_after for m in MILESTONES.values())
)
