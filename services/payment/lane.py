"""Event type → decision.  What is heard becomes a move of `domain.orders`."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from services.payment.domain import orders, refunds
from services.payment.domain.attempts import AGAIN
from services.payment.domain.draft import Draft, Pace
from services.payment.domain.fees import Asked, assess, line
from services.payment.domain.state import Payment
from services.payment.domain.terms import Terms
from services.payment.references import Attempt, Claimed, References
from shared.catalogue import Catalogue, Procedure
from shared.clock import VIETNAM
from shared.events.kernel import TimerFired
from shared.events.payment import Chosen, Created, Notified, Queried, Unstated
from shared.events.refunds import RefundAnswered, RefundAsked, RefundChecked, RefundRecorded
from shared.events.routing import Accepted, Closed, NotAccepted, PaymentDue, Routed, Settled
from shared.lanes.table import Arrival, LaneTable, Outcome

Hear = Callable[[Draft, Any, Arrival], None]  # the data is of the type it is listed under

FREE_MOMENTS = {
    "none": "no_fee",
    "at_submission_if_late": "on_time",  # what a late one owes comes as payment_due
}
ON_DEMAND = "on_demand"
DEMAND_VI = "Nghĩa vụ tài chính theo thông báo"


class NotInCatalogue(Exception):
    """A procedure or unit that our catalogue does not have: load the one that intake has."""


def table(
    catalogue: Catalogue, references: References, partners: Sequence[Terms], pace: Pace
) -> LaneTable[Payment, Claimed]:
    """Return payment as its lanes see it."""
    hears: dict[str, Hear] = {
        Routed.TYPE: _Assessor(catalogue).hear_routed,
        Accepted.TYPE: _hear_moment,
        Settled.TYPE: _hear_moment,
        PaymentDue.TYPE: _hear_payment_due,
        NotAccepted.TYPE: _hear_not_accepted,
        Closed.TYPE: _hear_closed,
        Notified.TYPE: _hear_notified,
        Queried.TYPE: _hear_queried,
        Created.TYPE: _hear_created,
        Chosen.TYPE: _hear_chosen,
        Unstated.TYPE: _hear_unstated,
        TimerFired.TYPE: _hear_timer,
        RefundAsked.TYPE: lambda draft, wish, _: refunds.asked(draft, wish),
        RefundChecked.TYPE: lambda draft, verdict, _: refunds.checked(draft, verdict),
        RefundRecorded.TYPE: lambda draft, deed, _: refunds.recorded(draft, deed),
        RefundAnswered.TYPE: lambda draft, said, _: refunds.answered(draft, said),
    }

    def deciding(hear: Hear) -> Callable[..., Outcome[Payment]]:
        def decide(
            state: Payment | None, arrival: Arrival, claimed: Claimed, at: datetime
        ) -> Outcome[Payment]:
            def claimed_reference(number: int) -> str:
                return claimed[arrival.application, number]

            draft = Draft(
                arrival.application, at, state or Payment(), partners, pace, claimed_reference
            )
            hear(draft, arrival.data, arrival)
            if draft.state.money:
                refunds.propose(draft)
            return Outcome(draft.state, tuple(draft.events), tuple(draft.timers))

        return decide

    async def prepare(arrivals: Sequence[Arrival], states: Mapping[str, Payment | None]) -> Claimed:
        return await references.claim(_may_open(arrivals, states, catalogue))

    return LaneTable(
        service="payment",
        state=Payment,
        decisions={type_: deciding(hear) for type_, hear in hears.items()},
        prepare=prepare,
        opens=frozenset({Routed.TYPE}),
    )


# ---- what is heard


class _Assessor:
    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue

    def hear_routed(self, draft: Draft, routed: Routed, arrival: Arrival) -> None:
        draft.belongs_to(routed.portal or draft.state.portal)
        if draft.state.obligations:
            return
        on = _day(arrival)
        procedure = self._catalogue.procedure(routed.procedure, on)
        if procedure is None:
            raise NotInCatalogue(f"procedure {routed.procedure} on {on}")
        reason, lines = self._assess(procedure, routed, on)
        if procedure.payment_moment == "after_tax_notice" and not lines:
            return  # the amount comes with the notice
        orders.assess(
            draft,
            procedure.payment_moment,
            lines,
            self._catalogue.version,
            reason=reason,
            illustrative=procedure.fee.illustrative,
        )
        orders.came_about(draft, Routed.TYPE)

    def _assess(self, procedure: Procedure, routed: Routed, on: date) -> tuple[str, Any]:
        if procedure.payment_moment in FREE_MOMENTS:
            return FREE_MOMENTS[procedure.payment_moment], ()
        province = self._catalogue.province_of(routed.receiving_unit, on)
        if province is None:
            raise NotInCatalogue(f"unit {routed.receiving_unit} on {on}")
        waiver = self._catalogue.fee_waiver(province.code, routed.channel, on)
        if waiver:
            return f"waived: {waiver.source}", ()
        return "no_fee", assess(procedure.fee, Asked(routed.channel, routed.copies))


def _hear_moment(draft: Draft, _: Any, arrival: Arrival) -> None:
    orders.came_about(draft, arrival.event.type)


def _hear_payment_due(draft: Draft, due: PaymentDue, _: Arrival) -> None:
    lines = (line("tax", DEMAND_VI, due.amount_vnd),) if due.amount_vnd > 0 else ()
    orders.assess(draft, ON_DEMAND, lines, "", reason="no_fee")
    orders.came_about(draft, PaymentDue.TYPE)


def _hear_not_accepted(draft: Draft, _: Any, __: Arrival) -> None:
    orders.ended(draft)
    refunds.ended(draft, "not_accepted")


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
            moments[application] = procedure.payment_moment if procedure else ""
        if _is_opener(arrival, state, moments.get(application, "")):
            opened[application] = opened.get(application, 0) + 1
            yield application, len(state.attempts) + opened[application]


def _is_opener(arrival: Arrival, state: Payment, fresh: str) -> bool:
    if isinstance(arrival.data, PaymentDue | Chosen):
        return True
    if isinstance(arrival.data, Created):
        return arrival.data.finding != "created"
    if isinstance(arrival.data, TimerFired):
        return arrival.data.name.startswith(AGAIN)
    if isinstance(arrival.data, Notified | Queried):
        return arrival.data.finding == "failed"
    waiting = {o.moment for o in state.obligations if o.status == "assessed"} | {fresh}
    return any(orders.DUE_ON.get(moment) == arrival.event.type for moment in waiting)
