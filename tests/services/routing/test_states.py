from datetime import date, timedelta

import msgspec
import pytest

from services.routing.domain.dossier import Demand, Fee, Parcel, Signature
from services.routing.domain.edges import MOVES
from services.routing.domain.handover import LEGS_LIMIT
from services.routing.domain.moves import apply, possible
from services.routing.domain.states import (
    APPLICANT_MOVES,
    CLOCK,
    NATIONAL_CODE,
    OFFICER_MOVES,
    OPERATOR_MOVES,
    STATISTICS,
    TERMINAL,
    Move,
    Stage,
)
from shared.events import routing as events

NATIONAL_MOVES = {
    1: {2, 3, 5, 7},
    2: {4, 5, 6, 7},
    4: {5, 6, 7, 8, 9},
    5: {4, 2, 7, 8},
    6: {4, 7, 8},
    8: {4, 9},
    9: {10, 4},
}
OUR_OWN_MOVES = {(code, 3) for code in (2, 4, 5, 6, 8)}  # turned down after acceptance as well
# what another calendar moves, and a leg of the post told again, have tests of their own
EVERY_STAGE_AND_MOVE = [
    (s, m)
    for s in Stage
    if s is not Stage.EXPECTED
    for m in Move
    if (s, m) != (Stage.IN_POST, Move.POST) and not (m is Move.RECOUNT_DUE and m in MOVES[s])
]


@pytest.mark.parametrize(("stage", "move"), EVERY_STAGE_AND_MOVE)
def test_every_move_in_every_stage_is_made_or_rejected(
    stage, move, dossier, asked, catalogue, monday
):
    before, at = dossier(stage), monday + timedelta(hours=1)
    outcome = apply(before, asked(move), catalogue, at)
    edge = MOVES[stage].get(move)
    (event,) = outcome.events
    if edge is None:
        assert outcome.state == before
        assert isinstance(event, events.ActionRejected)
        assert (event.action, event.national_code) == (move, NATIONAL_CODE[stage])
        assert event.possible == possible(before, catalogue, at)
        assert "possible now" in event.reason or "no officer can move it" in event.reason
    else:
        assert outcome.state.stage is edge.to
        assert type(event) is edge.emits
        assert event.national_code == NATIONAL_CODE[edge.to] == outcome.state.national_code


# what a dossier itself may have against a move, whatever is sent with it
STANDING = {
    **{f"fee {fee or 'unknown'}": {"fee": fee, "procedure": "1.004873"} for fee in Fee},
    "demanded": {"demand": Demand.DUE, "demanded_vnd": 50_000},
    "supplemented enough": {"supplement_requests": 99},
    "dated enough": {"reappointments": 99},
    "certificate over": {"signature": Signature(signer="c", expires=date(2026, 11, 1))},
    "steps done": {"step": ""},
    "step gone": {"step": "gone"},
    "template gone": {"workflow": "gone"},
}


@pytest.mark.parametrize("standing", STANDING)
@pytest.mark.parametrize("stage", [s for s in Stage if s is not Stage.EXPECTED])
def test_what_is_called_possible_is_what_is_not_rejected(
    stage, standing, dossier, asked, catalogue, monday
):
    before, at = dossier(stage, **STANDING[standing]), monday + timedelta(hours=1)
    told = [apply(before, asked(m), catalogue, at).events[0] for m in MOVES[stage]]
    moves = [m for m, e in zip(MOVES[stage], told, strict=True) if type(e) is MOVES[stage][m].emits]
    assert set(possible(before, catalogue, at)) == OFFICER_MOVES & set(moves)


def test_a_parcel_that_was_in_too_many_places_is_carried_no_further(dossier, catalogue, monday):
    parcel = Parcel(tracking="EX000000001VN", legs=LEGS_LIMIT)
    whole = dossier(Stage.IN_POST, parcel=parcel)
    assert possible(whole, catalogue, monday) == ("readdress", "return", "take_back")


def test_a_rejection_does_not_name_the_move_that_it_rejects(dossier, asked, catalogue, monday):
    unpaid = dossier(Stage.SUBMITTED, fee=Fee.DUE)
    (event,) = apply(unpaid, asked(Move.ACCEPT), catalogue, monday).events
    assert isinstance(event, events.ActionRejected)
    assert event.possible == ("ask_supplement", "readdress", "refuse", "transfer")


def test_each_table_knows_each_stage():
    assert set(MOVES) == set(CLOCK) == set(NATIONAL_CODE) == set(Stage)
    assert {NATIONAL_CODE[s] for s in Stage} - {0} == set(range(1, 11)) == set(STATISTICS)


def test_moves_between_codes_are_the_national_ones_and_those_by_which_it_is_turned_down():
    ours = {
        (NATIONAL_CODE[stage], NATIONAL_CODE[edge.to])
        for stage, moves in MOVES.items()
        for edge in moves.values()
        if NATIONAL_CODE[stage] != NATIONAL_CODE[edge.to]
    }
    national = {(a, b) for a, into in NATIONAL_MOVES.items() for b in into}
    assert ours == national | OUR_OWN_MOVES


def test_what_is_over_is_over_and_nothing_else_is():
    assert {s for s in Stage if not MOVES[s]} == TERMINAL | {Stage.EXPECTED}
    assert {NATIONAL_CODE[s] for s in TERMINAL} == {3, 7, 10}


def test_every_stage_is_reached_from_a_registration():
    reached, new = set(), {Stage.UNROUTED, Stage.SUBMITTED}
    while new:
        reached |= new
        new = {edge.to for s in new for edge in MOVES[s].values()} - reached
    assert reached == set(Stage) - {Stage.EXPECTED}


def test_every_stage_leads_to_an_end():
    ending = set(TERMINAL)
    while more := {s for s in Stage if any(e.to in ending for e in MOVES[s].values())} - ending:
        ending |= more
    assert ending == set(Stage) - {Stage.EXPECTED}


def test_every_move_is_an_officers_an_applicants_an_operators_or_moneys():
    whose = (frozenset({Move.PAY}), OFFICER_MOVES, APPLICANT_MOVES, OPERATOR_MOVES)
    assert frozenset().union(*whose) == set(Move)
    assert sum(map(len, whose)) == len(Move)


@pytest.mark.parametrize("stage", Stage)
def test_a_dossier_survives_the_journal(stage, dossier):
    whole = dossier(stage)
    assert msgspec.json.decode(msgspec.json.encode(whole), type=type(whole)) == whole
