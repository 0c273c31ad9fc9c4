"""Whose key may do what: who received it, who decides, who hands the result out."""

from datetime import UTC, datetime

import msgspec
import pytest

from services.routing.domain.dossier import Dossier
from services.routing.domain.edges import MOVES
from services.routing.domain.handover import holder
from services.routing.domain.keys import UNITS, UNTIL_ACCEPTED, WHOSE, whose
from services.routing.domain.moves import apply, possible
from services.routing.domain.reasons import REASONS
from services.routing.domain.states import OFFICER_MOVES, Move, Stage
from shared.events import routing as events

AT = datetime(2026, 11, 16, 3, tzinfo=UTC)
CUA_NAM, HANOI, THU_DUC = "00082", "01", "26737"
APART = {"receiving_unit": "00097", "competent_unit": "00008", "returning_unit": "00025"}
EACH = [(s, m) for s in Stage for m in MOVES[s] if m in OFFICER_MOVES]


@pytest.fixture
def apart(dossier):
    """A dossier with three different units, as far as it has them in that stage."""

    def make(stage) -> Dossier:
        whole = dossier(stage)
        units = {name: code for name, code in APART.items() if getattr(whole, name)}
        return msgspec.structs.replace(whole, **units)

    return make


@pytest.fixture
def is_refused(asked, catalogue):
    def tell(state, move, *units):
        outcome = apply(state, asked(move, for_units=units, competent_unit=CUA_NAM), catalogue, AT)
        (event,) = outcome.events
        if not isinstance(event, events.ActionRejected):
            return False
        ending = REASONS["not-your-unit"][1].rpartition(": ")[2]
        return event.reason.endswith(ending)

    return tell


def test_every_move_of_an_officer_is_some_units_and_no_other_move_is():
    assert set(WHOSE) == OFFICER_MOVES
    assert {name for names in (*WHOSE.values(), *UNTIL_ACCEPTED.values()) for name in names} == {
        *UNITS
    }


@pytest.mark.parametrize(("stage", "move"), EACH)
def test_each_move_in_each_stage_is_for_these_units_and_for_no_other(
    stage, move, apart, is_refused
):
    state = apart(stage)
    names = whose(state, move)
    may = {code for name in names if (code := getattr(state, name))}
    assert may
    for name in UNITS:
        if code := getattr(state, name):
            assert is_refused(state, move, code) is (code not in may)
    assert not is_refused(state, move, HANOI)  # the province of all three
    assert not is_refused(state, move, THU_DUC, *may)
    assert is_refused(state, move, THU_DUC)
    assert is_refused(state, move, CUA_NAM)


@pytest.mark.parametrize("stage", sorted({stage for stage, _ in EACH}))
def test_where_a_dossier_lies_something_can_be_done_with_it(stage, apart, catalogue, monday):
    state = apart(stage)
    moves = possible(state, catalogue, monday)
    codes = {m: {getattr(state, name) for name in whose(state, Move(m))} for m in moves}
    assert any(holder(state) in units for units in codes.values())


@pytest.mark.parametrize(("stage", "move"), EACH)
def test_who_received_it_may_do_all_of_it_until_it_is_accepted_and_nothing_as_such_then(
    stage, move, apart
):
    state = apart(stage)
    assert ("receiving_unit" in whose(state, move)) is (state.accepted_at is None)


@pytest.mark.parametrize(
    ("stage", "move", "whose_key"),
    [
        (Stage.SUBMITTED, Move.ACCEPT, "receiving_unit competent_unit"),
        (Stage.SUBMITTED, Move.REFUSE, "receiving_unit competent_unit"),
        (Stage.SUBMITTED, Move.TRANSFER, "receiving_unit competent_unit"),
        (Stage.PROCESSING, Move.TRANSFER, "competent_unit"),
        (Stage.PROCESSING, Move.SETTLE, "competent_unit"),
        (Stage.AWAITING_SIGNATURE, Move.SETTLE, "competent_unit"),
        (Stage.ACCEPTED, Move.ASK_SUPPLEMENT, "competent_unit"),
        (Stage.SETTLED, Move.RETURN, "returning_unit"),
        (Stage.SETTLED, Move.REOPEN, "competent_unit"),
        (Stage.IN_POST, Move.TAKE_BACK, "returning_unit"),
    ],
)
def test_filing_anywhere_changes_nothing_of_who_decides(stage, move, whose_key, apart):
    assert " ".join(whose(apart(stage), move)) == whose_key


@pytest.mark.parametrize("move", sorted(set(Move) - OFFICER_MOVES))
def test_a_key_for_some_units_makes_no_other_move(move, apart, is_refused):
    assert is_refused(apart(Stage.PROCESSING), move, *APART.values())
