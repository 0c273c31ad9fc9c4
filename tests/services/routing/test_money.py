"""Money for what an officer demands: it counts whenever it comes, and is asked for once."""

import pytest
from msgspec.structs import replace

from services.routing.domain.dossier import Demand, Fee
from services.routing.domain.edges import MOVES
from services.routing.domain.moves import apply
from services.routing.domain.reasons import REASONS
from services.routing.domain.states import Move, Stage
from shared.events import payment
from shared.events import routing as events

PAID = payment.Settled(
    partner="vnpay", reference="R2", transaction="T2", amount_vnd=50_000, moment="on_demand"
)
OVER = payment.Expired(reference="R2", moment="on_demand")
ELSEWHERE = sorted(s for s in Stage if MOVES[s] and s is not Stage.AWAITING_PAYMENT)


@pytest.fixture
def moved(asked, catalogue, monday):
    """Move a dossier, by moves in turn; return the last outcome."""

    def make(state, *moves):
        outcome = None
        for move in moves:
            outcome = apply(state, asked(move), catalogue, monday)
            state = outcome.state
        return outcome

    return make


@pytest.fixture
def demanded(moved, dossier):
    """A dossier of which 50,000 đồng were demanded, after these moves."""

    def make(*moves):
        return moved(dossier(Stage.PROCESSING), Move.DEMAND_PAYMENT, *moves).state

    return make


def test_money_that_comes_while_it_is_suspended_is_known_when_it_goes_on(demanded, moved, decide):
    suspended = demanded(Move.SUSPEND)
    paid = decide(suspended, PAID)
    assert (paid.events, paid.state) == ((), replace(suspended, demand=Demand.PAID))
    resumed = moved(paid.state, Move.RESUME).state
    assert (resumed.stage, resumed.demand) == (Stage.PROCESSING, Demand.PAID)
    again = moved(resumed, Move.DEMAND_PAYMENT)  # another obligation, which somebody asks for
    assert isinstance(again.events[0], events.PaymentDue)
    assert again.state.demand is Demand.DUE


@pytest.mark.parametrize("stage", ELSEWHERE)
def test_money_for_a_demand_is_noted_in_every_stage_and_moves_none(stage, dossier, decide):
    before = dossier(stage, demanded_vnd=50_000, demand=Demand.DUE)
    outcome = decide(before, PAID)
    assert (outcome.state, outcome.events) == (replace(before, demand=Demand.PAID), ())
    assert decide(outcome.state, PAID).state == outcome.state


def test_what_was_demanded_and_is_not_paid_yet_is_not_demanded_again(demanded, moved, decide):
    going_on = demanded(Move.SUSPEND, Move.RESUME)
    assert (going_on.stage, going_on.demand) == (Stage.PROCESSING, Demand.DUE)
    refused = moved(going_on, Move.DEMAND_PAYMENT)
    (rejected,) = refused.events
    assert refused.state == going_on
    assert rejected.reason == REASONS["demanded-already"][1].format(amount="50,000")
    assert "50,000" in rejected.reason_vi
    paid = decide(going_on, PAID).state
    assert (paid.stage, paid.demand) == (Stage.PROCESSING, Demand.PAID)


def test_what_can_be_paid_no_more_may_be_demanded_again(demanded, moved, decide):
    over = decide(demanded(Move.SUSPEND), OVER)
    assert (over.state.stage, over.state.demand) == (Stage.SUSPENDED, Demand.EXPIRED)
    again = moved(over.state, Move.RESUME, Move.DEMAND_PAYMENT)
    assert isinstance(again.events[0], events.PaymentDue)
    assert decide(again.state, PAID).state.stage is Stage.PROCESSING


def test_the_order_of_a_demand_and_that_of_the_fee_expire_apart(demanded, decide, dossier):
    unpaid = dossier(fee=Fee.DUE)
    assert decide(unpaid, OVER).state == unpaid
    waiting = demanded()
    assert decide(waiting, replace(OVER, moment="with_result")).state == waiting


def test_what_was_demanded_before_it_was_kept_how_that_stands_is_met_as_it_was(dossier, decide):
    of_before = dossier(Stage.AWAITING_PAYMENT, demanded_vnd=50_000)
    assert decide(of_before, replace(PAID, moment="")).state.stage is Stage.PROCESSING
    suspended = replace(of_before, stage=Stage.SUSPENDED)
    assert decide(suspended, PAID).state.demand is Demand.PAID
    fee = decide(suspended, replace(PAID, moment=""))
    assert (fee.state.demand, fee.state.fee) == (Demand.NONE, Fee.PAID)


async def test_an_officer_sees_how_a_demand_stands(desk, registered):
    desk.bring(registered(procedure="1.010038"), "intake", 1)
    await desk.decide()
    demand = {"action": "demand_payment", "amount_vnd": 50_000, "note": "synthetic"}
    seen = []
    for n, act in enumerate(({"action": "accept"}, {"action": "start"}, demand)):
        await desk.act(key=f"key-{n}", **act)
        await desk.decide()
        seen.append(await shown(desk))
    await desk.act(key="suspend", action="suspend", note="synthetic")
    desk.bring(PAID, "payment", 1)
    await desk.decide()
    assert [one["demand"] for one in seen] == [None, None, {"amount_vnd": 50_000, "status": "due"}]
    told = await shown(desk)
    assert (told["stage"], told["demand"]["status"]) == ("suspended", "paid")


async def shown(desk):
    return (await desk.http.get("/v1/applications/0197b1c2-aaaa-7bbb-8ccc-000000000001")).json()
