"""A dossier goes to another unit; and a system's key is for its own units only."""

from dataclasses import replace
from datetime import UTC, date, datetime

import msgspec
import pytest

from services.routing.domain.edges import MOVES
from services.routing.domain.moves import apply
from services.routing.domain.states import NATIONAL_CODE, Move, Stage
from shared.events import handover
from shared.events import routing as events

WITH_A_UNIT = sorted(stage for stage in Stage if Move.TRANSFER in MOVES[stage])
HANOI, HO_CHI_MINH_CITY = "01", "79"


def november(day, hour=2):
    return datetime(2026, 11, day, hour, tzinfo=UTC)


@pytest.fixture
def moved(asked, catalogue):
    """Move a dossier, by moves in turn; return the last outcome."""

    def make(state, *moves, at=None, **changes):
        outcome = None
        for move in moves:
            outcome = apply(state, asked(move, **changes), catalogue, at or november(18))
            state = outcome.state
        return outcome

    return make


def refused(outcome, before):
    (event,) = outcome.events
    assert isinstance(event, events.ActionRejected)
    assert outcome.state == before
    return event.reason


# --- transfer


@pytest.mark.parametrize("stage", WITH_A_UNIT)
def test_a_transfer_moves_the_competent_unit_and_neither_of_the_others(stage, moved, dossier):
    before = dossier(stage)
    outcome = moved(before, Move.TRANSFER)
    (event,) = outcome.events
    assert (event.from_unit, event.competent_unit) == ("00097", "00008")
    assert (event.receiving_unit, event.returning_unit) == ("00097", "00097")
    assert (event.officer, event.reason) == ("officer-1", "a reason")
    after = outcome.state
    assert event.national_code == after.national_code == NATIONAL_CODE[MOVES[stage]["transfer"].to]
    assert (after.receiving_unit, after.returning_unit) == ("00097", "00097")
    assert (after.rule, after.facts["transferred_from"]) == ("transferred-by-officer", "00097")
    assert (after.due_current, after.acceptance_due) == (before.due_current, before.acceptance_due)
    assert after.remaining_ms == before.remaining_ms


def test_every_stage_with_a_unit_but_the_post_and_the_ends_can_be_transferred():
    without = {Stage.EXPECTED, Stage.UNROUTED, Stage.IN_POST}
    assert set(WITH_A_UNIT) == {s for s in Stage if MOVES[s]} - without


def test_the_unit_it_was_sent_to_takes_it_up_or_sends_it_on(moved, dossier):
    sent = moved(dossier(Stage.PROCESSING), Move.TRANSFER).state
    assert (sent.stage, sent.national_code) == (Stage.TRANSFERRED, 4)
    assert moved(sent, Move.START).state.stage is Stage.PROCESSING
    back = moved(sent, Move.TRANSFER, competent_unit="00097")
    assert (back.state.competent_unit, back.state.stage) == ("00097", Stage.TRANSFERRED)


def test_who_hands_the_result_out_may_be_named_as_well(moved, dossier):
    sent = moved(dossier(Stage.PROCESSING), Move.TRANSFER, returning_unit="00008").state
    assert (sent.receiving_unit, sent.returning_unit) == ("00097", "00008")


@pytest.mark.parametrize(
    ("unit", "remedy"),
    [
        ("00097", "name another unit"),
        ("99999", "choose one of the catalogue"),
        ("26737", "another province"),
    ],
)
def test_a_transfer_to_nowhere_is_refused_with_the_remedy(unit, remedy, moved, dossier):
    before = dossier(Stage.PROCESSING)
    assert remedy in refused(moved(before, Move.TRANSFER, competent_unit=unit), before)


def test_what_a_transfer_takes_along_is_no_signature(moved, dossier):
    sent = moved(dossier(Stage.AWAITING_SIGNATURE), Move.TRANSFER).state
    assert sent.signature is None


@pytest.mark.parametrize("place", ["receiving_unit", "competent_unit"])
def test_a_unit_that_was_abolished_gets_nothing_more(place, moved, dossier):
    """00001 is no unit any more; also where the dossier has it already, in another place."""
    ended = dossier(Stage.PROCESSING, **{place: "00001"})
    for move in (Move.TRANSFER, Move.READDRESS):
        if (move, place) != (Move.TRANSFER, "competent_unit"):
            named = moved(ended, move, returning_unit="00001", competent_unit="00008")
            assert "no unit has the code 00001 today" in refused(named, ended)
    if place == "receiving_unit":
        sent = moved(ended, Move.TRANSFER, competent_unit="00001")
        assert "no unit has the code 00001 today" in refused(sent, ended)


@pytest.mark.parametrize("place", ["receiving_unit", "competent_unit", "returning_unit"])
def test_nothing_leaves_its_province_because_a_unit_of_it_was_abolished(place, moved, dossier):
    before = dossier(Stage.PROCESSING, **{place: "00001"})
    sent = moved(before, Move.TRANSFER, competent_unit="26737")
    assert "another province: choose a unit of 01" in refused(sent, before)


def test_where_the_only_unit_it_had_ended_its_province_is_known(asked, dossier, catalogue):
    row = catalogue.units["00097"][-1]
    ended = msgspec.structs.replace(row, valid_to=date(2026, 11, 17))
    later = replace(catalogue, units={**catalogue.units, "00097": (ended,)})
    before = dossier(Stage.PROCESSING)
    sent = apply(before, asked(Move.TRANSFER, competent_unit="26737"), later, november(18))
    assert "another province" in refused(sent, before)
    sent = apply(before, asked(Move.TRANSFER), later, november(18))
    assert sent.state.competent_unit == "00008"


def test_what_was_received_elsewhere_moves_within_the_province_that_decides(moved, dossier):
    before = dossier(Stage.PROCESSING, receiving_unit="26737", returning_unit="26737")
    assert moved(before, Move.TRANSFER, competent_unit="00008").state.competent_unit == "00008"


# --- only who hands it out


@pytest.mark.parametrize("stage", sorted(s for s in Stage if Move.READDRESS in MOVES[s]))
def test_another_unit_hands_it_out_and_nothing_else_changes(stage, moved, dossier):
    before = dossier(stage)
    outcome = moved(before, Move.READDRESS)
    (event,) = outcome.events
    assert isinstance(event, handover.Readdressed)
    assert (event.receiving_unit, event.competent_unit) == ("00097", "00097")
    assert event.returning_unit == outcome.state.returning_unit == "00008"
    assert (outcome.state.stage, outcome.state.rule) == (stage, before.rule)
    assert outcome.state.due_current == before.due_current


def test_what_goes_nowhere_else_is_refused_with_the_remedy(moved, dossier):
    before = dossier(Stage.PROCESSING)
    same = moved(before, Move.READDRESS, returning_unit="00097")
    assert "name another unit" in refused(same, before)
    elsewhere = moved(before, Move.READDRESS, returning_unit="26737")
    assert "another province" in refused(elsewhere, before)


# --- a system's key is for its own units


@pytest.mark.parametrize("units", [("00097",), (HANOI,), ("26737", HANOI)])
def test_a_system_acts_for_its_own_units(units, moved, dossier):
    outcome = moved(dossier(Stage.PROCESSING), Move.TRANSFER, for_units=units)
    assert isinstance(outcome.events[0], handover.Transferred)


@pytest.mark.parametrize("move", [Move.TRANSFER, Move.SETTLE, Move.ASK_SIGNATURE])
def test_a_system_acts_for_no_other_unit(move, moved, dossier):
    before = dossier(Stage.PROCESSING)
    reason = refused(moved(before, move, for_units=(HO_CHI_MINH_CITY,)), before)
    assert "ask that unit" in reason


def test_only_who_decides_sends_it_elsewhere(moved, dossier):
    before = dossier(Stage.PROCESSING, competent_unit="00008")
    refused(moved(before, Move.TRANSFER, for_units=("00097",), competent_unit="00025"), before)
    sent = moved(before, Move.TRANSFER, for_units=("00008",), competent_unit="00025")
    assert isinstance(sent.events[0], handover.Transferred)


def test_who_received_it_sends_it_elsewhere_until_it_is_accepted(moved, dossier):
    submitted = dossier(competent_unit="00008")
    outcome = moved(submitted, Move.TRANSFER, for_units=("00097",), competent_unit="00025")
    assert isinstance(outcome.events[0], handover.Transferred)


def test_a_unit_that_has_ended_is_still_in_its_province(moved, dossier):
    before = dossier(Stage.PROCESSING, competent_unit="00001")
    refused(moved(before, Move.TRANSFER, for_units=(HO_CHI_MINH_CITY,)), before)
    own = moved(before, Move.TRANSFER, for_units=("00001",))
    assert isinstance(own.events[0], handover.Transferred)
