"""Event type → decision.  What is heard becomes a move of `domain.orders`."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from services.payment.domain import disbursements, orders, queries, refunds
from services.payment.domain.assessing import IF_LATE, NOT_SAID, Assessment, Basis, judge
from services.payment.domain.attempts import AGAIN
from services.payment.domain.draft import Agreed, Draft, Pace
from services.payment.domain.fees import line
from services.payment.domain.leaving import agreed_before
from services.payment.domain.reassessing import ON_DEMAND, reassess
from services.payment.domain.receipts import Claim, with_receipts
from services.payment.domain.state import Payment
from services.payment.domain.terms import Terms
from services.payment.receipt_numbers import ReceiptNumbers
from services.payment.references import Attempt, Claimed, References
from shared.catalogue import Catalogue
from shared.catalogue.fees import LATE
from shared.clock import VIETNAM
from shared.events.cancelling import Cancelled
from shared.events.disbursements import (
    DisbursementAnswered,
    DisbursementAsked,
    DisbursementChecked,
    DisbursementCorrected,
    DisbursementRecorded,
    DisbursementRetried,
)
from shared.events.kernel import TimerFired
from shared.events.payment import Chosen, Created, Notified, Queried, Unstated
from shared.events.queries import QueryAsked
from shared.events.reassessments import ReassessmentAsked
from shared.events.refunds import (
    RefundAnswered,
    RefundAsked,
    RefundChecked,
    RefundRecorded,
    RefundRetried,
)
from shared.events.routing import (
    Accepted,
    Closed,
    NotAccepted,
    PaymentDue,
    Routed,
    Settled,
)
from shared.lanes.table import Arrival, LaneTable, Outcome

Number = Callable[[Claim], int]
Hear = Callable[[Draft, Any, Arrival], None]  # the data is of the type it is listed under

DEMAND_VI = "Nghĩa vụ tài chính theo thông báo"


class Facts(NamedTuple):
    """What a batch claims before it is decided: references of orders, numbers of receipts."""

    references: Claimed
    numbers: Mapping[Claim, int]


def table(
    catalogue: Catalogue,
    references: References,
    partners: Sequence[Terms],
    pace: Pace,
    numbers: ReceiptNumbers,
) -> LaneTable[Payment, Facts]:
    """Return payment as its lanes see it."""
    by_catalogue = _ByCatalogue(catalogue)
    hears: dict[str, Hear] = {
        Routed.TYPE: by_catalogue.hear_routed,
        Accepted.TYPE: by_catalogue.hear_accepted,
        Settled.TYPE: _hear_moment,
        PaymentDue.TYPE: _hear_payment_due,
        NotAccepted.TYPE: _hear_not_accepted,
        Cancelled.TYPE: _hear_cancelled,
        Closed.TYPE: _hear_closed,
        ReassessmentAsked.TYPE: lambda draft, asked, _: reassess(draft, asked, catalogue),
        DisbursementAsked.TYPE: lambda draft, wish, _: disbursements.asked(draft, wish, catalogue),
        DisbursementChecked.TYPE: lambda draft, said, _: disbursements.checked(draft, said),
        DisbursementCorrected.TYPE: lambda draft, wish, _: disbursements.corrected(draft, wish),
        DisbursementRecorded.TYPE: lambda draft, deed, _: disbursements.recorded(draft, deed),
        DisbursementRetried.TYPE: lambda draft, wish, _: disbursements.retried(draft, wish),
        DisbursementAnswered.TYPE: lambda draft, said, _: disbursements.answered(draft, said),
        Notified.TYPE: _hear_notified,
        Queried.TYPE: _hear_queried,
        Created.TYPE: _hear_created,
        Chosen.TYPE: _hear_chosen,
        Unstated.TYPE: _hear_unstated,
        QueryAsked.TYPE: lambda draft, wish, _: queries.asked(draft, wish),
        TimerFired.TYPE: _hear_timer,
        RefundAsked.TYPE: lambda draft, wish, _: refunds.asked(draft, wish),
        RefundChecked.TYPE: lambda draft, verdict, _: refunds.checked(draft, verdict),
        RefundRecorded.TYPE: lambda draft, deed, _: refunds.recorded(draft, deed),
        RefundRetried.TYPE: lambda draft, wish, _: refunds.retried(draft, wish),
        RefundAnswered.TYPE: lambda draft, said, _: refunds.answered(draft, said),
    }

    def draft_of(
        state: Payment | None, arrival: Arrival, claimed: Claimed, number: Number, at: datetime
    ) -> Draft:
        def claimed_reference(number: int) -> str:
            return claimed[arrival.application, number]

        known, on = state or Payment(), _day(arrival)
        draft = Draft(arrival.application, at, known, partners, pace, claimed_reference, number, on)
        hears[arrival.event.type](draft, arrival.data, arrival)
        refunds.propose(draft)
        return draft

    def decide(
        state: Payment | None, arrival: Arrival, facts: Facts, at: datetime
    ) -> Outcome[Payment]:
        draft = draft_of(state, arrival, facts.references, facts.numbers.__getitem__, at)
        return Outcome(draft.state, tuple(draft.events), tuple(draft.timers))

    def rehearse(
        arrivals: Sequence[Arrival], states: Mapping[str, Payment | None], claimed: Claimed
    ) -> dict[Claim, datetime]:
        """Decide without saying so, to learn which receipts will need a number."""
        wanted: dict[Claim, datetime] = {}
        after = {a: states.get(a) for a in _may_settle(arrivals, states)}
        for arrival in (a for a in arrivals if a.application in after):
            at = arrival.event.time

            def note(claim: Claim, at: datetime = at) -> int:
                wanted.setdefault(claim, at)
                return 0

            try:
                draft = draft_of(after[arrival.application], arrival, claimed, note, at)
            except Exception:  # what cannot be decided is held, and no more of it decided now
                del after[arrival.application]
            else:
                after[arrival.application] = draft.state
        return wanted

    async def prepare(arrivals: Sequence[Arrival], states: Mapping[str, Payment | None]) -> Facts:
        claimed = await references.claim(_may_open(arrivals, states, catalogue))
        return Facts(claimed, await numbers.claim(rehearse(arrivals, states, claimed)))

    return LaneTable(
        service="payment",
        state=Payment,
        decisions=dict.fromkeys(hears, decide),
        prepare=prepare,
        schema=2,
        opens=frozenset({Routed.TYPE}),
        upcasts={1: with_receipts},
    )


# ---- what is heard


class _ByCatalogue:
    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue

    def hear_routed(self, draft: Draft, routed: Routed, arrival: Arrival) -> None:
        basis = Basis(
            procedure=routed.procedure,
            unit=routed.receiving_unit,
            channel=routed.channel,
            copies=routed.copies,
            on=_day(arrival),
            dossier_code=routed.dossier_code,
            facts=routed.fee_facts or NOT_SAID,
        )
        draft.belongs_to(routed.portal or draft.state.portal, basis)
        if draft.state.obligations:
            return
        found = judge(self._catalogue, basis)
        if found.moment == "after_tax_notice" and not found.lines:
            return  # the amount comes with the notice
        orders.assess(draft, found, self._catalogue.version)
        orders.came_about(draft, Routed.TYPE)

    def hear_accepted(self, draft: Draft, accepted: Accepted, arrival: Arrival) -> None:
        disbursements.accepted(draft, self._catalogue)
        _hear_moment(draft, accepted, arrival)


def _hear_moment(draft: Draft, _: Any, arrival: Arrival) -> None:
    orders.came_about(draft, arrival.event.type)


def _hear_payment_due(draft: Draft, due: PaymentDue, _: Arrival) -> None:
    lines = (line("tax", DEMAND_VI, due.amount_vnd),) if due.amount_vnd > 0 else ()
    orders.assess(draft, Assessment(ON_DEMAND, lines, "no_fee"), "")
    orders.came_about(draft, PaymentDue.TYPE)


def _hear_not_accepted(draft: Draft, _: Any, __: Arrival) -> None:
    orders.ended(draft)
    refunds.ended(draft, "not_accepted")


def _hear_cancelled(draft: Draft, said: Cancelled, _: Arrival) -> None:
    draft.agreed = Agreed(agreed_before(said), said.agreed_vnd or 0)
    orders.ended(draft)
    refunds.ended(draft, "cancelled")


def _hear_closed(draft: Draft, _: Any, __: Arrival) -> None:
    orders.ended(draft)
    refunds.ended(draft, "withdrawn")


def _hear_notified(draft: Draft, said: Notified, _: Arrival) -> None:
    orders.notified(draft, said)


def _hear_queried(draft: Draft, said: Queried, _: Arrival) -> None:
    orders.queried(draft, said)


def _hear_created(draft: Draft, said: Created, _: Arrival) -> None:
    orders.created(draft, said)


def _hear_chosen(draft: Draft, choice: Chosen, _: Arrival) -> None:
    orders.chosen(draft, choice)


def _hear_unstated(draft: Draft, said: Unstated, _: Arrival) -> None:
    orders.unstated(draft, said)


def _hear_timer(draft: Draft, fired: TimerFired, _: Arrival) -> None:
    orders.timer_fired(draft, fired.name)
    refunds.timer_fired(draft, fired.name)
    disbursements.timer_fired(draft, fired.name)


def _day(arrival: Arrival) -> date:
    return arrival.event.time.astimezone(VIETNAM).date()


# ---- what is needed from outside


def _may_open(
    arrivals: Sequence[Arrival], states: Mapping[str, Payment | None], catalogue: Catalogue
) -> Iterator[Attempt]:
    """Name the attempts that this batch may open: never too few, as a rule not too many."""
    moments: dict[str, str] = {}  # of applications that are routed in this very batch
    opened: dict[str, int] = {}
    for arrival in arrivals:
        application = arrival.application
        state = states.get(application) or Payment()
        if isinstance(arrival.data, Routed) and not state.obligations:
            procedure = catalogue.procedure(arrival.data.procedure, _day(arrival))
            is_late = (arrival.data.fee_facts or NOT_SAID).case == LATE
            moment = procedure.payment_moment if procedure else ""
            moments[application] = "at_submission" if is_late and moment == IF_LATE else moment
        if _is_opener(arrival, state, moments.get(application, "")):
            opened[application] = opened.get(application, 0) + 1
            yield application, len(state.attempts) + opened[application]


def _may_settle(arrivals: Sequence[Arrival], states: Mapping[str, Payment | None]) -> Iterator[str]:
    """Name the applications whose receipts may change: money comes, has come before its order, the
    fee is assessed again, or an operator has part of it given back.
    """
    for arrival in arrivals:
        state = states.get(arrival.application) or Payment()
        is_paid = isinstance(arrival.data, Notified | Queried) and arrival.data.finding == "paid"
        may_lower = isinstance(arrival.data, ReassessmentAsked | RefundAsked | RefundChecked)
        if is_paid or may_lower or any(m.kept_as == "early" for m in state.money):
            yield arrival.application


def _is_opener(arrival: Arrival, state: Payment, fresh: str) -> bool:
    if isinstance(arrival.data, PaymentDue | Chosen | ReassessmentAsked):
        return True
    if isinstance(arrival.data, Created):
        return arrival.data.finding != "created"
    if isinstance(arrival.data, TimerFired):
        return arrival.data.name.startswith(AGAIN)
    if isinstance(arrival.data, Notified | Queried):
        return arrival.data.finding == "failed"
    waiting = {o.moment for o in state.obligations if o.status == "assessed"} | {fresh}
    return any(orders.DUE_ON.get(moment) == arrival.event.type for moment in waiting)
