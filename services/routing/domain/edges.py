"""The dossier's life as a table: from a stage, by a move, to a stage, and the event that says so.

The moves between codes are those of the national list, and those to 3 besides: from 5, for an
applicant who never completes what was never accepted, and from wherever there is no result yet, for
what is cancelled.  Of the ends, 7 is the citizen's wish and 10 a result; 8 may go on again.
"""

from collections.abc import Mapping
from typing import NamedTuple

from services.routing.domain.states import Move, Stage
from shared.events import cancelling, handover
from shared.events import routing as events


class Edge(NamedTuple):
    """Where a move leads, and the event that says so."""

    to: Stage
    emits: type[events.Moved]


_TO_ACCEPTED = Edge(Stage.ACCEPTED, events.Accepted)
_TO_NOT_ACCEPTED = Edge(Stage.NOT_ACCEPTED, events.NotAccepted)
_TO_INCOMPLETE = Edge(Stage.INCOMPLETE, events.SupplementRequested)
_TO_RESUBMITTED = Edge(Stage.RESUBMITTED, events.Resubmitted)
_TO_PROCESSING = Edge(Stage.PROCESSING, events.Processing)
_TO_AWAITING_SUPPLEMENT = Edge(Stage.AWAITING_SUPPLEMENT, events.SupplementRequested)
_TO_AWAITING_PAYMENT = Edge(Stage.AWAITING_PAYMENT, events.PaymentDue)
_TO_SUSPENDED = Edge(Stage.SUSPENDED, events.Suspended)
_TO_TRANSFERRED = Edge(Stage.TRANSFERRED, handover.Transferred)
_TO_AWAITING_SIGNATURE = Edge(Stage.AWAITING_SIGNATURE, handover.SignatureAsked)
_TO_SETTLED = Edge(Stage.SETTLED, events.Settled)
_TO_RETURNED = Edge(Stage.RETURNED, events.Returned)
_TO_WITHDRAWN = Edge(Stage.WITHDRAWN, events.Closed)
_CANCELLED = {Move.CANCEL: Edge(Stage.NOT_ACCEPTED, cancelling.Cancelled)}


def _here(stage: Stage, *moves: Move) -> Mapping[Move, Edge]:
    """Return the moves that leave a dossier in its stage: units, a date, what it says."""
    return {move: Edge(stage, _STAYING[move]) for move in moves}


_STAYING: Mapping[Move, type[events.Moved]] = {
    Move.TRANSFER: handover.Transferred,
    Move.READDRESS: handover.Readdressed,
    Move.CORRECT: events.CorrectionAllowed,
    Move.APOLOGISE: events.Apologised,
    Move.RECOUNT_DUE: handover.DueMoved,
    Move.CARRY: handover.PostCarried,
    Move.STEP_DONE: handover.StepFinished,
}

# Whatever is not here is rejected, and nothing moves.
_AT_WORK = (Move.STEP_DONE, Move.APOLOGISE, Move.RECOUNT_DUE, Move.READDRESS)

MOVES: Mapping[Stage, Mapping[Move, Edge]] = {
    Stage.EXPECTED: {},
    Stage.UNROUTED: {
        Move.CHOOSE_UNIT: Edge(Stage.SUBMITTED, events.Routed),
        Move.REFUSE: _TO_NOT_ACCEPTED,
        Move.WITHDRAW: _TO_WITHDRAWN,
        **_CANCELLED,
        **_here(Stage.UNROUTED, Move.CORRECT, Move.RECOUNT_DUE),
    },
    Stage.SUBMITTED: {
        Move.ACCEPT: _TO_ACCEPTED,
        Move.REFUSE: _TO_NOT_ACCEPTED,
        Move.ASK_SUPPLEMENT: _TO_INCOMPLETE,
        Move.WITHDRAW: _TO_WITHDRAWN,
        **_CANCELLED,
        **_here(Stage.SUBMITTED, Move.CORRECT, Move.TRANSFER, Move.RECOUNT_DUE, Move.READDRESS),
    },
    Stage.INCOMPLETE: {
        Move.SUPPLEMENT: _TO_RESUBMITTED,
        Move.ACCEPT: _TO_ACCEPTED,
        Move.REFUSE: _TO_NOT_ACCEPTED,
        Move.WITHDRAW: _TO_WITHDRAWN,
        **_CANCELLED,
        **_here(Stage.INCOMPLETE, Move.CORRECT, Move.TRANSFER, Move.READDRESS),
    },
    Stage.RESUBMITTED: {
        Move.ACCEPT: _TO_ACCEPTED,
        Move.REFUSE: _TO_NOT_ACCEPTED,
        Move.ASK_SUPPLEMENT: _TO_INCOMPLETE,
        Move.SUPPLEMENT: _TO_RESUBMITTED,
        Move.WITHDRAW: _TO_WITHDRAWN,
        **_CANCELLED,
        **_here(Stage.RESUBMITTED, Move.CORRECT, Move.TRANSFER, Move.RECOUNT_DUE, Move.READDRESS),
    },
    Stage.NOT_ACCEPTED: {},
    Stage.ACCEPTED: {
        Move.START: _TO_PROCESSING,
        Move.TRANSFER: _TO_TRANSFERRED,
        Move.ASK_SUPPLEMENT: _TO_AWAITING_SUPPLEMENT,
        Move.DEMAND_PAYMENT: _TO_AWAITING_PAYMENT,
        Move.WITHDRAW: _TO_WITHDRAWN,
        **_CANCELLED,
        **_here(Stage.ACCEPTED, *_AT_WORK),
    },
    Stage.TRANSFERRED: {
        Move.START: _TO_PROCESSING,
        Move.WITHDRAW: _TO_WITHDRAWN,
        **_CANCELLED,
        **_here(Stage.TRANSFERRED, Move.TRANSFER, Move.APOLOGISE, Move.RECOUNT_DUE, Move.READDRESS),
    },
    Stage.PROCESSING: {
        Move.TRANSFER: _TO_TRANSFERRED,
        Move.ASK_SUPPLEMENT: _TO_AWAITING_SUPPLEMENT,
        Move.DEMAND_PAYMENT: _TO_AWAITING_PAYMENT,
        Move.SUSPEND: _TO_SUSPENDED,
        Move.ASK_SIGNATURE: _TO_AWAITING_SIGNATURE,
        Move.SETTLE: _TO_SETTLED,
        Move.WITHDRAW: _TO_WITHDRAWN,
        **_CANCELLED,
        **_here(Stage.PROCESSING, *_AT_WORK),
    },
    Stage.AWAITING_SIGNATURE: {
        Move.ASK_SIGNATURE: _TO_AWAITING_SIGNATURE,
        Move.SETTLE: _TO_SETTLED,
        Move.REOPEN: _TO_PROCESSING,
        Move.TRANSFER: _TO_TRANSFERRED,
        Move.WITHDRAW: _TO_WITHDRAWN,
        **_CANCELLED,
        **_here(Stage.AWAITING_SIGNATURE, *_AT_WORK),
    },
    Stage.AWAITING_SUPPLEMENT: {
        Move.SUPPLEMENT: _TO_PROCESSING,
        Move.SUSPEND: _TO_SUSPENDED,
        Move.WITHDRAW: _TO_WITHDRAWN,
        **_CANCELLED,
        **_here(Stage.AWAITING_SUPPLEMENT, Move.TRANSFER, Move.READDRESS),
    },
    Stage.AWAITING_PAYMENT: {
        Move.PAY: _TO_PROCESSING,
        Move.SUSPEND: _TO_SUSPENDED,
        Move.WITHDRAW: _TO_WITHDRAWN,
        **_CANCELLED,
        **_here(Stage.AWAITING_PAYMENT, Move.TRANSFER, Move.READDRESS),
    },
    Stage.SUSPENDED: {
        Move.RESUME: _TO_PROCESSING,
        Move.SETTLE: _TO_SETTLED,
        Move.SUPPLEMENT: _TO_SUSPENDED,
        **_CANCELLED,
        **_here(Stage.SUSPENDED, Move.TRANSFER, Move.READDRESS),
    },
    Stage.SETTLED: {
        Move.RETURN: _TO_RETURNED,
        Move.POST: Edge(Stage.IN_POST, handover.Posted),
        Move.REOPEN: _TO_PROCESSING,
        **_here(Stage.SETTLED, Move.TRANSFER, Move.READDRESS),
    },
    Stage.IN_POST: {
        Move.RETURN: _TO_RETURNED,
        Move.TAKE_BACK: Edge(Stage.SETTLED, handover.PostCameBack),
        **_here(Stage.IN_POST, Move.CARRY, Move.READDRESS),
    },
    Stage.RETURNED: {},
    Stage.WITHDRAWN: {},
}
