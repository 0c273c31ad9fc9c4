"""What a citizen is told of: which event reaches a milestone, what is said, what makes it stale.

A table; the tests prove that it fits the contracts and that nothing personal is in it.  What
operators tell many is a milestone as well, named "broadcast-<its id>": they are all alike.
"""

from typing import NamedTuple

from shared.events import (
    Data,
    cancelling,
    handover,
    intake,
    notify,
    payment,
    petitions,
    reassessments,
    routing,
)

RESULT_READY = "result_ready"  # told again, when the result waits at another unit
BROADCAST = "broadcast-"  # its id follows
CANCELLED = "broadcast_cancelled"  # why one is dropped


class Milestone(NamedTuple):
    """`fields` of the event go into the notice; any of `stale_after` makes it pointless.

    `of_children`: whether it is told of a child of an interlinked application as well.  What asks
    the citizen for something is, and what ends otherwise than wished; the rest the parent tells.
    `urgent`: it answers what the citizen has just done, or a deadline runs; it goes out at any
    hour, by itself, and before what is not.
    `again`: reached again, it is told again; where `news_in` names fields, only if one of them says
    something else, or what was told was no longer so.
    `until`: the field with the moment of its deadline.
    `unless_told`: the field that makes it no news, where another milestone told it already.
    `bulk`: it is one of many that say the same, and goes out after what is an application's own.
    """

    reached_by: type[Data]
    fields: tuple[str, ...] = ()
    stale_after: frozenset[str] = frozenset()
    of_children: bool = True
    urgent: bool = False
    again: bool = False
    news_in: tuple[str, ...] = ()
    until: str = ""
    unless_told: str = ""
    bulk: bool = False


def _types(*contracts: type[Data]) -> frozenset[str]:
    return frozenset(c.TYPE for c in contracts)


_END = _types(cancelling.Cancelled, routing.Closed, routing.Returned)
# these stop the clock, move the due date or end the wait: a due date told now would be wrong
_DUE_GONE = _types(
    routing.SupplementRequested,
    routing.PaymentDue,
    routing.Suspended,
    routing.Settled,
    handover.DueMoved,
)
_PETITIONS = _types(
    *petitions.PetitionMoved.__subclasses__(), *petitions.PetitionAnswered.__subclasses__()
)
_ANSWERED = _types(
    petitions.PetitionAnswered,
    petitions.PetitionAnsweredAgain,
    petitions.PetitionDismissed,
    petitions.PetitionWithdrawn,
)
_TAKEN = _types(petitions.PetitionAccepted, petitions.PetitionDisputed, petitions.PetitionClosed)

MILESTONES: dict[str, Milestone] = {
    "registered": Milestone(
        intake.Registered, ("submitted_at",), _END, of_children=False, urgent=True
    ),
    "refused": Milestone(intake.Refused, of_children=False, urgent=True),
    "payment_requested": Milestone(
        payment.Requested,
        ("amount_vnd", "expires_at"),
        _END
        | _types(
            payment.Settled, payment.Expired, reassessments.FeeReassessed, routing.NotAccepted
        ),
        urgent=True,
        again=True,
        news_in=("amount_vnd",),  # each attempt at an obligation has an order of its own
        until="expires_at",
    ),
    "payment_settled": Milestone(
        payment.Settled,
        ("amount_vnd",),
        _types(cancelling.Cancelled, routing.Closed),
        urgent=True,
        again=True,
    ),
    "accepted": Milestone(
        routing.Accepted,
        ("due",),
        _END | _DUE_GONE | _types(routing.NotAccepted, routing.Apologised),
        of_children=False,
    ),
    # after a stop the date has moved
    "resumed": Milestone(
        routing.Processing,
        ("due",),
        _END | _DUE_GONE | _types(routing.NotAccepted, routing.Apologised),
        of_children=False,
        again=True,
        unless_told="due",
    ),
    "not_accepted": Milestone(routing.NotAccepted, (), _types(routing.Closed)),
    "cancelled": Milestone(cancelling.Cancelled),
    "supplement_requested": Milestone(
        routing.SupplementRequested,
        (),
        _END
        | _types(
            routing.Accepted,
            routing.NotAccepted,
            routing.Processing,
            routing.Resubmitted,
            routing.Suspended,
            routing.Settled,
        ),
        again=True,
    ),
    "apologised": Milestone(
        routing.Apologised, ("due",), _END | _DUE_GONE, again=True, news_in=("due",)
    ),
    "transferred": Milestone(
        handover.Transferred,
        ("competent_unit",),
        _END | _types(routing.Settled),
        of_children=False,
        again=True,
        news_in=("competent_unit",),
    ),
    RESULT_READY: Milestone(
        routing.Settled,
        ("returning_unit",),
        # the signer sent it back, or it lies there no more
        _END | _types(routing.Processing, handover.Posted),
        again=True,
    ),
    "result_posted": Milestone(
        handover.Posted, ("tracking",), _END | _types(handover.PostCameBack), again=True
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
    "petition_received": Milestone(
        petitions.PetitionReceived,
        ("due",),
        _ANSWERED | _types(petitions.PetitionApologised),
        of_children=False,
        urgent=True,
    ),
    "petition_assigned": Milestone(
        petitions.PetitionAssigned,
        ("due",),
        _ANSWERED | _types(petitions.PetitionForwarded, petitions.PetitionApologised),
        of_children=False,
        urgent=True,
    ),
    "petition_forwarded": Milestone(
        petitions.PetitionForwarded, (), _ANSWERED, of_children=False, again=True
    ),
    "petition_late": Milestone(
        petitions.PetitionApologised, ("due",), _ANSWERED, of_children=False
    ),
    "petition_due_soon": Milestone(
        petitions.PetitionDueSoon,
        ("due",),
        _ANSWERED | _types(petitions.PetitionForwarded, petitions.PetitionApologised),
        of_children=False,
        again=True,
    ),
    "petition_dismissed": Milestone(petitions.PetitionDismissed, of_children=False),
    "petition_answered": Milestone(petitions.PetitionAnswered, (), _TAKEN, of_children=False),
    "petition_disputed": Milestone(
        petitions.PetitionDisputed,
        ("due",),
        _types(petitions.PetitionAnsweredAgain, petitions.PetitionApologised),
        of_children=False,
        urgent=True,
    ),
    "petition_answered_again": Milestone(
        petitions.PetitionAnsweredAgain, (), _TAKEN, of_children=False
    ),
}

# after these an application is over, for whoever tells many
ENDED = _END | _types(routing.NotAccepted, intake.Refused, intake.InterlinkedEnded)
_OF_BROADCASTS = Milestone(notify.BroadcastTold, stale_after=ENDED, bulk=True)


def milestone_of(name: str) -> Milestone:
    """Return a milestone by its name, a broadcast's too.  Raises `KeyError`."""
    return _OF_BROADCASTS if name.startswith(BROADCAST) else MILESTONES[name]


def may_say(milestone: str) -> frozenset[str]:
    """Return what a notice of this milestone may show: a template names nothing else."""
    known = () if milestone == "refused" else ("dossier_code",)
    return frozenset({*milestone_of(milestone).fields, *known})


# a day told by mail stands in a calendar: what tells it, the last one counts, and takes it out
TELLS_DUE = frozenset({"accepted", "resumed", "apologised"})
ENDS_DUE = frozenset({"supplement_requested", "cancelled", "withdrawn"})

REACHED_BY: dict[str, str] = {m.reached_by.TYPE: name for name, m in MILESTONES.items()}

# beside what reaches a milestone or makes one stale: another contact, more documents, another unit
# where it lies; what notify decides itself of petitions does not come in
EVENT_TYPES: frozenset[str] = (
    frozenset(REACHED_BY).union(
        _types(intake.Corrected, intake.Supplemented, handover.Readdressed, handover.Posted),
        *(m.stale_after for m in MILESTONES.values()),
    )
    - _PETITIONS
)
