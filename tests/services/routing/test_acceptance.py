from datetime import timedelta

import pytest
from msgspec.structs import replace

from services.routing.domain.dossier import Fee
from services.routing.domain.moves import apply
from services.routing.domain.states import Move, Stage
from shared.events import intake, payment
from shared.events import routing as events
from shared.events.data import FeeFacts
from shared.lanes.table import Timer

ASSESSED = payment.FeeAssessed(
    lines=(), total_vnd=8_000, moment="at_submission", catalogue_version="test"
)
WAIVED = payment.FeeWaived(reason="free", catalogue_version="test")
SETTLED = payment.Settled(partner="vnpay", reference="R1", transaction="T1", amount_vnd=8_000)
EXPIRED = payment.Expired(reference="R1")


def kinds(outcome):
    return [type(e) for e in outcome.events]


def test_a_dossier_is_routed_and_its_intake_clock_set(decide, registered, monday):
    outcome = decide(None, registered())
    (routed,) = outcome.events
    assert (routed.national_code, routed.competent_unit) == (1, "00097")
    assert (routed.channel, routed.copies) == ("online", 1)
    due = monday + timedelta(days=1)
    assert routed.acceptance_due == outcome.state.acceptance_due == due
    assert outcome.timers == (Timer("deadline", due),)


def test_a_full_online_dossier_is_accepted_when_its_fee_is_waived_afterwards(decide, registered):
    state = decide(decide(None, registered()).state, ASSESSED).state
    waived = decide(state, WAIVED)
    assert kinds(waived) == [events.Accepted]
    assert waived.state.fee is Fee.FREE


def test_what_the_fee_depends_on_is_passed_on_where_it_was_said(decide, registered):
    assert not decide(None, registered()).events[0].fee_facts
    facts = FeeFacts(pages=3, exemption="elderly")
    (routed,) = decide(None, registered(fee_facts=facts)).events
    assert routed.fee_facts == facts


def test_a_full_online_dossier_is_accepted_when_its_fee_is_paid(decide, registered):
    state = decide(None, registered()).state
    waiting = decide(state, ASSESSED)
    assert (waiting.state.fee, waiting.events) == (Fee.DUE, ())
    accepted = decide(waiting.state, SETTLED)
    assert kinds(accepted) == [events.Accepted]
    assert (accepted.state.stage, accepted.state.fee) == (Stage.ACCEPTED, Fee.PAID)
    assert accepted.events[0].officer == ""


def test_a_full_online_dossier_without_a_fee_is_accepted_when_payment_says_so(decide, registered):
    state = decide(None, registered(procedure="1.004837")).state
    assert kinds(decide(state, WAIVED)) == [events.Accepted]


@pytest.mark.parametrize("money", [[WAIVED], [ASSESSED, SETTLED], [SETTLED]])
def test_payment_may_speak_before_intake(money, decide, registered):
    state = None
    for data in money:
        outcome = decide(state, data)
        assert (outcome.state.stage, outcome.events) == (Stage.EXPECTED, ())
        state = outcome.state
    assert kinds(decide(state, registered())) == [events.Routed, events.Accepted]


def test_what_is_routed_says_which_portal_it_came_from(decide, registered):
    routed = decide(None, registered(portal="one-portal")).events[0]
    assert routed.portal == "one-portal"


@pytest.mark.parametrize(
    "changes", [{"channel": "direct"}, {"procedure": "1.010038"}, {"procedure": "1.000894"}]
)
def test_what_the_policy_leaves_to_officers_waits_for_one(changes, decide, registered):
    state = decide(None, registered(**changes)).state
    outcome = decide(state, WAIVED)
    assert (outcome.state.stage, outcome.events) == (Stage.SUBMITTED, ())


def test_a_fee_due_later_does_not_stop_an_officer(decide, registered, asked, catalogue, monday):
    state = decide(None, registered(procedure="1.010038")).state
    for fee in (Fee.UNKNOWN, Fee.LATER):
        outcome = apply(replace(state, fee=fee), asked(Move.ACCEPT), catalogue, monday)
        assert kinds(outcome) == [events.Accepted]


@pytest.mark.parametrize(
    ("fee", "remedy"),
    [
        (Fee.DUE, "once it is paid"),
        (Fee.EXPIRED, "a new one may be filed"),
        (Fee.UNKNOWN, "try again"),
    ],
)
def test_an_officer_may_not_accept_what_is_unpaid(
    fee, remedy, decide, registered, asked, catalogue, monday
):
    state = replace(decide(None, registered(channel="direct")).state, fee=fee)
    outcome = apply(state, asked(Move.ACCEPT), catalogue, monday)
    (rejected,) = outcome.events
    assert (outcome.state, rejected.national_code, rejected.action) == (state, 1, "accept")
    assert remedy in rejected.reason
    assert "refuse" in rejected.possible


def test_an_expired_payment_changes_only_an_unpaid_fee(decide, dossier):
    assert decide(dossier(fee=Fee.DUE), EXPIRED).state.fee is Fee.EXPIRED
    assert decide(dossier(fee=Fee.PAID), EXPIRED).state.fee is Fee.PAID


def test_an_officer_who_asked_for_a_supplement_looks_at_it(decide, registered, asked, catalogue):
    state = decide(None, registered()).state
    at = state.received_at + timedelta(hours=1)
    state = apply(state, asked(Move.ASK_SUPPLEMENT), catalogue, at).state
    state = decide(state, SETTLED, at).state
    outcome = decide(state, intake.Supplemented(documents=()), at)
    assert kinds(outcome) == [events.Resubmitted]
    assert outcome.timers == ()  # the one that is set rings before
    assert kinds(apply(outcome.state, asked(Move.ACCEPT), catalogue, at)) == [events.Accepted]


def test_a_second_supplement_is_beyond_the_limit(dossier, asked, catalogue, monday):
    state = dossier(Stage.PROCESSING, supplement_requests=1)
    (rejected,) = apply(state, asked(Move.ASK_SUPPLEMENT), catalogue, monday).events
    assert "1 time" in rejected.reason


def test_money_for_a_demand_lets_processing_go_on(decide, dossier):
    waiting = dossier(Stage.AWAITING_PAYMENT, demanded_vnd=8_000)
    outcome = decide(waiting, SETTLED)
    assert kinds(outcome) == [events.Processing]
    assert (outcome.state.national_code, outcome.state.remaining_ms) == (4, None)


def test_money_for_the_fee_does_not_meet_another_demand(decide, dossier):
    waiting = dossier(Stage.AWAITING_PAYMENT, demanded_vnd=5_000_000)
    outcome = decide(waiting, SETTLED)
    assert (outcome.state.stage, outcome.state.fee) == (Stage.AWAITING_PAYMENT, Fee.PAID)


def test_each_obligation_is_met_by_its_own_money_even_of_the_same_amount(decide, dossier):
    waiting = dossier(Stage.AWAITING_PAYMENT, demanded_vnd=8_000)
    fee, demand = (replace(SETTLED, moment=m) for m in ("after_acceptance", "on_demand"))
    assert decide(waiting, fee).state == replace(waiting, fee=Fee.PAID)
    moved = decide(waiting, demand)
    assert (moved.state.stage, moved.state.fee) == (Stage.PROCESSING, waiting.fee)
    assert decide(dossier(Stage.PROCESSING), demand).state == dossier(Stage.PROCESSING)


def test_an_officers_demand_is_no_fee(decide, dossier):
    demanded = replace(ASSESSED, moment="on_demand")
    assert decide(dossier(fee=Fee.UNKNOWN), demanded).state.fee is Fee.UNKNOWN


def test_a_split_unit_waits_for_a_person_who_chooses_one_of_the_candidates(
    decide, registered, asked, catalogue, monday
):
    first = decide(None, registered(residence_unit="00007"))
    (choice,) = first.events
    assert (choice.national_code, choice.candidates) == (1, ("00008", "00025"))
    assert choice.acceptance_due == first.state.acceptance_due is not None
    assert len(first.timers) == 1
    paid = decide(first.state, SETTLED)
    assert paid.events == ()
    wrong = apply(paid.state, asked(Move.CHOOSE_UNIT, competent_unit="00097"), catalogue, monday)
    assert "00008, 00025" in wrong.events[0].reason
    data = events.UnitChosen(officer="officer-1", competent_unit="00008")
    outcome = decide(paid.state, data)
    assert kinds(outcome) == [events.Routed, events.Accepted]
    routed = outcome.events[0]
    assert (routed.competent_unit, routed.rule) == ("00008", "chosen-by-officer")
    assert (routed.facts["officer"], routed.facts["residence_unit"]) == ("officer-1", "00007")


def test_choosing_a_unit_sets_no_second_alarm(decide, dossier):
    state = dossier(Stage.UNROUTED)
    outcome = decide(state, events.UnitChosen(officer="officer-1", competent_unit="00097"))
    assert (outcome.state.stage, outcome.timers) == (Stage.SUBMITTED, ())
    assert outcome.events[0].acceptance_due == state.acceptance_due


def test_a_unit_that_does_not_exist_cannot_be_chosen(dossier, asked, catalogue, monday):
    state = dossier(Stage.UNROUTED)
    outcome = apply(state, asked(Move.CHOOSE_UNIT, competent_unit="99999"), catalogue, monday)
    assert "99999" in outcome.events[0].reason


def test_the_chosen_unit_stands_in_for_an_old_receiving_unit(dossier, asked, catalogue, monday):
    state = dossier(Stage.UNROUTED, receiving_unit="00007", candidates=("00008", "00025"))
    asking = asked(Move.CHOOSE_UNIT, competent_unit="00025")
    (routed,) = apply(state, asking, catalogue, monday).events
    assert (routed.receiving_unit, routed.returning_unit) == ("00025", "00025")


@pytest.mark.parametrize(
    ("procedure", "unit", "remedy"),
    [
        ("1.010038", "26737", "choose a unit of 01"),
        ("1.010038", "01", "choose a commune"),
        ("1.010038", "79", "choose a commune"),
        ("1.013831", "00097", "choose a province"),
        ("1.013831", "79", "choose a unit of 01"),
        ("1.001613", "26737", "choose one"),
    ],
)
def test_a_unit_that_cannot_be_the_competent_one_is_not_chosen(
    procedure, unit, remedy, dossier, asked, catalogue, monday
):
    state = dossier(Stage.UNROUTED, procedure=procedure)
    outcome = apply(state, asked(Move.CHOOSE_UNIT, competent_unit=unit), catalogue, monday)
    assert outcome.state == state
    assert remedy in outcome.events[0].reason


@pytest.mark.parametrize(
    ("procedure", "unit"), [("2.000815", "26737"), ("1.013831", "01"), ("2.000200", "79")]
)
def test_a_unit_of_the_right_level_is_chosen_and_of_any_province_where_there_is_no_boundary(
    procedure, unit, dossier, asked, catalogue, monday
):
    state = dossier(Stage.UNROUTED, procedure=procedure)
    outcome = apply(state, asked(Move.CHOOSE_UNIT, competent_unit=unit), catalogue, monday)
    assert outcome.events[0].competent_unit == unit
